"""Servers and models that do as they like: calls in odd pieces, too much of everything, halves of characters."""

from __future__ import annotations

import asyncio
import json

import pytest

from cortex import Attend, ConfigError
from cortex_llm.manners import Manners
from tests.support.openai_server import NAME, Call, Finish, OpenAIServer, Raw, Refusal, Usage

OPEN = '{"sense": "voice", "state": "open"}'


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


def chunk(**fields):
    return Raw(f"data: {json.dumps(fields)}\n\n".encode())


def part(**fields):
    return chunk(choices=[{"delta": {"tool_calls": [fields]}}])


def of(name="", arguments=""):
    return {"name": name, "arguments": arguments}


def opened(bot):
    return [action for action in bot.actions if isinstance(action, Attend)]


# Tool calls


@pytest.mark.parametrize(
    ("parts", "calls"),
    [
        ([part(function=of("attend")), part(function=of("", OPEN[:9])), part(function=of("", OPEN[9:]))], 1),
        ([part(id="a", function=of("attend")), part(id="", function=of("", OPEN))], 1),
        ([part(index=0, id="a", function=of("attend", OPEN[:9])), part(index=0, function=of("attend", OPEN[9:]))], 1),
        ([part(index=0, id="a", function=of("att")), part(index=0, function=of("end", OPEN))], 1),
        ([part(index=0, id="a", function=of("attend", OPEN)), part(index=1, id="a", function=of("attend", OPEN))], 2),
        ([part(index=0, id="a", function=of("attend", OPEN)), part(index=0, id="b", function=of("attend", OPEN))], 2),
        ([part(index=0, function=of("attend", OPEN)), part(index=0, function=of("attend", OPEN))], 2),
        ([part(function=of("attend", OPEN)), part(function=of("attend", OPEN))], 2),
        ([part(id="a", function=of("attend")), part(id="b", function=of("attend")),
          part(id="a", function=of("", OPEN)), part(id="b", function=of("", OPEN))], 2),
    ],
)  # fmt: skip
async def test_a_call_in_whatever_pieces(bot, server, load, parts, calls):
    server.says(*parts, Finish("tool_calls"))
    await load()
    await bot.read("why are black holes black")
    assert opened(bot) == [Attend("voice", "open")] * calls
    assert server.asked[1].results == ["Done: voice is open."] * calls
    assert bot.said == ["Very well."]


@pytest.mark.parametrize("arguments", ["{not json", "[]", "null", '"voice"', ""])
async def test_a_server_is_not_told_arguments_that_are_none(bot, server, load, arguments):
    server.says(Call("attend", arguments))
    await load()
    await bot.read("why are black holes black")
    assert server.asked[1].results[0].startswith("Error: wrong arguments for attend: ")
    assert bot.said == ["Very well."]


async def test_arguments_without_an_end_are_cut(bot, server, load):
    server.says(Call("attend", '{"sense": "' + "x" * 300_000 + '"}', pieces=30))
    await load(max_tokens=32768)
    await bot.read("why are black holes black")
    assert server.asked[1].results[0].startswith("Error: wrong arguments for attend: ")
    assert len(json.dumps(server.asked[1].json)) < 20_000


async def test_the_name_of_a_lesson_is_no_sentence(bot, server, load):
    server.says(Call("teach", json.dumps({"name": "mug”? No matter. Do you like jokes"})))
    await bot.load("classifier", model="builtin")
    await bot.load("teach")
    await load()
    await bot.report("vision", "open")
    await bot.read("why are black holes black")
    assert server.asked[1].results[0].startswith("Error: wrong arguments for teach: ")
    assert bot.said == ["Very well."]


# Too much


async def test_a_server_that_keeps_to_no_length_is_cut_off(bot, server, load):
    server.says(*["This is a sentence. "] * 1000, asyncio.Event())
    await load(max_tokens=16)
    await bot.read("why are black holes black")
    assert 50 < len(bot.said) < 200
    await asyncio.wait_for(server.asked[0].cut.wait(), 5)
    await bot.read("why are white dwarfs white")
    assert bot.said[-1] == "Very well."


