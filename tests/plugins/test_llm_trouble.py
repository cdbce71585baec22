"""The language model's server when it hangs, refuses, fails, breaks off, talks nonsense or is away, and comes back."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from email.utils import formatdate

import pytest

from cortex.testing import pictures
from tests.support.openai_server import BREAK, EOF, NAME, OpenAIServer, Raw, Refusal

AWAY = "I cannot reach my language model just now."
LOST = "I have lost my language model in the middle of the answer."


@pytest.fixture(name="server")
async def _server():
    async with OpenAIServer() as server:
        yield server


@pytest.fixture(name="load")
def _load(bot, server):
    async def load(**options):
        await bot.load("dialogue")
        await bot.load("greeter")
        await bot.load("llm", **{"base_url": server.url, "model": NAME, **options})

    return load


def status(bot):
    [status] = [status for status in bot.statuses if status.name == "llm"]
    return status


async def fails(bot, clock, line, *, said=AWAY, tries=1):
    """Let it answer: it says so in a few words, tells why once, and the rest of the bot goes on."""
    await bot.read("why are black holes black")
    for pause in (0.5, 1.0)[: tries - 1]:
        assert bot.said == []
        await clock.advance(pause)
    assert bot.said[-1:] == [said]
    [problem] = bot.problems
    assert problem.startswith(f"llm: {line}")
    assert len(problem.splitlines()) == 1
    assert (status(bot).state, status(bot).reason.startswith(line)) == ("benched", True)
    bot.clear()
    await bot.read("why are white dwarfs white")
    assert AWAY not in bot.said
    await bot.read("hello")
    assert "Hello! Show me something." in bot.said
    bot.clear()


async def recovers(bot, clock, seconds=15):
    await clock.advance(seconds)
    bot.clear()
    await bot.read("why are red giants red")
    assert bot.said == ["Very well."]
    assert (status(bot).state, status(bot).reason) == ("working", "")
    assert bot.problems == []


async def test_one_that_is_not_there_at_the_start_and_comes_later(bot, server, load, clock):
    await server.go()
    await load(prices={"request": 1}, max_cost_per_day=10)
    await fails(bot, clock, f"{NAME} at {server.host} cannot be reached: is it running, and base_url right?", tries=3)
    assert status(bot).cost_left == 10
    await server.come()
    await recovers(bot, clock)


async def test_one_that_comes_while_it_is_tried_again_and_nobody_notices(bot, server, load, clock):
    await server.go()
    await load()
    await bot.read("why are black holes black")
    await server.come()
    await clock.advance(0.5)
    assert bot.said == ["Very well."]
    assert bot.problems == []


async def test_one_that_takes_no_calls(bot, load, clock):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as busy, contextlib.ExitStack() as stack:
        for _ in range(4):  # its queue is full
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(busy.getsockname())
        host = f"127.0.0.1:{busy.getsockname()[1]}"
        await load(base_url=f"http://{host}/v1", patience=0.6, prices={"request": 1}, max_cost_per_day=10)
        await fails(bot, clock, f"{NAME} at {host} cannot be reached")
        assert status(bot).cost_left == 10


async def test_ollama_is_told_how_to_start():
    from cortex_llm.failure import Failures
    from cortex_llm.options import LlmOptions

    failures = Failures(LlmOptions(model="qwen3-vl:8b"))
    line = "qwen3-vl:8b at localhost:11434 cannot be reached: is it running? Start it with `ollama serve`"
    assert str(failures.unreachable()) == line


async def test_one_that_hangs_is_waited_for_no_longer_than_the_person_has_patience(bot, server, load, clock):
    server.says(asyncio.Event())
    await load(patience=0.6, prices={"request": 1}, max_cost_per_day=10)
    await fails(bot, clock, f"{NAME} at {server.host} does not answer within 0.6 s")
    async with asyncio.timeout(5):
        await server.asked[0].cut.wait()
    assert len(server.asked) == 1
    assert status(bot).cost_left == 9  # it may have thought about it all the same
    await recovers(bot, clock)


async def test_one_that_hangs_in_the_middle(bot, server, load, clock):
    server.says("One moment. Well", asyncio.Event())
    await load(patience=0.6)
    await fails(bot, clock, f"{NAME} at {server.host} does not answer within 0.6 s", said=LOST)
    await recovers(bot, clock)


@pytest.mark.parametrize("end", [BREAK, EOF])
async def test_one_that_breaks_off_in_the_middle(bot, server, load, clock, end):
    server.says("One moment. Well", end)
    await load()
    await fails(bot, clock, f"{NAME} at {server.host} has broken off in the middle of an answer", said=LOST)
    assert len(server.asked) == 1
    await recovers(bot, clock)
    last = server.asked[-1].messages[1:3]
    assert [message["content"] for message in last] == [
        "why are black holes black",
        "One moment. … (The connection broke off here.)",
    ]


@pytest.mark.parametrize(
    ("header", "seconds"), [("120", 120), (lambda clock: formatdate(clock.time() + 300, usegmt=True), 300)]
)
async def test_who_is_asked_too_often_is_left_alone_as_long_as_it_says(bot, server, load, clock, header, seconds):
    told = header if isinstance(header, str) else header(clock)
    server.says(Refusal(429, "Rate limit reached.", {"Retry-After": told}))
    await load(prices={"request": 1}, max_cost_per_day=10)
    await fails(bot, clock, f"{NAME} at {server.host} is asked too often, or its quota is used up: Rate limit reached")
    assert f"(tried again in {seconds} s)" in status(bot).reason
    assert status(bot).cost_left == 10
    await clock.advance(seconds - 5)
    await bot.read("why are black holes black")
    assert len(server.asked) == 1
    await recovers(bot, clock, 5)


async def test_one_that_has_an_error_of_its_own_is_tried_three_times(bot, server, load, clock):
    for _ in range(3):
        server.says(Refusal(500, "CUDA out of memory\nTraceback: …"))
    await load()
    await fails(bot, clock, f"{NAME} at {server.host} has failed: CUDA out of memory", tries=3)
    assert len(server.asked) == 3
    await recovers(bot, clock)


async def test_one_that_has_an_error_for_a_moment_and_nobody_notices(bot, server, load, clock):
    server.says(Refusal(503, "loading model"))
    await load()
    await bot.read("why are black holes black")
    await clock.advance(0.5)
    assert bot.said == ["Very well."]
    assert bot.problems == []


@pytest.mark.parametrize(
    ("refusal", "line"),
    [
        (Refusal(400, "context length exceeded.\nmore"), "does not take the request: context length exceeded"),
        (Refusal(403, "No access."), "refuses: No access; see that api_key may use this model"),
        (Refusal(418, b"<html>teapot</html>"), "does not take the request: status 418"),
        (Refusal(404, b"404 page not found"), "is not there: 404 page not found; see the names of its models"),
        (Refusal(307, "", {"Location": "http://127.0.0.1:1/"}), "does not take the request: status 307"),
    ],
)
async def test_one_that_refuses_is_not_asked_twice(bot, server, load, clock, refusal, line):
    server.says(refusal)
    await load()
    await fails(bot, clock, f"{NAME} at {server.host} {line}")
    assert len(server.asked) == 1
    await recovers(bot, clock)


async def test_a_model_that_is_not_there(bot, server, load, clock):
    await load(model="no-such-model")
    await fails(bot, clock, f"no-such-model at {server.host} is not there: model 'no-such-model' not found; see")


async def test_a_key_that_is_missing(bot, server, load, clock):
    server.key = "a-secret-key"
    await load()
    await fails(bot, clock, f"{NAME} at {server.host} wants a key: set api_key: {{$env: NAME}}")


async def test_a_key_that_is_wrong(bot, server, load, clock, monkeypatch):
    server.key = "a-secret-key"
    monkeypatch.setenv("MODEL_KEY", "another-key")
    await load(api_key={"$env": "MODEL_KEY"})
    await fails(bot, clock, f"{NAME} at {server.host} does not accept the key that stands in api_key: {{$env: NAME}}")


async def test_a_key_that_the_server_repeats_is_not_told(bot, server, load, clock, monkeypatch):
    server.says(Refusal(403, "The key a-secret-key is blocked."))
    monkeypatch.setenv("MODEL_KEY", "a-secret-key")
    await load(api_key={"$env": "MODEL_KEY"})
    await fails(bot, clock, f"{NAME} at {server.host} refuses: The key *** is blocked")


@pytest.mark.parametrize(
    "nonsense",
    [
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 20\r\n\r\n<h1>Your router</h1>",),
        (b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{"choices": 1}',),
        ("Well", Raw(b"data: {not json}\n\n")),
        ("Well", Raw(b"data: 42\n\n")),
        ("Well", Raw(b'data: {"choices": "none"}\n\n')),
        ("Well", Raw(b'data: {"choices": [{"delta": {"content": 7}}]}\n\n')),
        ("Well", Raw(b'data: {"choices": [{"delta": {"tool_calls": {"a": 1}}}]}\n\n')),
        ("Well", Raw(b"data: \xff\xfe\n\n")),
    ],
    ids=["a web page", "plain JSON", "no JSON", "a number", "no choices", "no text", "no calls", "no Unicode"],
)
async def test_garbage(bot, server, load, clock, nonsense):
    server.says(*nonsense)
    await load()
    await fails(bot, clock, f"{NAME} at {server.host} answers nonsense: is base_url the address")
    await recovers(bot, clock)


async def test_one_that_goes_on_after_garbage_is_hung_up_on(bot, server, load):
    server.says("Well", Raw(b"data: 42\n\n"), asyncio.Event())
    await load()
    await bot.read("why are black holes black")
    assert len(bot.problems) == 1
    async with asyncio.timeout(5):
        await server.asked[0].cut.wait()


@pytest.mark.parametrize("noise", [b"\x00\xff" * 500, b"SSH-2.0-OpenSSH_9.6\r\n"])
async def test_something_else_at_the_address(bot, server, load, clock, noise):
    for _ in range(3):
        server.says(noise)
    await load()
    await fails(bot, clock, f"{NAME} at {server.host} cannot be reached", tries=3)
    await recovers(bot, clock)


async def test_an_error_in_the_middle_of_the_stream(bot, server, load, clock):
    server.says("Well", Raw(b'data: {"error": {"message": "The GPU is gone."}}\n\n'))
    await load()
    await fails(bot, clock, f"{NAME} at {server.host} has failed: The GPU is gone")
    await recovers(bot, clock)


@pytest.mark.parametrize(
    ("field", "status_", "message", "instead"),
    [
        (
            "max_tokens",
            400,
            "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'.",
            "max_completion_tokens",
        ),
        ("temperature", 400, "Unsupported value: 'temperature' does not support 0.5.", None),
        ("stream_options", 422, "extra_forbidden: stream_options", None),
    ],
)
async def test_what_a_server_does_not_understand_is_not_asked_of_it_again(
    bot, server, load, field, status_, message, instead
):
    server.refuses[field] = Refusal(status_, message)
    await load(temperature=0.5)
    await bot.read("why are black holes black")
    await bot.read("why are white dwarfs white")
    assert [field in asked.json for asked in server.asked] == [True, False, False]
    assert instead is None or server.asked[-1].json[instead] == 400
    assert bot.said == ["Very well.", "Very well."]


async def test_what_takes_longer_than_its_time_is_given_up(bot, server, load, clock):
    server.says("One moment. Well", asyncio.Event())
    await load(timeout=20, patience=60)
    await bot.hear("tell me a long story", wait=False)
    asked = await server.was_asked()
    await bot.see(pictures.red(), wait=False)  # so that who thinks now is waited for no longer
    await clock.advance(20)
    await bot.until(lambda: bot.problems)
    assert "took longer than 20 s" in bot.problems[0]
    async with asyncio.timeout(5):
        await asked.cut.wait()


async def test_without_the_dialogue_it_says_what_it_lacks(bot, server):
    await bot.load("llm", base_url=server.url, model=NAME)
    await bot.read("why are black holes black")
    assert (bot.said, status(bot).state) == ([], "working")
    assert status(bot).reason == "no enabled plugin tells it what sentences mean: enable `dialogue`"
