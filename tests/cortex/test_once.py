"""A costly result, made once."""

from __future__ import annotations

import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest

from cortex import Once


def test_many_threads_that_ask_at_once_share_one_result():
    made = []
    asked = threading.Barrier(8)
    once = Once(lambda: made.append(1) or object())

    def ask(_):
        asked.wait(5)
        return once()

    with ThreadPoolExecutor(8) as threads:
        results = set(threads.map(ask, range(8)))
    assert len(results) == len(made) == 1


def test_nothing_is_made_before_somebody_asks():
    made = []
    Once(lambda: made.append(1))
    assert made == []


def test_an_error_is_raised_to_everyone_who_asks_and_made_once():
    made = []

    def fail():
        made.append(1)
        raise ValueError("broken")

    once = Once(fail)
    for _ in range(3):
        with pytest.raises(ValueError, match="broken"):
            once()
    assert made == [1]


def test_one_that_makes_it_again_does_not_hold_what_was_made():
    class Picture:
        pass

    once = Once(Picture)
    gone = weakref.ref(once())
    again = once.again()
    del once
    gc.collect()
    assert gone() is None
    assert again.seconds == 0
    assert isinstance(again(), Picture)


def test_it_knows_how_long_it_took():
    once = Once(lambda: sum(range(10_000)))
    assert once.seconds == 0
    once()
    assert once.seconds > 0
