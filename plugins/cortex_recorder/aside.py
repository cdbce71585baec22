"""A thread with an event loop of its own, where a store may be as slow as it likes. Knows no store."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

T = TypeVar("T")

GRACE = 0.5  # seconds more than what is done aside has itself


class Aside:
    """Runs coroutines, which may block. A daemon, so that a disk that hangs does not keep the server from ending."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def _run(self) -> None:
        self._loop.run_forever()
        self._loop.run_until_complete(_end_all())
        self._loop.close()

    async def do(self, work: Callable[[], Coroutine[Any, Any, T]], seconds: float) -> T:
        """Have a coroutine run aside. What is given up is cancelled; where it blocks, all else waits for its end.

        Raises:
            TimeoutError: it takes longer than so many seconds.
            Exception: whatever it raises.
        """
        doing = asyncio.run_coroutine_threadsafe(_within(work, seconds), self._loop)
        async with asyncio.timeout(seconds + GRACE):
            return await asyncio.wrap_future(doing)

    def stop(self) -> None:
        """End the thread once it does not block any more."""
        self._loop.call_soon_threadsafe(self._loop.stop)


async def _within(work: Callable[[], Coroutine[Any, Any, T]], seconds: float) -> T:
    async with asyncio.timeout(seconds):
        return await work()


async def _end_all() -> None:
    await asyncio.sleep(0)  # what was asked for last begins
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
