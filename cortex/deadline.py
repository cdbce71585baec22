"""A time limit for many short tasks: one timer for them all. Knows nothing of what the tasks do.

`asyncio.timeout` sets a timer for each, which costs more than many a cortex takes to answer a sentence.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from cortex.clock import Clock

if TYPE_CHECKING:
    from types import TracebackType


class Deadline:
    """`with deadline:` cancels the task that runs it after so many seconds, and raises `TimeoutError` there."""

    def __init__(self, seconds: float, clock: Clock | None = None) -> None:
        self.seconds = seconds
        self._clock = clock or Clock()
        self._due: dict[asyncio.Task[Any] | None, float] = {}  # the first to begin is the first that is due
        self._timer = False

    def __enter__(self) -> None:
        self._due[asyncio.current_task()] = self._clock.now() + self.seconds
        if not self._timer:
            self._set(self.seconds)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        task = asyncio.current_task()
        if self._due.pop(task, None) is not None or task is None:
            return
        if task.uncancel() == 0 and isinstance(error, asyncio.CancelledError):  # else someone else wants it to end
            raise TimeoutError(f"took longer than {self.seconds:g} s") from error

    def _set(self, seconds: float) -> None:
        self._timer = True
        self._clock.call_later(seconds, self._look)

    def _look(self) -> None:
        self._timer = False
        now = self._clock.now()
        for task, due in list(self._due.items()):
            if due > now:
                self._set(due - now)
                return
            del self._due[task]
            if task is not None:
                task.cancel()
