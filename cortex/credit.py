"""Flow control by credit: who may send a frame, and when, so that a frame is young when it is looked at.

A client holds one credit at most. It gets one at its hello and one back when its frame is taken to be looked at, or is
lost. The credits that come back are given out at the pace of the cortex: no more than `width` frames are under way or
waiting at once. A credit that is not used within `horizon`, the time that one look takes, no longer counts as under
way, so that a client with its eyes shut holds up nobody.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from cortex.stimulus import Stimulus

SHORTEST, LONGEST = 0.005, 0.1  # seconds, of the horizon
TOLERANCE = 1e-6  # seconds, of a timer that is called a little early


class Holder(Protocol):
    """Who can be given a credit."""

    def give_credit(self, sense: str) -> None:
        """Tell the client that it may send one more."""


class Credits:
    """The credits of one sense. Its clock and its timer are handed in."""

    def __init__(
        self, sense: str, now: Callable[[], float], call_later: Callable[[float, Callable[[], None]], object]
    ) -> None:
        self.sense = sense
        self.width = 0
        """How many stimuli are looked at at once."""
        self.horizon = 0.02
        """Seconds that one look takes."""
        self._now = now
        self._call_later = call_later
        self._owed: deque[Holder] = deque()
        self._granted: deque[float] = deque()
        self._holding: set[Holder] = set()
        self._arrived: dict[Stimulus, Holder] = {}
        self._timer = False

    def join(self, holder: Holder) -> None:
        """Owe a credit to a client."""
        self._owed.append(holder)
        self._grant()

    def leave(self, holder: Holder) -> None:
        """Forget a client."""
        self._holding.discard(holder)
        self._owed = deque(other for other in self._owed if other is not holder)
        self._arrived = {stimulus: other for stimulus, other in self._arrived.items() if other is not holder}
        self._grant()

    def arrived(self, stimulus: Stimulus, holder: Holder) -> None:
        """Notice what a client sent. What it sent without a credit is looked at too, but earns none."""
        if holder in self._holding:
            self._holding.discard(holder)
            self._arrived[stimulus] = holder
            if self._granted:
                self._granted.popleft()

    def awaits(self, stimulus: Stimulus) -> bool:
        """Tell whether a stimulus came by credit, and is still to be looked at."""
        return stimulus in self._arrived

    def gone(self, stimulus: Stimulus) -> None:
        """Notice that a stimulus was taken to be looked at, or was lost: its client is owed a credit again."""
        if (holder := self._arrived.pop(stimulus, None)) is not None:
            self.join(holder)

    def pace(self, width: int, horizon: float | None) -> None:
        """Learn how many are looked at at once (0: nobody looks), and how long one look takes."""
        self.width = width
        if horizon is not None:
            self.horizon = min(max(horizon, SHORTEST), LONGEST)
        self._grant()

    def lend(self) -> None:
        """Have each client send a frame for a single look, also where nobody looks, or its last one still waits."""
        for stimulus in list(self._arrived):
            self.gone(stimulus)
        while self._owed and self.width == 0:
            holder = self._owed.popleft()
            self._holding.add(holder)
            holder.give_credit(self.sense)

    def _grant(self) -> None:
        now = self._now()
        while self._granted and now - self._granted[0] >= self.horizon - TOLERANCE:
            self._granted.popleft()
        while self._owed and len(self._arrived) + len(self._granted) < self.width:
            self._granted.append(now)
            holder = self._owed.popleft()
            self._holding.add(holder)
            holder.give_credit(self.sense)
        if self._owed and self._granted and not self._timer:
            self._timer = True
            self._call_later(self._granted[0] + self.horizon - now, self._wake)

    def _wake(self) -> None:
        self._timer = False
        self._grant()
