"""Frames that wait together, without a server."""

from __future__ import annotations

import threading

import pytest

from cortex import ServiceError
from cortex_classifier.batcher import Batcher


def test_an_error_is_that_of_all_who_waited_and_of_nobody_else():
    free, began = threading.Event(), threading.Event()

    def answer(asked):
        began.set()
        assert free.wait(20)
        if 13 in asked:
            raise ServiceError("unlucky")
        return [2 * each for each in asked]

    batcher = Batcher(answer, 2)
    found = {}

    def ask(number):
        try:
            found[number] = batcher.ask(number)
        except ServiceError as error:
            found[number] = str(error)

    threads = []
    for number in (1, 12, 13, 4):
        threads.append(threading.Thread(target=ask, args=(number,)))
        threads[-1].start()
        if number == 1:
            assert began.wait(20)
        else:
            with batcher._changed:
                ready = batcher._changed.wait_for(lambda: len(batcher._waiting) == len(threads) - 1, 20)
            assert ready
    free.set()
    for thread in threads:
        thread.join(20)
    assert found == {1: 2, 12: "unlucky", 13: "unlucky", 4: 8}


def test_who_waits_when_it_stops_is_sent_away():
    free, began = threading.Event(), threading.Event()

    def answer(asked):
        began.set()
        assert free.wait(20)
        return asked

    batcher = Batcher(answer, 2)
    first = threading.Thread(target=batcher.ask, args=(1,))
    first.start()
    assert began.wait(20)
    batcher.stop()
    with pytest.raises(ServiceError, match="being stopped"):
        batcher.ask(2)
    free.set()
    first.join(20)
    assert not first.is_alive()
