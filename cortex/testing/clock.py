"""A clock that the test moves by hand. Knows nothing of what is timed."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cortex.clock import Clock as RealClock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

BEGINNING = datetime(2026, 1, 5, 9, 0, tzinfo=UTC).timestamp()
"""What it is when a test begins: a Monday, nine o'clock in UTC."""
AT_ONCE = 10_000  # calls at one and the same moment; more of them never end
ROUNDS = 1_000  # turns of the event loop in which it may fall silent


class Timer:
    """A call that is still to come."""

    def __init__(self, when: float, call: Callable[..., Any], args: tuple[Any, ...]) -> None:
        self.when = when
        self.call = call
        self.args = args
        self.cancelled = False

    def cancel(self) -> None:
        """Have it not come."""
        self.cancelled = True


class Clock(RealClock):
    """Stands still until the test moves it; what falls due happens then, in order."""

    def __init__(self) -> None:
        self._now = 1000.0
        self._wall = BEGINNING - self._now
        self._timers: list[tuple[float, int, Timer]] = []
        self._numbers = itertools.count()
        self._settle: Callable[[], Awaitable[None]] = drain
        self._pending: Callable[[], bool] = lambda: False

    def now(self) -> float:
        return self._now

    def time(self) -> float:
        return self._wall + self._now

    def call_later(self, seconds: float, call: Callable[..., Any], *args: Any) -> Timer:
        timer = Timer(round(self._now + max(seconds, 0.0), 9), call, args)
        heapq.heappush(self._timers, (timer.when, next(self._numbers), timer))
        return timer

    def set(self, moment: datetime) -> None:
        """Have it be another time of day, without anything falling due; a naive moment is local time."""
        self._wall = moment.timestamp() - self._now

    async def advance(self, seconds: float) -> None:
        """Let so many seconds pass: what falls due happens in order, each with all that follows from it."""
        if seconds < 0:
            raise ValueError(f"a clock only goes forward, not by {seconds} s; `set` changes the time of day")
        until = round(self._now + seconds, 9)
        await self._settle()
        at_once = 0
        while (timer := self._due(until)) is not None:
            at_once = at_once + 1 if timer.when <= self._now else 0
            if at_once > AT_ONCE:
                raise RuntimeError(f"{timer.call!r} falls due again and again at one moment")
            self._now = max(self._now, timer.when)
            timer.call(*timer.args)
            if is_awake() or self._pending():
                await self._settle()
        self._now = until
        await self._settle()

    def _due(self, until: float) -> Timer | None:
        while self._timers and self._timers[0][0] <= until:
            timer = heapq.heappop(self._timers)[2]
            if not timer.cancelled:
                return timer
        return None

    # For the bot of the fixture

    def settle_with(self, settle: Callable[[], Awaitable[None]], pending: Callable[[], bool]) -> None:
        """Have `settle` wait for all that follows when something falls due; `pending` tells of what no loop sees."""
        self._settle, self._pending = settle, pending

    def settle_alone(self) -> None:
        """Wait for the event loop only."""
        self._settle, self._pending = drain, lambda: False

    def awaited(self) -> Iterator[asyncio.Future[Any]]:
        """Yield the futures that only time can complete."""
        for _, _, timer in self._timers:
            if not timer.cancelled:
                yield from (arg for arg in timer.args if isinstance(arg, asyncio.Future))


def is_awake() -> bool:
    """Tell whether anything else is about to run on the event loop; true where the loop does not say."""
    return bool(getattr(asyncio.get_running_loop(), "_ready", True))


async def drain() -> None:
    """Let the event loop do what can be done at once."""
    loop = asyncio.get_running_loop()
    rounds = ROUNDS if hasattr(loop, "_ready") else 20
    for _ in range(rounds):
        await asyncio.sleep(0)
        if not getattr(loop, "_ready", True):
            return
