"""What blocks the event loop is ended; what merely takes long is not."""

from __future__ import annotations

import asyncio
import signal
import time

import pytest

from cortex.watchdog import BlockedError, Watchdog
from tests.support.world import within

pytestmark = pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="it can only look on here")


@pytest.fixture(name="watchdog")
def _watchdog():
    watchdog = Watchdog(0.1)
    before = signal.getsignal(signal.SIGALRM)
    watchdog.start()
    yield watchdog
    watchdog.stop()
    assert signal.getsignal(signal.SIGALRM) == before


async def sleep():
    time.sleep(60)  # noqa: ASYNC251 - which is what no plugin should do


async def compute():
    while True:
        pass


async def sleep_after_a_while():
    await asyncio.sleep(0)
    time.sleep(60)  # noqa: ASYNC251 - which is what no plugin should do


@pytest.mark.parametrize("work", [sleep, compute, sleep_after_a_while])
async def test_what_blocks_is_ended_right_where_it_is(watchdog, work):
    began = time.monotonic()
    with pytest.raises(BlockedError, match="blocked everything"):
        await watchdog.watch(work())
    assert time.monotonic() - began < 30  # and not a minute


async def test_what_awaits_may_take_its_time(watchdog):
    async def patient():
        await asyncio.sleep(0.3)
        return "done"

    assert await within(watchdog.watch(patient())) == "done"


async def test_an_error_passes_through(watchdog):
    async def fail():
        await asyncio.sleep(0)
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await watchdog.watch(fail())


async def test_what_is_watched_can_be_cancelled_and_tidy_up(watchdog):
    tidied = []

    async def forever():
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            tidied.append(True)

    async def run():
        await watchdog.watch(forever())

    task = asyncio.create_task(run())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await within(task)
    assert tidied == [True]


async def test_a_plugin_may_catch_it_and_the_loop_goes_on(watchdog):
    async def stubborn():
        try:
            time.sleep(60)  # noqa: ASYNC251 - which is what no plugin should do
        except BlockedError:
            return "I was told"

    assert await watchdog.watch(stubborn()) == "I was told"
    assert await asyncio.sleep(0, "next") == "next"
