"""The language model: free talk in a stream, spoken over, remembered, and what it sees and costs."""

from __future__ import annotations

import asyncio
import io

import pytest
from PIL import Image

from cortex import ConfigError
from cortex.testing import pictures
from tests.support.openai_server import NAME, Finish, OpenAIServer, Refusal, Think, Usage


@pytest.fixture(name="server")
async def _server():
    async with OpenAIServer() as server:
        yield server


@pytest.fixture(name="load")
def _load(bot, server):
    async def load(**options):
        await bot.load("dialogue")
        await bot.load("llm", **{"base_url": server.url, "model": NAME, **options})

    return load


def status(bot):
    [status] = [status for status in bot.statuses if status.name == "llm"]
    return status


def talk(asked):
    """What was said so far, as the model is told."""
    return [(message["role"], message["content"]) for message in asked.messages[1:]]


async def begins(bot, server, text, **fields):
    """Say something, and wait for no more than that it is asked for an answer, and has said what it can."""
    await bot.hear(text, wait=False, **fields)
    asked = await server.was_asked(len(server.asked) + 1)
    await bot.see(pictures.red(), wait=False)  # so that who thinks now is waited for no longer
    return asked


# Talk


async def test_it_answers_what_nobody_else_understands(bot, server, load):
    await load()
    server.says("A black hole is ", "very heavy. It eats", " light! ", "Is that all?")
    await bot.read("why are black holes black", "en-GB")
    assert bot.answers == ["A black hole is very heavy.", "It eats light!", "Is that all?"]
    [asked] = server.asked
    assert asked.json["model"] == NAME
    assert asked.json["max_tokens"] == 400
    assert "temperature" not in asked.json
    assert talk(asked) == [("user", "why are black holes black")]


async def test_what_the_dialogue_understands_never_reaches_it(bot, server, load):
    await load()
    await bot.read("hello")
    assert len(bot.said) == 1
    assert server.asked == []


async def test_each_sentence_is_said_as_soon_as_it_is_complete(bot, server, load):
    goes_on = asyncio.Event()
    server.says("One is done. Two", goes_on, " is done.")
    await load()
    await begins(bot, server, "count for me please")
    await bot.until(lambda: bot.said)
    assert bot.said == ["One is done."]
    goes_on.set()
    await bot.until(lambda: len(bot.said) == 2)
    assert bot.said == ["One is done.", "Two is done."]


async def test_what_it_thinks_is_not_said(bot, server, load):
    server.says(Think("Let me see. Black holes."), "<thi", "nk>The person asks.</th", "ink>\n\nThey are heavy.")
    await load()
    await bot.read("why are black holes black")
    assert bot.said == ["They are heavy."]


async def test_markup_is_not_said(bot, server, load):
    server.says("## Well\n- **One** is `x`.\n- [Two](https://a.example/b.c) is not.\n```\ncode. more\n```\n")
    await load()
    await bot.read("why are black holes black")
    assert bot.said == ["Well", "One is x.", "Two is not."]


async def test_it_answers_in_the_language_of_the_question(bot, server, load):
    server.says("Parce que la lumière ", "n'en sort pas.")
    await load()
    await bot.hear("pourquoi les trous noirs sont noirs", "fr-FR")
    [deed] = [deed for deed in bot.deeds if deed.cortex == "llm"]
    assert (deed.action.text, deed.action.language) == ("Parce que la lumière n'en sort pas.", "fr-FR")
    assert "fr-FR" in server.asked[0].system


async def test_the_persona_is_a_text_in_the_config(bot, server, load):
    await load(persona="You are Marvin, a paranoid android.")
    await bot.read("why are black holes black")
    assert server.asked[0].system.startswith("You are Marvin, a paranoid android.\n\nYou talk with a person")


async def test_a_model_that_says_nothing_is_not_passed_over(bot, server, load):
    server.says("<think>Hmm.</think>")
    await load()
    await bot.read("why are black holes black")
    assert bot.said == ["I have no answer to that."]


async def test_one_that_thinks_until_it_may_write_no_more(bot, server, load):
    server.says(Think("Let me see."), Finish("length"))
    await load()
    await bot.read("why are black holes black")
    assert bot.said == ["I have no answer to that."]
    assert status(bot).reason.startswith(f"{NAME} used up max_tokens before it said anything: raise it")
    await bot.read("why are white dwarfs white")
    assert status(bot).reason == ""


async def test_what_it_is_told_of_how_to_answer(bot, server, load, monkeypatch):
    monkeypatch.setenv("MODEL_KEY", "secret-key")
    await load(temperature=0.3, max_tokens=64, api_key={"$env": "MODEL_KEY"})
    await bot.read("why are black holes black")
    [asked] = server.asked
    assert (asked.json["temperature"], asked.json["max_tokens"]) == (0.3, 64)
    assert asked.headers["authorization"] == "Bearer secret-key"


