"""How often and how quickly a cortex thinks, lately. Knows no cortex, and no clock: times are handed in."""

from __future__ import annotations

from collections import deque
from statistics import median
from typing import NamedTuple

SPAN = 10.0  # seconds, of the rate
CALLS = 101  # of the median
MOST = 2_000  # calls that are kept


class Call(NamedTuple):
    """A call that has ended."""

    ended: float
    took: float


class Stats:
    """The calls of one cortex. Times are in seconds, of any one clock that only goes forward."""

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=MOST)

    def took(self, seconds: float, now: float) -> None:
        """Notice a call that has ended."""
        self._calls.append(Call(now, seconds))

    def rate(self, now: float) -> float:
        """Return the calls a second over the last ten seconds."""
        return len(self._lately(now)) / self._span(now)

    def share(self, now: float) -> float:
        """Return for which part of the last ten seconds it thought; more than 1 where it thought of several at once."""
        span = self._span(now)
        return sum(min(call.took, span - (now - call.ended)) for call in self._lately(now)) / span

    @property
    def times(self) -> list[float]:
        """The seconds that the last calls took."""
        return [call.took for call in list(self._calls)[-CALLS:]]

    def _lately(self, now: float) -> list[Call]:
        return [call for call in self._calls if now - call.ended <= SPAN]

    def _span(self, now: float) -> float:
        """Return the seconds that the calls which are kept cover: ten, unless there are too many of them."""
        if len(self._calls) < MOST:
            return SPAN
        return min(SPAN, max(now - self._calls[0].ended, 1e-9))


def median_ms(stats: list[Stats]) -> float | None:
    """Return the median time of the last calls of several cortexes, in milliseconds; `None` before the first."""
    times = [seconds for each in stats for seconds in each.times]
    return round(median(times) * 1000, 2) if times else None
