"""Worker threads of one cortex. Daemons, so that one that hangs neither blocks the others nor the exit.

The standard library's executors join their threads when the process ends, as AnyIO's do; a plugin that never returns
would keep the server from stopping.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from cortex.errors import PluginError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

MAX_LOST = 16


class Job(NamedTuple):
    """A call, and the future that waits for its result on an event loop."""

    call: Callable[[], Any]
    future: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop


class Threads:
    """Runs calls in threads, as many as are needed at once; a thread whose caller gave up is left to itself."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._threads = 0
        self._busy = 0
        self._lost = 0

    @property
    def lost(self) -> int:
        """How many threads are still in a call that nobody waits for any more."""
        return self._lost

    async def run(self, call: Callable[[], T]) -> T:
        """Run a call in a thread and return its result.

        Raises:
            PluginError: too many earlier calls have never returned.
        """
        if self._lost >= MAX_LOST:
            raise PluginError(f"{self._lost} of its calls have never returned")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._busy += 1
        if self._busy + self._lost > self._threads:
            self._threads += 1
            threading.Thread(target=self._work, name=f"cortex {self._name} {self._threads}", daemon=True).start()
        self._jobs.put(Job(call, future, loop))
        try:
            return await future
        except asyncio.CancelledError:
            if future.cancelled():  # and not merely done in the same moment
                self._lost += 1
            raise
        finally:
            self._busy -= 1

    def stop(self) -> None:
        """Let the threads end once they are done."""
        for _ in range(self._threads):
            self._jobs.put(None)
        self._threads = 0

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            result: Any = None
            failure: BaseException | None = None
            try:
                result = job.call()
            except BaseException as error:  # noqa: BLE001 - whatever a plugin raises, SystemExit too, goes to the caller
                failure = error
            try:
                job.loop.call_soon_threadsafe(self._settle, job.future, result, failure)
            except RuntimeError:  # the loop is closed: nobody waits any more
                return
            del job, result, failure

    def _settle(self, future: asyncio.Future[Any], result: Any, failure: BaseException | None) -> None:
        if future.cancelled():
            self._lost -= 1
        elif failure is None:
            future.set_result(result)
        elif isinstance(failure, StopIteration):  # which no future can hold; a coroutine makes the same of it
            future.set_exception(RuntimeError(f"it raised StopIteration: {failure}"))
        elif isinstance(failure, Exception):
            future.set_exception(failure)
        else:
            future.set_exception(PluginError(f"it called for an exit: {failure!r}"))