async def test_nothing_is_taken_from_the_environment_and_nothing_told_of_this_machine(bot, server, load, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-another-host")
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "sk-admin")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-secret")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-secret")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "Authorization: Bearer sk-custom\nX-Secret: 1")
    await load()
    await bot.read("why are black holes black")
    [asked] = server.asked
    assert asked.headers["authorization"] == "Bearer none"
    assert set(asked.headers) <= {"host", "accept", "connection", "content-type", "content-length", "authorization"}


# Spoken over


@pytest.mark.parametrize("final", [True, False], ids=["a sentence", "a sentence that may still change"])
async def test_who_speaks_over_it_ends_it_for_good(bot, server, load, final):
    goes_on = asyncio.Event()
    server.says("Once upon a time. There was", goes_on, " a bot. The end.")
    await load()
    first = await begins(bot, server, "tell me a long story")
    await bot.until(lambda: bot.said)
    server.says("Fine.")
    await bot.hear("wait a second robot friend", final=final)
    async with asyncio.timeout(5):
        await first.cut.wait()
    goes_on.set()
    await bot.hear("what is the capital of france")
    assert [text for text in bot.said if "bot" in text or "end" in text] == []
    assert bot.said[0] == "Once upon a time."
    assert bot.problems == []
    assert status(bot).state == "working"


async def test_one_that_has_not_begun_to_answer_is_given_up_as_well(bot, server, load):
    server.says(asyncio.Event(), "Never.")
    await load()
    first = await begins(bot, server, "tell me a long story")
    await bot.hear("what is the capital of france", final=False)
    async with asyncio.timeout(5):
        await first.cut.wait()
    assert bot.said == []


async def test_what_was_said_before_stays_in_its_memory_marked_as_cut_off(bot, server, load):
    server.says("Once upon a time. There was", asyncio.Event(), " a bot.")
    await load()
    await begins(bot, server, "tell me a long story")
    await bot.until(lambda: bot.said)
    await bot.hear("what is the capital of france")
    assert talk(server.asked[-1]) == [
        ("user", "tell me a long story"),
        ("assistant", "Once upon a time. … (I was interrupted here.)"),
        ("user", "what is the capital of france"),
    ]


# Remembered


async def test_it_remembers_the_conversation(bot, server, load):
    await load()
    server.says("My name is Bob. Hi.")
    await bot.read("how shall i call you then")
    await bot.read("and your brother")
    assert talk(server.asked[1]) == [
        ("user", "how shall i call you then"),
        ("assistant", "My name is Bob. Hi."),
        ("user", "and your brother"),
    ]


async def test_its_memory_is_bounded(bot, server, load):
    await load(history=2)
    for number in range(4):
        await bot.read(f"tell me joke number {number}")
    said = [text for role, text in talk(server.asked[-1]) if role == "user"]
    assert said == ["tell me joke number 1", "tell me joke number 2", "tell me joke number 3"]


async def test_its_memory_is_bounded_in_characters_too(bot, server, load):
    await load(history=100, max_tokens=16)
    for number in range(6):
        server.says(f"{number} " + "blah blah. " * 400)
        await bot.read(f"tell me joke number {number}")
    assert sum(len(text) for _, text in talk(server.asked[-1])) <= 12_000 + 100


async def test_another_session_knows_nothing_of_it(bot, server, load):
    await load()
    await bot.read("my name is bob and i like cake")
    other = await bot.meet()
    await other.read("what was it that i said")
    assert talk(server.asked[1]) == [("user", "what was it that i said")]


# Seeing


async def see(bot, asking, picture=None):
    """Ask something, and show the bot what it then wants to see."""
    await bot.read(asking)
    await bot.see(picture or pictures.photo(1))


async def test_a_picture_goes_along_when_the_sentence_is_about_what_is_in_view(bot, server, load):
    await load(side=64)
    await bot.report("vision", "open")
    await see(bot, "do these trousers suit me")
    [asked] = server.asked
    [jpeg] = asked.pictures
    picture = Image.open(io.BytesIO(jpeg))
    assert (picture.format, max(picture.size)) == ("JPEG", 64)
    assert "A picture of what your eye sees now goes along" in asked.system
    await bot.read("why are black holes black")
    assert server.asked[1].pictures == []  # what was before keeps no picture
    assert bot.problems == []


async def test_a_shut_eye_is_not_opened_for_it(bot, server, load):
    await load()
    await bot.read("do these trousers suit me")
    [asked] = server.asked
    assert asked.pictures == []
    assert "Your eye is shut" in asked.system
    assert "You see nothing now" in asked.system


