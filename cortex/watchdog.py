"""Frees the event loop from an asynchronous plugin that blocks it. Knows no plugin; on Windows it can only look on.

An `async def` that sleeps or computes without awaiting would stop the whole server. Every step of such a plugin is
timed: a thread sees one that lasts too long, and sends the main thread a signal whose handler raises `BlockedError`
right where the plugin is. That ends `time.sleep`, reads from sockets and loops in Python; not a long call in C.
"""

from __future__ import annotations

import signal
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from cortex.errors import PluginError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator, Iterator

T = TypeVar("T")

LIMIT = 1.0  # seconds that one step may last, from one await to the next


class BlockedError(PluginError):
    """Raised inside a plugin that blocks the event loop."""


class Watchdog:
    """Times the steps of coroutines on the main thread's event loop, and ends those that last too long."""

    def __init__(self, limit: float = LIMIT) -> None:
        self._limit = limit
        self._done = threading.Event()
        self._before: Any = None
        self.since: float | None = None
        """When the step that is running began, if one is."""

    def start(self) -> None:
        """Begin to watch; to be called in the main thread."""
        if hasattr(signal, "pthread_kill"):
            self._before = signal.signal(signal.SIGALRM, self._interrupt)
            threading.Thread(target=self._look, name="cortex watchdog", daemon=True).start()

    def stop(self) -> None:
        """Look no more."""
        self._done.set()
        if self._before is not None:
            signal.signal(signal.SIGALRM, self._before)

    def watch(self, work: Coroutine[Any, Any, T]) -> Steps[T]:
        """Return an awaitable that does `work`, its steps timed."""
        return Steps(self, work)

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Time a step that is no coroutine."""
        self.since = time.monotonic()
        try:
            yield
        finally:
            self.since = None

    def _lasts_too_long(self) -> bool:
        return self.since is not None and time.monotonic() - self.since > self._limit

    def _look(self) -> None:
        while not self._done.wait(self._limit / 4):
            if self._lasts_too_long():
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGALRM)

    def _interrupt(self, *_: object) -> None:
        if self._lasts_too_long():  # the step may have ended since the signal was sent
            self.since = None
            raise BlockedError(f"blocked everything for {self._limit:g} s; what does not await belongs in a plain def")


class Steps(Generic[T]):
    """A coroutine whose steps a watchdog times."""

    def __init__(self, watchdog: Watchdog, work: Coroutine[Any, Any, T]) -> None:
        self._watchdog = watchdog
        self._work = work

    def __await__(self) -> Generator[Any, Any, T]:
        step: Callable[[Any], Any] = self._work.send
        value: Any = None
        while True:
            self._watchdog.since = time.monotonic()
            try:
                awaited = step(value)
            except StopIteration as stop:
                result: T = stop.value
                return result
            finally:
                self._watchdog.since = None
            try:
                value, step = (yield awaited), self._work.send
            except GeneratorExit:
                self._work.close()
                raise
            except BaseException as error:  # noqa: BLE001 - a cancellation, most often: it is the coroutine's to handle
                value, step = error, self._work.throw
