"""A time limit for many short tasks, with one timer for them all."""

from __future__ import annotations

import asyncio

import pytest

from cortex.deadline import Deadline
from tests.support.world import within


async def forever():
    await asyncio.Event().wait()


async def under(deadline, work):
    with deadline:
        return await work


async def test_what_is_quick_is_left_alone():
    assert await under(Deadline(5), asyncio.sleep(0, "done")) == "done"


async def test_what_takes_too_long_is_ended():
    with pytest.raises(TimeoutError, match=r"took longer than 0\.02 s"):
        await within(under(Deadline(0.02), forever()))


async def test_many_tasks_share_it_and_each_has_its_time():
    deadline, gate = Deadline(0.05), asyncio.Event()
    slow = [asyncio.create_task(under(deadline, forever())) for _ in range(50)]
    quick = [asyncio.create_task(under(deadline, asyncio.sleep(0, number))) for number in range(50)]
    assert await within(asyncio.gather(*quick)) == list(range(50))
    ended = await within(asyncio.gather(*slow, return_exceptions=True))
    assert {type(each) for each in ended} == {TimeoutError}
    later = asyncio.create_task(under(deadline, gate.wait()))  # the timer that ran out is set again
    gate.set()
    assert await within(later) is True
    with pytest.raises(TimeoutError):
        await within(under(deadline, forever()))


async def test_a_task_goes_on_after_its_time_was_up():
    with pytest.raises(TimeoutError):
        await within(under(Deadline(0.02), forever()))
    assert await asyncio.sleep(0, "still here") == "still here"
    assert asyncio.current_task().cancelling() == 0


async def test_a_cancellation_by_somebody_else_is_no_timeout():
    task = asyncio.create_task(under(Deadline(5), forever()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_error_is_passed_on():
    async def fail():
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await under(Deadline(5), fail())
