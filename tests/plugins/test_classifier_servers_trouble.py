"""A model server that hangs, refuses, fails, talks nonsense or is away, and comes back; what cannot work at all."""

from __future__ import annotations

import asyncio
import re
import socket
import threading

import pytest

from cortex.testing import pictures
from tests.support.model_server import Reply
from tests.support.tensorflow_serving import TensorFlowServing
from tests.support.triton import Triton
from tests.support.vertex import Vertex

KINDS = [TensorFlowServing, Triton, Vertex]


@pytest.fixture(autouse=True)
def _direct(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture(name="server", params=KINDS, ids=lambda kind: kind.__name__)
def _server(request):
    server = request.param()
    server.token = "a-good-token"
    yield server
    server.close()


@pytest.fixture(name="load")
def _load(bot, server, labels, monkeypatch):
    monkeypatch.setenv("MODEL_TOKEN", "a-good-token")

    async def load(**more):
        own = {"model": "vertex://my-project/europe-west4/1234", "endpoint": server.url, "size": 8}
        options = own if isinstance(server, Vertex) else {"model": server.model}
        await bot.load("greeter")
        token = {"$env": "MODEL_TOKEN"}
        await bot.load("classifier", **{"labels": labels, "token": token, "patience": 1, **options, **more})
        return options["model"]

    return load


def status(bot):
    [status] = [status for status in bot.statuses if status.name == "classifier"]
    return status


async def fails(bot, line):
    """Let it look: it is benched at once, says why once, and the rest of the bot goes on."""
    await bot.see(pictures.red())
    [problem] = bot.problems
    assert problem.startswith(f"classifier: {line}")
    assert len(problem.splitlines()) == 1
    assert "a-good-token" not in problem
    assert (status(bot).state, status(bot).reason.startswith(line)) == ("benched", True)
    await bot.see(pictures.green())
    assert len(bot.problems) == 1
    await bot.read("hello")
    assert bot.said == ["Hello! Show me something."]


async def recovers(bot, clock, seconds=15):
    await clock.advance(seconds)
    await bot.see(pictures.red())
    assert (status(bot).state, status(bot).reason) == ("working", "")
    assert bot.shown[-1].labels[0].name == "red"


async def test_one_that_hangs(bot, clock, server, load):
    model = await load(prices={"prediction": 1}, max_cost_per_day=10)
    server.hold()
    await fails(bot, f"{model} does not answer within 1 s")
    assert status(bot).cost_left == 9  # it may have looked all the same
    assert len(server.predictions) == 1  # what was too slow is not sent again
    server.let_go()
    await recovers(bot, clock)


async def test_one_that_is_not_there_at_the_start_and_comes_later(bot, clock, server, load):
    server.go()
    model = await load(prices={"prediction": 1}, max_cost_per_day=10)
    await bot.start()
    assert status(bot).state == "working"
    await fails(bot, f"{model} cannot be reached: Connection refused")
    assert status(bot).cost_left == 10
    await asyncio.to_thread(server.come)
    await recovers(bot, clock)


async def test_one_that_goes_later_and_comes_back(bot, clock, server, load):
    await load()
    await bot.see(pictures.red())
    await asyncio.to_thread(server.go)
    await bot.see(pictures.green())
    assert len(bot.problems) == 1
    await asyncio.to_thread(server.come)
    await recovers(bot, clock)


@pytest.mark.parametrize("code", [429, 503])
async def test_what_is_too_busy_waits_as_long_as_it_says(bot, clock, server, load, code):
    model = await load()
    server.refuses(code, "Quota exceeded.", Retry_After="120")
    await fails(bot, f"{model} is too busy ({code} ")
    assert "Quota exceeded" in status(bot).reason
    assert "(tried again in 120 s)" in status(bot).reason
    assert len(server.predictions) == 1
    server.replies = []
    await clock.advance(100)
    await bot.see(pictures.red())
    assert len(server.predictions) == 1
    await recovers(bot, clock, 20)


async def test_one_that_has_an_error_of_its_own(bot, clock, server, load):
    model = await load(prices={"prediction": 1}, max_cost_per_day=10)
    server.refuses(500, "Graph execution error:\nDetected at node 'secret'\n" + "Traceback " * 100)
    await fails(bot, f"{model} fails (500 Internal Server Error): Graph execution error")
    assert len(bot.problems[0]) < 400
    assert len(server.predictions) == 1
    assert status(bot).cost_left == 10
    server.replies = []
    await recovers(bot, clock)


async def test_a_page_of_html_is_not_read_out(bot, server, load):
    model = await load()
    server.replies = [Reply(500, b"<html><body><h1>nginx</h1></body></html>")]
    await fails(bot, f"{model} fails (500 Internal Server Error)")
    assert "nginx" not in bot.problems[0]


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Welcome to your router</html>",
        b"\x00\xff\xfe",
        b"",
        [],
        {},
        "scores",
        {"predictions": []},
        {"predictions": [["red", "green", "blue"]]},
        {"predictions": {"scores": 1}},
        {"outputs": []},
        {"predictions": [["1", "2", "3"]]},
        {"predictions": [[0.1, 0.2, 0.7], [0.1, 0.2, 0.7]]},
        {"predictions": [[1e39, 0, 0]]},
        {"predictions": [[10**400, 0, 0]]},
        b"[" * 200_000,
        {"outputs": [{"name": "scores", "datatype": "FP32", "shape": [1, 3], "data": [1, 2]}]},
        {"outputs": [{"name": "scores", "datatype": "FP32", "shape": [1, 3], "data": [1e39, 0, 0]}]},
        {"outputs": [{"name": "scores", "datatype": "FP32", "shape": [1, 3], "data": [10**400, 0, 0]}]},
        {"outputs": [{"name": "scores", "datatype": "FP32", "shape": [10**30], "data": [1, 0, 0]}]},
        {"outputs": [{"name": "scores", "datatype": "FP32", "shape": [1, 3], "data": ["1", "2", "3"]}]},
        {"outputs": [{"name": "scores", "datatype": "BYTES", "shape": [1, 3], "data": ["a", "b", "c"]}]},
    ],
    ids=lambda body: str(body)[:90],
)
async def test_nonsense(bot, clock, server, load, body):
    model = await load(prices={"prediction": 1}, max_cost_per_day=10)
    server.replies = [Reply(200, body)]
    await fails(bot, f"{model} answers nonsense: ")
    assert status(bot).cost_left == 9
    server.replies = []
    await recovers(bot, clock)


