"""A time limit for many tasks."""

from __future__ import annotations

import asyncio

import pytest

from cortex.deadline import Deadline


async def _within(deadline, work):
    with deadline:
        return await work


async def test_what_is_done_in_time_is_left_alone():
    deadline = Deadline(60)
    assert await _within(deadline, asyncio.sleep(0, "done")) == "done"


async def test_what_takes_too_long_ends_with_a_timeout_that_names_the_limit():
    deadline = Deadline(0.01)
    with pytest.raises(TimeoutError, match=r"took longer than 0\.01 s"):
        await _within(deadline, asyncio.Event().wait())
    assert asyncio.current_task().cancelling() == 0


async def test_every_task_has_its_own_time():
    deadline = Deadline(0.05)
    first = asyncio.create_task(_within(deadline, asyncio.Event().wait()))
    await asyncio.sleep(0.03)
    released = asyncio.Event()
    second = asyncio.create_task(_within(deadline, released.wait()))
    with pytest.raises(TimeoutError):
        await first
    assert not second.done()
    released.set()
    assert await second
    third = asyncio.create_task(_within(deadline, asyncio.Event().wait()))
    with pytest.raises(TimeoutError):
        await third


async def test_a_cancellation_from_elsewhere_stays_one():
    task = asyncio.create_task(_within(Deadline(60), asyncio.Event().wait()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_cancellation_from_elsewhere_stays_one_when_the_time_is_over_too():
    task = asyncio.create_task(_within(Deadline(0.01), asyncio.Event().wait()))
    asyncio.get_running_loop().call_later(0.01, task.cancel)
    asyncio.get_running_loop().call_later(0.01, task.cancel)
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_error_of_its_own_goes_before_the_timeout():
    async def fails() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise ValueError("mine") from None

    with pytest.raises(ValueError, match="mine"):
        await _within(Deadline(0.01), fails())


async def test_who_ignores_the_end_of_its_time_goes_on():
    async def ignores() -> str:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return "went on"

    assert await _within(Deadline(0.01), ignores()) == "went on"
    await asyncio.sleep(0)


async def test_an_error_passes():
    async def fails() -> None:
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        await _within(Deadline(60), fails())
