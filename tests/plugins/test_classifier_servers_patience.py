"""A model server that takes its time: how long a look may take, whatever drips, and who waits for whom."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading

import numpy as np
import pytest

from cortex import ServiceError, place_of
from cortex.testing import pictures
from cortex_classifier import Classifier, connection
from cortex_classifier.batcher import Batcher
from cortex_classifier.connection import Connection
from cortex_classifier.deadline import within
from cortex_classifier.remote import SINGLE, remote

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
ENOUGH = 20  # seconds
PIECES = 500  # after which whoever still listens is at fault
RED = np.full((8, 8, 3), (250, 9, 9), np.uint8)


class Talker:
    """A stand-in that says something to whoever calls, then a piece again and again until they hang up, or it tires."""

    def __init__(self, first, piece, pause=0.02):
        self.calls = 0
        self.hung_up = threading.Event()
        self._first, self._piece, self._pause = first, piece, pause
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        with contextlib.suppress(OSError):
            while True:
                caller, _ = self._listening.accept()
                self.calls += 1
                threading.Thread(target=self._talk, args=(caller,), daemon=True).start()

    def _talk(self, caller):
        with contextlib.suppress(OSError), caller:
            caller.recv(65536)
            caller.sendall(self._first)
            for _ in range(PIECES if self._piece else 0):
                caller.sendall(self._piece)
                self.hung_up.wait(self._pause)
            while not self._piece and caller.recv(65536):
                pass
        self.hung_up.set()

    def close(self):
        self._listening.close()


@pytest.fixture(name="talks")
def _talks():
    made = []

    def talks(*args, **more):
        made.append(Talker(*args, **more))
        return made[-1]

    yield talks
    for each in made:
        each.close()


def connect(address, patience):
    return Connection("the server", place_of(address), patience, dict, str)


DRIPS = {
    "status": (b"", b"H"),
    "headers": (HEAD + b"X-Slow: ", b"x"),
    "more headers": (HEAD, b"X-Slow: x\r\n"),
    "body": (HEAD + b"Content-Length: 100000\r\n\r\n", b"["),
    "body without end": (HEAD + b"\r\n", b"["),
    "chunks": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n[\r\n"),
    "within a chunk": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
    "continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
}


@pytest.mark.parametrize("drip", DRIPS.values(), ids=DRIPS)
def test_what_drips_is_over_when_patience_is(talks, drip):
    server = talks(*drip)
    asking = connect(server.address, 0.3)
    with pytest.raises(ServiceError, match=r"^the server does not answer within 0\.3 s$"):
        asking.ask("POST", server.address, b"{}")
    assert server.hung_up.wait(ENOUGH)
    assert server.calls == 1  # what was too slow is not sent again
    asking.stop()


def test_who_takes_what_is_sent_in_small_sips():
    whole, got = 60_000_000, []

    def sip():
        caller, _ = listening.accept()
        with contextlib.suppress(OSError), caller:
            while piece := caller.recv(300_000):
                got.append(len(piece))
                threading.Event().wait(0.01)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        sipping = threading.Thread(target=sip, daemon=True)
        sipping.start()
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        asking = connect(address, 0.3)
        with pytest.raises(ServiceError, match=r"does not answer within 0\.3 s"):
            asking.ask("POST", address, bytes(whole))
        asking.stop()
        sipping.join(ENOUGH)
    assert 0 < sum(got) < whole  # it hung up before


def test_all_tries_together_take_no_longer(serving):
    serving.refuses(429, "Quota exceeded.", Retry_After="1")
    asking = connect(serving.url, 0.5)
    with pytest.raises(ServiceError, match="is too busy") as refused:
        asking.ask("POST", f"{serving.model}:predict", b"{}")
    assert refused.value.retry_after == 1
    assert len(serving.predictions) == 1  # the second would have come too late
    asking.stop()


def test_an_answer_without_end_is_not_read_to_it(talks, monkeypatch):
    monkeypatch.setattr(connection, "MOST", 3 * 2**20)
    server = talks(HEAD + b"\r\n", b"[" * 2**20, pause=0)
    asking = connect(server.address, 60)
    with pytest.raises(ServiceError, match="answers nonsense: it has more than 3 MB"):
        asking.ask("GET", server.address)
    assert server.hung_up.wait(ENOUGH)
    asking.stop()


def test_an_answer_has_64_mb_at_most():
    assert connection.MOST == 64 * 2**20


def test_when_it_stops_it_hangs_up(talks):
    server = talks(HEAD + b"Content-Length: 2\r\n\r\n{}", b"")
    asking = connect(server.address, ENOUGH)
    assert asking.read("GET", server.address) == {}
    assert not server.hung_up.is_set()
    asking.stop()
    assert server.hung_up.wait(ENOUGH)


async def test_one_that_drips_its_headers_is_named_and_comes_back(bot, clock, serving, labels):
    await bot.load("classifier", model=serving.model, labels=labels, patience=0.3)
    dripping = threading.Event()
    serve = serving.serve

    def drip(handler):
        if dripping.is_set() or not handler.path.endswith(":predict"):
            serve(handler)
            return
        dripping.set()
        handler.close_connection = True
        with contextlib.suppress(OSError):
            handler.wfile.write(HEAD + b"X-Slow: ")
            for _ in range(PIECES):
                handler.wfile.write(b"x")
                gone.wait(0.02)

    gone = threading.Event()
    serving.serve = drip
    await bot.see(pictures.red())
    assert bot.problems == [f"classifier: {serving.model} does not answer within 0.3 s"]
    gone.set()
    await clock.advance(15)
    await bot.see(pictures.red())
    assert bot.shown[-1].labels[0].name == "red"


# Who waits for somebody else


def look(found, model):
    try:
        found.append(model.glance(RED, deep=False).scores.argmax())
    except ServiceError as error:
        found.append(str(error))


def begin(found, model):
    thread = threading.Thread(target=look, args=(found, model), daemon=True)
    thread.start()
    return thread


def model_at(serving, labels, **more):
    options = Classifier.Options(model=serving.model, labels=labels, **more)
    return remote(options, lambda _: None, lambda: 0.0)


def test_who_waits_for_another_to_learn_what_the_model_is_like_waits_so_long(serving, labels):
    model = model_at(serving, labels, patience=0.2)
    with model._lock:  # somebody who does not come back
        found = []
        begin(found, model).join(ENOUGH)
    assert found == [f"{serving.model} does not answer within 0.2 s"]
    look(found, model)
    assert found[1] == 0
    model.stop()


@pytest.mark.parametrize("batch", [1, 2])
def test_who_waits_for_a_request_that_does_not_end_waits_so_long(serving, labels, batch):
    model = model_at(serving, labels, patience=0.2, batch=batch)
    found = []
    look(found, model)
    inner = model._model
    inner._batcher, stuck = (Batcher(stay, 2), inner._batcher) if batch > 1 else (None, None)
    free.clear()
    if batch > 1:
        staying = threading.Thread(target=inner._batcher.ask, args=(1,), daemon=True)
        staying.start()
        assert began.wait(ENOUGH)
    else:
        for _ in range(SINGLE):
            assert inner._seats.acquire(blocking=False)
    begin(found, model).join(ENOUGH)
    assert found == [0, f"{serving.model} does not answer within 0.2 s"]
    free.set()
    if batch > 1:
        staying.join(ENOUGH)
        assert not inner._batcher._waiting
        inner._batcher = stuck
    else:
        inner._seats.release(SINGLE)
    look(found, model)
    assert found[2] == 0
    model.stop()


free, began = threading.Event(), threading.Event()


def stay(asked):
    began.set()
    assert free.wait(ENOUGH)
    return asked


def test_a_moment_that_is_set_is_not_put_off():
    batcher = Batcher(stay, 2)
    free.clear()
    began.clear()
    staying = threading.Thread(target=batcher.ask, args=(1,), daemon=True)
    staying.start()
    assert began.wait(ENOUGH)
    with within(0.1), within(3600), pytest.raises(TimeoutError):
        batcher.ask(2)
    free.set()
    staying.join(ENOUGH)


def test_who_waits_when_the_model_is_let_go_is_sent_away(serving, labels):
    model = model_at(serving, labels, patience=ENOUGH)
    found, late = [], []
    look(found, model)
    serving.hold()
    first = begin(found, model)
    serving.was_asked(3)
    second = begin(late, model)
    batcher = model._model._batcher
    with batcher._changed:
        assert batcher._changed.wait_for(lambda: batcher._waiting, ENOUGH)
    model.stop()
    second.join(ENOUGH)
    assert late == ["it is being stopped"]
    serving.let_go()
    first.join(ENOUGH)


async def test_of_a_model_for_one_picture_eight_at_once_are_asked_for(bot, serving, labels):
    serving.shape = [1, 8, 8, 3]
    await bot.load("classifier", model=serving.model, labels=labels)
    await bot.see(pictures.red())
    people = [await bot.meet() for _ in range(10)]
    serving.hold()
    for person in people:
        await person.see(pictures.green(), wait=False)
    await asyncio.to_thread(serving.was_asked, 2 + SINGLE)
    [unit] = [unit for unit in bot.core.units if unit.name == "classifier"]
    assert not unit.cortex._network._model._seats.acquire(blocking=False)
    assert len(serving.predictions) == 2 + SINGLE == 10
    serving.let_go()
    for person in people:
        await person.until(lambda person=person: person.shown)