async def test_one_that_hangs_up(bot, clock, server, load):
    model = await load()
    server.replies = [b""]
    await fails(bot, f"{model} broke off before its answer was complete")
    server.replies = []
    await recovers(bot, clock)


async def test_one_that_breaks_off_in_the_middle(bot, clock, server, load):
    model = await load()
    server.replies = [b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"predictions": [[0.1,']
    await fails(bot, f"{model} broke off before its answer was complete")
    assert len(server.predictions) == 1
    server.replies = []
    await recovers(bot, clock)


async def test_something_else_at_the_address(bot, server, load):
    model = await load()
    server.replies, server.everything = [b"220 smtp.example.org ESMTP\r\n"], True
    await fails(bot, f"{model} ")


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -float("inf")])
async def test_one_number_that_is_none(bot, clock, server, load, wrong):
    model = await load()
    output = {"name": "scores", "datatype": "FP32", "shape": [1, 3], "data": [0.5, wrong, 0.5]}
    server.replies = [Reply(200, {"predictions": [[0.5, wrong, 0.5]], "outputs": [output]})]
    await fails(bot, f"{model} answers with what is no number (NaN) or without end in ")
    server.replies = []
    await recovers(bot, clock)


async def test_as_many_scores_as_there_are_labels(bot, clock, server, load, tmp_path):
    path = tmp_path / "two.txt"
    path.write_text("yes\nno\n")
    model = await load(labels=str(path))
    await fails(bot, model)
    assert re.search(r"gives (3|3 or 4) scores, but .*two.txt has 2 labels; they must be as many", bot.problems[0])


async def test_scores_that_are_suddenly_more(bot, clock, server, load):
    model = await load()
    await bot.see(pictures.red())
    output = {"name": "scores", "datatype": "FP32", "shape": [1, 5], "data": [1, 2, 3, 4, 5]}
    server.replies = [Reply(200, {"predictions": [[1, 2, 3, 4, 5]], "outputs": [output]})]
    await bot.see(pictures.green())
    assert bot.problems[0].startswith(f"classifier: {model} ")
    assert "scores, but" in bot.problems[0]
    server.replies = []
    await recovers(bot, clock)


async def test_a_token_that_is_wrong(bot, clock, server, load, monkeypatch):
    monkeypatch.setenv("MODEL_TOKEN", "another-token")
    model = await load()
    await fails(bot, f"{model} refuses (403 Forbidden): Jwt verification fails; the `token` is not one that it takes")
    assert "another-token" not in bot.problems[0]
    server.token = "another-token"
    await recovers(bot, clock)


@pytest.mark.parametrize("kind", [TensorFlowServing, Triton])
async def test_a_token_that_is_missing(bot, kind, labels):
    server = kind()
    server.token = "a-good-token"
    await bot.load("classifier", model=server.model, labels=labels)
    await bot.see(pictures.red())
    server.close()
    line = f"{server.model} refuses (401 Unauthorized): Jwt verification fails; set `token`, such as `token: {{$env: "
    assert bot.problems[0].startswith(f"classifier: {line}")


async def test_it_stops_while_a_frame_is_under_way(bot, serving, labels):
    await bot.load("classifier", model=serving.model, labels=labels, patience=20)
    other = await bot.meet()
    serving.hold()
    await bot.see(pictures.red(), wait=False)
    await other.see(pictures.red(), wait=False)
    await asyncio.to_thread(serving.was_asked)
    await bot.stop()
    serving.let_go()
    for thread in threading.enumerate():
        if thread.name.startswith("cortex classifier"):
            await asyncio.to_thread(thread.join, 20)
            assert not thread.is_alive()


async def test_somebody_who_takes_the_call_and_never_says_a_word(bot, labels):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/v1/models/x"
        await bot.load("classifier", model=address, labels=labels, patience=0.3)
        await bot.see(pictures.red())
    assert bot.problems[0].startswith(f"classifier: {address} does not answer within 0.3 s")
