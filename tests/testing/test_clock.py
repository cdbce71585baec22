"""The clock that a test moves by hand."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from cortex.testing import Clock


async def test_it_stands_still_until_it_is_moved():
    clock = Clock()
    before = clock.now(), clock.time()
    await asyncio.sleep(0)
    assert (clock.now(), clock.time()) == before
    await clock.advance(2.5)
    assert (clock.now() - before[0], clock.time() - before[1]) == (2.5, 2.5)


async def test_what_falls_due_happens_in_order_and_at_its_own_time():
    clock, seen = Clock(), []
    began = clock.now()
    for seconds in (3, 1, 2, 1):
        clock.call_later(seconds, lambda seconds=seconds: seen.append((seconds, clock.now() - began)))
    await clock.advance(2)
    assert seen == [(1, 1.0), (1, 1.0), (2, 2.0)]
    await clock.advance(1)
    assert seen[-1] == (3, 3.0)


async def test_what_was_called_off_does_not_happen():
    clock, seen = Clock(), []
    clock.call_later(1, seen.append, "once").cancel()
    await clock.advance(5)
    assert seen == []


async def test_a_sleeper_goes_on_before_the_next_call_falls_due():
    clock, seen = Clock(), []

    async def sleeper():
        for _ in range(3):
            await clock.sleep(10)
            seen.append(clock.now())

    task = asyncio.create_task(sleeper())
    began = clock.now()
    await clock.advance(25)
    assert seen == [began + 10, began + 20]
    await clock.advance(5)
    assert seen[-1] == began + 30
    await task


async def test_a_sleeper_that_is_cancelled_leaves_nothing_behind():
    clock = Clock()
    task = asyncio.create_task(clock.sleep(10))
    await clock.advance(1)
    task.cancel()
    await asyncio.wait([task])
    assert list(clock.awaited()) == []


async def test_the_time_of_day_is_a_monday_morning_and_can_be_set():
    clock = Clock()
    assert datetime.fromtimestamp(clock.time(), UTC) == datetime(2026, 1, 5, 9, tzinfo=UTC)
    before, noon = clock.now(), datetime(2030, 5, 1, 12, tzinfo=UTC)
    clock.set(noon)
    assert clock.time() == noon.timestamp()
    assert clock.now() == before
    await clock.advance(60)
    assert clock.time() == noon.timestamp() + 60


async def test_it_never_goes_back():
    with pytest.raises(ValueError, match="only goes forward"):
        await Clock().advance(-1)


async def test_a_call_that_falls_due_for_ever_at_one_moment_is_an_error():
    clock = Clock()

    def again():
        clock.call_later(0, again)

    again()
    with pytest.raises(RuntimeError, match="again and again"):
        await clock.advance(1)