async def test_no_further_request_is_made_once_the_money_is_spent(bot, server, load):
    server.calls_for_ever = Call("attend", OPEN)
    await load(rounds=20, prices={"request": 1}, max_cost_per_day=2)
    await bot.read("why are black holes black")
    assert len(server.asked) == 2
    assert bot.said == ["I may spend no more on my language model today."]
    assert status(bot).cost_left == 0


async def test_what_it_does_not_tell_of_its_use_is_estimated(bot, server, load):
    server.says("Hello there.", chunk(choices=[], usage={"prompt_tokens": 5, "completion_tokens": None}), Usage(5, 0))
    await load(prices={"input": 1}, max_cost_per_day=1)
    await bot.read("why are black holes black")
    assert bot.said == ["Hello there."]
    assert status(bot).cost_left == pytest.approx(1 - 5e-6)


# Characters


async def test_half_a_character_is_none_and_two_halves_are_one(bot, server, load):
    texts = [r"my \ud83d", r"\ude00 friend \ud83d", " and so on."]
    raws = [Raw(f'data: {{"choices":[{{"delta":{{"content":"{text}"}}}}]}}\n\n'.encode()) for text in texts]
    server.says("Hi ", *raws)
    await load()
    await bot.read("why are black holes black")
    assert bot.said == ["Hi my \N{GRINNING FACE} friend \ufffd and so on."]
    await bot.read("why are white dwarfs white")
    assert bot.said[-1] == "Very well."
    assert bot.problems == []


# What it cannot


REQUEST = {
    "messages": [{"role": "user", "content": [{"type": "text", "text": "hello"}]}],
    "tools": [{}],
    "stream_options": {},
    "temperature": 1,
    "max_tokens": 400,
}


