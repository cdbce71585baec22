"""Worker threads that may be left to themselves."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest

from cortex import PluginError
from cortex.threads import MAX_LOST, Threads
from tests.support.world import within


@pytest.fixture(name="threads")
def _threads():
    threads = Threads("test")
    yield threads
    threads.stop()


@pytest.fixture(name="gate")
def _gate():
    """Holds up whoever waits at it; opened at the end, so that no thread outlives its test for long."""
    gate = threading.Event()
    yield gate
    gate.set()


async def give_up_on(threads, call):
    """Run a call that does not return, and give it up."""
    began = asyncio.Event()
    loop = asyncio.get_running_loop()

    def begin():
        loop.call_soon_threadsafe(began.set)
        call()

    running = asyncio.create_task(threads.run(begin))
    await within(began.wait())
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_call_runs_in_another_thread_and_its_result_comes_back(threads):
    assert await threads.run(threading.get_ident) != threading.get_ident()


async def test_a_thread_is_used_again(threads):
    assert len({await threads.run(threading.get_ident) for _ in range(10)}) == 1


async def test_calls_run_side_by_side(threads):
    meet = threading.Barrier(4)
    assert len(await within(asyncio.gather(*(threads.run(lambda: meet.wait(5)) for _ in range(4))))) == 4


async def test_an_error_comes_back(threads):
    with pytest.raises(ValueError, match="broken"):
        await threads.run(lambda: int("broken"))


@pytest.mark.parametrize("exit_", [sys.exit, lambda: (_ for _ in ()).throw(KeyboardInterrupt)])
async def test_a_call_for_an_exit_comes_back_as_an_error(threads, exit_):
    with pytest.raises(PluginError, match="called for an exit"):
        await threads.run(lambda: list(exit_() or ()))


async def test_a_stop_iteration_that_escapes_comes_back_as_an_error(threads):
    with pytest.raises(RuntimeError, match="StopIteration"):
        await within(threads.run(lambda: next(iter(()))))


async def test_a_hanging_call_that_was_given_up_does_not_hold_up_the_next(threads, gate):
    await give_up_on(threads, gate.wait)
    assert threads.lost == 1
    assert await within(threads.run(lambda: "next")) == "next"


async def test_a_lost_thread_that_comes_back_is_of_use_again(threads, gate):
    await give_up_on(threads, gate.wait)
    gate.set()
    meet = threading.Barrier(2)
    await within(asyncio.gather(threads.run(lambda: meet.wait(5)), threads.run(lambda: meet.wait(5))))
    assert threads.lost == 0


async def test_after_too_many_lost_threads_no_more_are_spent(threads, gate):
    for _ in range(MAX_LOST):
        await give_up_on(threads, gate.wait)
    with pytest.raises(PluginError, match="never returned"):
        await threads.run(lambda: None)


async def test_threads_end_when_they_are_stopped():
    threads = Threads("test that ends")
    thread = await threads.run(threading.current_thread)
    threads.stop()
    await asyncio.to_thread(thread.join, 5)
    assert not thread.is_alive()


def test_a_hanging_call_does_not_keep_the_process_from_its_exit():
    code = """
import asyncio, threading
from cortex.threads import Threads

async def main():
    try:
        await asyncio.wait_for(Threads("t").run(threading.Event().wait), 0.05)
    except TimeoutError:
        print("given up")

asyncio.run(main())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=True)
    assert done.stdout.strip() == "given up"
