"""The time that the bot goes by. Knows nothing of what is timed; a test hands the bot a clock that it moves itself."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


class Timer(Protocol):
    """A call that is still to come."""

    def cancel(self) -> None:
        """Have it not come."""


class Clock:
    """The time of this machine and of the running event loop."""

    def now(self) -> float:
        """Return seconds that only go forward, since no moment in particular."""
        return time.monotonic()

    def time(self) -> float:
        """Return the seconds since 1970."""
        return time.time()

    def call_later(self, seconds: float, call: Callable[..., Any], *args: Any) -> Timer:
        """Have something called on the event loop in so many seconds."""
        return asyncio.get_running_loop().call_later(seconds, call, *args)

    async def sleep(self, seconds: float) -> None:
        """Wait for so many seconds."""
        woken = asyncio.get_running_loop().create_future()
        timer = self.call_later(seconds, _wake, woken)
        try:
            await woken
        finally:
            timer.cancel()


def _wake(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)