@pytest.mark.parametrize(
    ("code", "message", "feature"),
    [
        (400, "registry.ollama.ai/library/gemma3:4b does not support tools", "tools"),
        (400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set', "tools"),
        (500, "tools param requires --jinja flag", "tools"),
        (500, "image input is not supported - hint: you may need to provide the mmproj", "pictures"),
        (400, "acme/vision-pro is not a multimodal model", "pictures"),
        (400, "Invalid content type. image_url is only supported by certain models.", "pictures"),
        (400, "unknown variant `image_url`, expected `text`", "pictures"),
        (422, "body.stream_options: Extra inputs are not permitted", "usage"),
        (400, "Unsupported value: 'temperature' does not support 0.7 with this model.", "temperature"),
        (400, "'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", "max_tokens"),
        (500, "error parsing tool call: raw='{\"sense\"', err=unexpected end of JSON input", None),
        (500, "llama runner: image decode failed once", None),
        (400, "This revision of the tool is being deployed", None),
        (400, "Unknown revision", None),
        (400, "acme/vision-pro is not loaded: invalid quantisation", None),
        (429, "the tool does not support so many requests", None),
    ],
)
def test_what_it_cannot_is_told_from_what_went_wrong_once(code, message, feature):
    assert Manners("acme/vision-pro").concede(code, message, REQUEST) == feature


@pytest.mark.parametrize("answer", ["Very well.", Refusal(400, "no")])
async def test_what_it_cannot_is_told_as_long_as_that_is_so(bot, server, load, clock, answer):
    server.refuses["tools"] = Refusal(400, f"{NAME} does not support tools")
    server.says(answer)
    await load()
    await bot.read("why are black holes black")
    assert len(bot.problems) == (answer != "Very well.")
    await clock.advance(15)
    await bot.read("why are white dwarfs white")
    assert bot.said[-1] == "Very well."
    assert (status(bot).state, status(bot).reason) == ("working", f"{NAME} cannot use tools; set tools: false")


# The way there


async def test_in_a_network_of_ones_own_nobody_else_is_asked(bot, load, clock, monkeypatch):
    async with OpenAIServer() as proxy:
        monkeypatch.setenv("http_proxy", f"http://{proxy.host}")
        await load(base_url="http://nas.invalid.local:8000/v1")
        await bot.read("why are black holes black")
        await clock.advance(0.5)
        await clock.advance(1.0)
        [problem] = bot.problems
        assert "cannot be reached" in problem
        assert proxy.asked == []


@pytest.mark.parametrize("key", ["sk-abc\n", "sk-é", "sk abc"])
async def test_a_key_that_can_be_none_is_refused_and_not_shown(bot, load, monkeypatch, key):
    monkeypatch.setenv("MODEL_KEY", key)
    with pytest.raises(ConfigError, match="api_key: no key has spaces, line breaks or letters beyond ASCII") as error:
        await load(api_key={"$env": "MODEL_KEY"})
    assert key.strip() not in str(error.value)


async def test_a_key_in_the_config_itself_is_refused_and_not_shown(bot, load):
    with pytest.raises(ConfigError, match=r"api_key: no secret stands in the config: .*\{\$env: NAME\}") as error:
        await load(api_key="sk-1234567890")
    assert "sk-1234567890" not in str(error.value)


# What it costs where it goes wrong


async def test_a_server_that_asks_to_wait_is_not_asked_again_at_once(bot, server, load, clock):
    server.says(Refusal(503, "loading", {"Retry-After": "60"}))
    await load()
    await bot.read("why are black holes black")
    assert len(server.asked) == 1
    assert "tried again in 60 s" in status(bot).reason
    assert len(bot.problems) == 1


async def test_each_request_that_was_reset_may_have_been_charged(bot, server, load, clock):
    for _ in range(3):
        server.says(b"")
    await load(prices={"request": 1}, max_cost_per_day=10)
    await bot.read("why are black holes black")
    for number, pause in enumerate((0.5, 1.0), 2):
        await clock.advance(pause)
        await server.was_asked(number)
    await bot.until(lambda: bot.problems)
    assert len(server.asked) == 3
    assert status(bot).cost_left == 7


async def test_who_interrupts_before_anybody_was_reached_pays_nothing(bot, server, load, clock):
    await server.go()
    await load(prices={"request": 1}, max_cost_per_day=10)
    await bot.read("why are black holes black")
    await bot.hear("stop that now", final=False)
    await clock.advance(5)
    assert (status(bot).cost_left, bot.said, bot.problems) == (10, [], [])


# Thoughts that the server does not begin


async def test_of_a_model_that_thinks_aloud_the_page_says_what_to_set(bot, server, load):
    await load()
    server.says("The person asks. So I answer.</think>\nThey are heavy.")
    await bot.read("why are black holes black")
    assert bot.said == ["The person asks.", "So I answer.", "They are heavy."]
    assert status(bot).reason == f"{NAME} thinks aloud; set thinks: true"
    server.says("Because of the light.")
    await bot.read("but why are they black")
    assert status(bot).reason == ""


async def test_a_thought_that_is_not_begun_is_not_said_where_one_is_expected(bot, server, load):
    await load(thinks=True)
    server.says("The person asks. ", "So I answer.</th", "ink>They are heavy.")
    await bot.read("why are black holes black")
    assert bot.said == ["They are heavy."]
    server.says("No thought. ", "Not one.")
    await bot.read("what do you think then")
    assert bot.said[1:] == ["No thought.", "Not one."]
    assert server.asked[1].messages[2] == {"role": "assistant", "content": "They are heavy."}  # not what it thought
    assert status(bot).reason == ""


async def test_each_round_may_begin_with_a_thought(bot, server, load):
    await load(thinks=True)
    server.says("I had better open it.</think>Let me open the voice.", Call("attend", OPEN))
    server.says("It is open.</think>Done.")
    await bot.read("please speak with me aloud")
    assert bot.said == ["Let me open the voice.", "Done."]


async def test_a_thought_in_which_the_tokens_are_used_up_is_not_said(bot, server, load):
    await load(thinks=True)
    server.says("The person asks. So I", Finish("length"))
    await bot.read("why are black holes black")
    assert bot.said == ["I have no answer to that."]
    assert "used up max_tokens" in status(bot).reason
    server.says("I know.</think>One sentence. Two sentences and", Finish("length"))
    await bot.read("but why are they black")
    assert bot.said[1:] == ["One sentence.", "Two sentences and"]
    assert status(bot).reason == ""