@pytest.mark.parametrize(("sees", "count"), [("never", 0), ("always", 1)])
async def test_it_sees_always_or_never(bot, server, load, sees, count):
    await load(sees=sees)
    await bot.report("vision", "open")
    await bot.read("do these trousers suit me" if sees == "never" else "why are black holes black")
    await bot.see(pictures.photo(1))
    [asked] = server.asked
    assert len(asked.pictures) == count


async def test_no_picture_comes_in_time(bot, server, load, clock):
    await load()
    await bot.report("vision", "open")
    await bot.read("do these trousers suit me")
    assert server.asked == []
    await clock.advance(3)
    await bot.until(lambda: bot.said)
    assert server.asked[0].pictures == []


async def test_a_model_that_cannot_see_is_asked_again_without_the_picture(bot, server, load):
    server.refuses["pictures"] = Refusal(400, f"{NAME} does not support image input")
    await load()
    await bot.report("vision", "open")
    await see(bot, "do these trousers suit me")
    assert bot.said == ["Very well."]
    assert [len(asked.pictures) for asked in server.asked] == [1, 0]
    assert status(bot).reason == f"{NAME} cannot see pictures; set sees: never"
    await bot.read("do these trousers suit me better")
    assert len(server.asked) == 3
    assert "You cannot see pictures" in server.asked[2].system


# Where it goes


@pytest.mark.parametrize(
    ("url", "sees", "place"),
    [
        ("http://localhost:11434/v1", "asked", ("machine", "localhost:11434", ("words", "pictures"))),
        ("http://nas.local:8000/v1", "never", ("network", "nas.local:8000", ("words",))),
        ("https://api.openai.com/v1", "asked", ("internet", "api.openai.com", ("words", "pictures"))),
    ],
)
async def test_the_page_is_told_where_words_and_pictures_go(bot, url, sees, place):
    await bot.load("llm", model="gpt", base_url=url, sees=sees)
    await bot.start()
    told = status(bot).place
    assert (told.where, told.name, told.gets) == place


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("localhost:11434", "base_url is not an address"),
        ("http://:80/v1", "base_url is not an address"),
        ("http://me:secret@nas.local/v1", "base_url is not an address"),
        ("http://nas.local:port/v1", "base_url is not an address"),
        ("http://nas.local/v1/chat/completions", "what stands before /chat/completions"),
        ("http://api.openai.com/v1", "http:// is for this machine"),
    ],
)
async def test_an_address_where_nobody_should_be_asked(bot, url, line):
    with pytest.raises(ConfigError, match=line):
        await bot.load("llm", model="gpt", base_url=url)


async def test_a_model_has_to_be_named(bot):
    with pytest.raises(ConfigError, match="model"):
        await bot.load("llm")


# What it costs


PRICES = {"prices": {"request": 1, "input": 1000, "output": 10_000}, "max_cost_per_day": 100}


async def test_it_counts_what_the_server_says_that_it_used(bot, server, load):
    server.says("Well.", Usage(2000, 300))
    await load(**PRICES)
    await bot.read("why are black holes black")
    assert server.asked[0].json["stream_options"] == {"include_usage": True}
    assert status(bot).cost_left == pytest.approx(100 - 1 - 2 - 3)


async def test_where_the_server_does_not_say_it_is_estimated(bot, server, load):
    server.refuses["stream_options"] = Refusal(422, "unknown field: stream_options")
    server.says("x" * 400)
    await load(tools=False, persona="p", **PRICES)
    await bot.read("y" * 4000)
    told = sum(len(message["content"]) for message in server.asked[1].messages)
    assert [("stream_options" in asked.json) for asked in server.asked] == [True, False]
    assert status(bot).cost_left == pytest.approx(100 - 1 - told // 4 / 1000 - 100 / 100)


async def test_one_that_was_spoken_over_is_estimated(bot, server, load):
    server.says("Once upon a time. There was", asyncio.Event())
    await load(**PRICES)
    await begins(bot, server, "tell me a long story")
    await bot.until(lambda: bot.said)
    await bot.hear("stop that now", final=False)
    assert 98 < status(bot).cost_left < 99


async def test_a_budget_that_is_spent_is_still_spent_after_a_restart(bot, server, load):
    options = {"prices": {"request": 1}, "max_cost_per_day": 2}
    await load(**options)
    for number in range(3):
        await bot.read(f"tell me joke number {number}")
    assert len(server.asked) == 2
    assert status(bot).cost_left == 0
    _ = bot.problems
    await bot.restart()
    await bot.read("tell me joke number 9")
    assert len(server.asked) == 2
    assert status(bot).cost_left == 0
    _ = bot.problems


async def test_calls_a_day(bot, server, load):
    await load(max_calls_per_day=1)
    await bot.read("tell me joke number 1")
    await bot.read("tell me joke number 2")
    assert len(server.asked) == 1
    await bot.restart()
    await bot.read("tell me joke number 3")
    assert len(server.asked) == 1
    _ = bot.problems
