"""One cortex' turns: so many at once as it allows, one a session, the longest waiting first. Knows no socket."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

from cortex.change import Change
from cortex.mailbox import Mailbox

if TYPE_CHECKING:
    import asyncio

    from cortex.session import Session
    from cortex.stimulus import Stimulus
    from cortex.unit import Unit


class Arrival(NamedTuple):
    """When a stimulus came to a cortex, and what it had gone through before."""

    at: float
    depth: int = 0
    """Over how many thoughts it came."""
    ms: dict[str, float] = {}  # noqa: RUF012 - nobody changes it
    """How long it waited, was decoded and was thought about before: of a thought."""


class Lane:
    """The way of one session's stimuli to one cortex."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.mailbox = Mailbox()
        self.arrivals: dict[Stimulus, Arrival] = {}
        self.moving = False
        """Whether it thinks, or waits for its turn to."""
        self.thinking: asyncio.Task[Any] | None = None
        """Its turn, once that has begun."""
        self.dropped = False
        """Whether what it thinks of is of no more use."""
        self.joining: asyncio.Task[None] | None = None
        """The cortex' `join`, where it has one; it thinks of nothing before that is done."""
        self._changes: dict[str, Change] = {}
        self.refused = ""
        """Why it was last refused a stimulus; empty once it got one again."""

    def change(self, kind: str) -> Change:
        """Return what the cortex last looked at of a kind of stimulus, to compare with."""
        return self._changes.setdefault(kind, Change())

    def clear(self) -> list[Stimulus]:
        """Drop what waits; return it."""
        self.arrivals.clear()
        return self.mailbox.clear()


class Desk:
    """One cortex, and the lanes that lead to it."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.lanes: dict[Session, Lane] = {}
        self.turns: deque[Lane] = deque()
        self.thinking = 0
        self.seconds: float | None = None
        """How long it takes to think, a moving average."""
        self.tasks: set[asyncio.Task[None]] = set()
        """What it is thinking about."""
        self.dismissed = False

    def lane(self, session: Session) -> Lane:
        """Return the lane of a session, made when it is first asked for."""
        if (lane := self.lanes.get(session)) is None:
            lane = self.lanes[session] = Lane(session)
        return lane

    def took(self, seconds: float) -> None:
        """Learn how long it took to think about one stimulus."""
        self.seconds = seconds if self.seconds is None else 0.8 * self.seconds + 0.2 * seconds
