"""A model on a server: how many frames go at once, what is counted of them, and what is made of what comes back."""

from __future__ import annotations

import asyncio
import gc
import json
import re

import numpy as np
import pytest

from cortex import Cortex, ServiceError
from cortex.testing import pictures
from cortex_classifier import Classifier
from cortex_classifier.remote import Asked, RemoteModel, remote
from cortex_classifier.server import FREE, entry_of
from tests.support.model_server import Reply, shares
from tests.support.tensorflow_serving import TensorFlowServing
from tests.support.triton import LENGTH, Triton
from tests.support.vertex import Vertex

VERTEX = "vertex://my-project/europe-west4/1234"
COLOURS = [(250, 99, 9), (9, 250, 99), (99, 9, 250), (250, 9, 99), (9, 99, 250)]
FRAMES = [Asked(np.full((8, 8, 3), colour, np.uint8), ()) for colour in COLOURS]
NAMES = [0, 1, 2, 0, 2]


@pytest.fixture(autouse=True)
def _direct(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture(name="server", params=[TensorFlowServing, Triton, Vertex], ids=lambda kind: kind.__name__)
def _server(request):
    server = request.param()
    server.token = "a-token"
    yield server
    server.close()


@pytest.fixture(name="vertex")
def _vertex():
    server = Vertex()
    server.token = "a-token"
    yield server
    server.close()


class Witness(Cortex):
    """Keeps which model saw what was seen."""

    perceives = frozenset({"seen"})

    def perceive(self, stimulus, session):
        self.eyes = [*getattr(self, "eyes", []), stimulus.eye.model]


def eyes(bot):
    [unit] = [unit for unit in bot.core.units if isinstance(unit.cortex, Witness)]
    return unit.cortex.eyes


def classifier(bot):
    [unit] = [unit for unit in bot.core.units if unit.name == "classifier"]
    return unit.cortex


def status(bot):
    [status] = [status for status in bot.statuses if status.name == "classifier"]
    return status


def options_for(server, labels=""):
    own = {"model": VERTEX, "endpoint": server.url, "size": 8}
    options = own if isinstance(server, Vertex) else {"model": server.model}
    return {"labels": labels, "token": "a-token", **options}


def model_of(server, labels, spent):
    """Return a model on a server as it is right after it was found, with no frame looked at but the black one."""
    found = remote(Classifier.Options(**options_for(server, labels)), spent.append, lambda: 0.0)
    return RemoteModel(found._server, found._server.describe(), spent.append, 20), found._server


def count(asked):
    """Return how many pictures are in a request."""
    if LENGTH in asked.headers:
        head = json.loads(asked.body[: int(asked.headers[LENGTH])])
        return head["inputs"][0]["shape"][0]
    return len(asked.json["instances"])


def limit(server, most, status=400):
    """Have a server refuse more pictures at once, as Triton does for its `max_batch_size`."""
    answer = server.answer

    def answered(asked):
        if server.is_prediction(asked) and count(asked) > most:
            return server.refusal(status, f"inference request batch-size must be <= {most} for 'colours'")
        return answer(asked)

    server.answer = answered


def best(found):
    return [int(next(iter(scores.values())).argmax()) for scores in found]


# More at once than a server takes


@pytest.mark.parametrize(
    ("most", "status", "asked"),
    [(2, 400, [1, 5, 2, 3, 1, 2]), (1, 413, [1, 5, 2, 1, 1, 3, 1, 2, 1, 1])],
)
def test_fewer_go_at_once_where_so_many_are_refused(server, labels, most, status, asked):
    limit(server, most, status)
    spent = []
    model, own = model_of(server, labels, spent)
    assert best(model._look(FRAMES)) == NAMES
    assert [count(each) for each in server.predictions] == asked
    assert sum(spent) == 1 + len(FRAMES)  # what was refused is not charged
    assert model._batcher.most == 1
    own.stop()


async def test_a_batch_over_the_servers_most_is_no_failure(bot, triton):
    limit(triton, 2)
    await bot.load("classifier", model=triton.model, smoothing=1)
    people = [bot, *[await bot.meet() for _ in range(4)]]
    await bot.see(pictures.red())
    triton.hold()
    for person in people:
        await person.see(pictures.green(), wait=False)
    batcher = classifier(bot)._network._model._batcher
    await asyncio.to_thread(waits, batcher, 4)
    triton.let_go()
    for person in people:
        await person.until(lambda person=person: person.shown and person.shown[-1].labels[0].name == "green")
    assert [count(asked) for asked in triton.predictions] == [1, 1, 1, 4, 2, 2]
    assert batcher.most == 2
    assert status(bot).state == "working"


def waits(batcher, count):
    with batcher._changed:
        assert batcher._changed.wait_for(lambda: len(batcher._waiting) == count, 20)


def test_one_that_is_refused_by_itself_is_an_error(server, labels):
    model, own = model_of(server, labels, [])
    limit(server, 0)
    with pytest.raises(ServiceError, match=r"fails \(400 Bad Request\): inference request batch-size"):
        model._look(FRAMES)
    own.stop()


# What is counted


async def test_each_frame_of_a_request_is_counted(bot, serving, labels):
    await bot.load("classifier", model=serving.model, labels=labels, prices={"prediction": 1}, max_cost_per_day=100)
    people = [bot, *[await bot.meet() for _ in range(3)]]
    await bot.see(pictures.red())
    serving.hold()
    for person in people:
        await person.see(pictures.green(), wait=False)
    await asyncio.to_thread(waits, classifier(bot)._network._model._batcher, 3)
    serving.let_go()
    for person in people:
        await person.until(lambda person=person: person.shown)
    await bot.until(lambda: len(bot.shown) == 2)
    assert [len(asked.json["instances"]) for asked in serving.predictions] == [1, 1, 1, 3]
    assert status(bot).cost_left == 100 - 6


def test_of_several_requests_those_that_were_answered_are_counted(vertex, labels):
    spent = []
    model, own = model_of(vertex, labels, spent)
    own._limit = 3000
    vertex.replies = [None, None, vertex.refusal(429, "Quota exceeded.")._replace(headers={"Retry-After": "60"})]
    with pytest.raises(ServiceError, match="too busy"):
        model._look(FRAMES)
    assert [count(asked) for asked in vertex.predictions] == [1, 1, 1, 1]
    assert sum(spent) == 3
    own.stop()


def test_several_requests_that_different_models_answer(vertex, labels):
    model, own = model_of(vertex, labels, [])
    own._limit = 3000
    answer = vertex.answer

    def answered(asked):
        vertex.model_id = "777" if len(vertex.predictions) < 4 else "888"
        return answer(asked)

    vertex.answer = answered
    with pytest.raises(ServiceError, match="answers with another version than before"):
        model._look(FRAMES)
    own.stop()


# When to come again


@pytest.mark.parametrize("after", ["soon", "-5", "inf", "nan", "1e400", "", "Mon, 99 Foo 99999999 99:99:99 GMT"])
async def test_a_moment_to_come_again_that_is_none(bot, clock, serving, labels, after):
    await bot.load("classifier", model=serving.model, labels=labels)
    serving.refuses(429, "Quota exceeded.", Retry_After=after)
    await bot.see(pictures.red())
    assert bot.problems == [f"classifier: {serving.model} is too busy (429 Too Many Requests): Quota exceeded"]
    assert "(tried again in 15 s)" in status(bot).reason
    gc.collect()  # a connection that was left lying about would be a warning, and that an error
    serving.replies = []
    await clock.advance(15)
    await bot.see(pictures.red())
    assert bot.shown[-1].labels[0].name == "red"


@pytest.mark.parametrize(("after", "seconds"), [("90.5", 90), ("Thu, 01 Jan 2099 00:00:00 GMT", 3600)])
async def test_a_moment_to_come_again(bot, serving, labels, after, seconds):
    await bot.load("classifier", model=serving.model, labels=labels)
    serving.refuses(503, "", Retry_After=after)
    await bot.see(pictures.red())
    assert len(bot.problems) == 1
    assert f"(tried again in {seconds} s)" in status(bot).reason.replace("1.0 h", "3600 s")
    assert len(serving.predictions) == 1


# What comes back


async def test_numbers_without_a_length_for_the_pictures(bot, triton):
    await bot.load("classifier", model=triton.model)
    output = {"name": "scores", "datatype": "FP32", "shape": [3], "data": [0.1, 0.8, 0.1]}
    triton.replies = [Reply(200, {"outputs": [output]})]
    await bot.see(pictures.red())
    assert bot.shown[-1].labels[0].name == "green"


@pytest.mark.parametrize(("shape", "name"), [([-1, 3, 8, 8], "green"), ([-1, 8, 8, 3], "blue")])
async def test_of_maps_the_mean_over_their_places_counts(bot, triton, shape, name):
    """The same 27 numbers, colours first or last: each has its own mean."""
    triton.shape = shape
    values = np.full((3, 3, 3), 0.1)
    values[1, :, :], values[:, :, 2] = 0.5, 0.4
    output = {"name": "scores", "datatype": "FP32", "shape": [1, 3, 3, 3], "data": values.reshape(-1).tolist()}
    triton.replies = [Reply(200, {"outputs": [output]})]
    await bot.load("classifier", model=triton.model)
    await bot.see(pictures.red())
    assert bot.shown[-1].labels[0].name == name


@pytest.mark.parametrize("body", [None, 3, {}, "colours", [1], [{"name": 3}]])
async def test_a_list_of_models_that_is_none(bot, triton, body):
    answer = triton.answer
    triton.answer = lambda asked: Reply(200, body) if asked.path.endswith("/index") else answer(asked)
    await bot.load("classifier", model=triton.model.replace("colours", "colors"))
    await bot.see(pictures.red())
    assert re.search(r"does not know that model \(404 Not Found\): .* 'colors' is not found$", bot.problems[0])


@pytest.mark.parametrize("length", ["\xb2", "9" * 5000, "-1", "twelve"])
async def test_a_length_that_is_none(bot, triton, length):
    await bot.load("classifier", model=triton.model)
    triton.replies = [Reply(200, b"{}", {LENGTH: length})]
    await bot.see(pictures.red())
    assert bot.problems[0].startswith(f"classifier: {triton.model} answers nonsense: its Inference-Header-Content-Le")


@pytest.mark.parametrize(
    ("kind", "shape"),
    [(TensorFlowServing, [-1, 8, 16, 3]), (Triton, [-1, 8, 16, 3]), (Triton, [-1, 3, 8, 16])],
)
async def test_pictures_that_are_wider_than_high(bot, kind, shape, labels, request):
    server = kind()
    request.addfinalizer(server.close)
    server.shape = shape
    await bot.load("classifier", model=server.model, labels=labels)
    await bot.see(pictures.red())
    assert bot.shown[-1].labels[0].name == "red"


async def test_pictures_of_a_size_that_nothing_can_have(bot, serving, labels):
    serving.shape = [-1, 10**9, 10**9, 3]
    await bot.load("classifier", model=serving.model, labels=labels)
    await bot.see(pictures.red())
    assert f"{serving.model} wants pictures of 1000000000 x 1000000000; more than 4096 pixels is" in bot.problems[0]


def test_colours_first_where_the_last_length_is_open():
    options = Classifier.Options(size=8)
    entry = entry_of("it", "pixels", np.dtype(np.float32), [FREE, 3, FREE, FREE], options, 8)
    assert (entry.first, entry.size) == (True, (8, 8))


# Which model it was


async def test_what_is_sent_otherwise_is_seen_otherwise(bot, serving, labels):
    async def eye(**more):
        await bot.load("classifier", model=serving.model, labels=labels, **more)
        await bot.load(Witness)
        await bot.see(pictures.red())
        found = eyes(bot)[-1]
        await bot.restart()
        return found

    first = await eye()
    assert await eye() == first
    assert await eye(mean=0, scale=255) != first
    serving.inputs = ("image",)
    assert await eye() != first


async def test_a_version_that_only_the_metadata_tells(bot, clock, triton):
    answer = triton.answer

    def answered(asked):
        reply = answer(asked)
        if triton.is_prediction(asked):
            reply.body.pop("model_version")
        return reply

    triton.answer, triton.extensions = answered, []
    await bot.load("classifier", model=triton.model)
    await bot.load(Witness)
    await bot.see(pictures.red())
    triton.version = "2"
    await bot.see(pictures.red())
    await clock.advance(61)
    await bot.see(pictures.red())
    first, second, third = eyes(bot)
    assert (first == second, second == third) == (True, False)


async def test_after_a_failure_it_asks_anew_what_the_model_is_like(bot, clock, serving, labels):
    await bot.load("classifier", model=serving.model, labels=labels)
    await bot.see(pictures.red())
    serving.refuses(500, "Graph execution error")
    await bot.see(pictures.green())
    assert len(bot.problems) == 1
    serving.replies, serving.versions = [], [1, 2]
    await clock.advance(15)
    await bot.see(pictures.green())
    assert serving.predictions[-1].path == "/v1/models/colours/versions/2:predict"
    assert bot.shown[-1].labels[0].name == "green"


def test_the_stand_ins_are_honest():
    assert shares([frame.pixels for frame in FRAMES]).argmax(axis=1).tolist() == NAMES
