"""One cortex' turns: so many at once as it allows, one a session, the longest waiting first. Knows no socket."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

from cortex.change import Change
from cortex.mailbox import Mailbox

if TYPE_CHECKING:
    from cortex.action import Action
    from cortex.session import Session
    from cortex.stimulus import Frame, Stimulus
    from cortex.unit import Unit


class Reply:
    """What comes of a thought that somebody waits for."""

    def __init__(self) -> None:
        self.actions: list[Action] = []
        self._thinking = 0
        self._over = asyncio.Event()
        self._over.set()

    def expect(self) -> None:
        """One more thinks about it."""
        self._thinking += 1
        self._over.clear()

    def settle(self) -> None:
        """One has thought about it, or will not."""
        self._thinking -= 1
        if self._thinking == 0:
            self._over.set()

    async def wait(self) -> None:
        """Wait until nobody thinks about it any more."""
        await self._over.wait()


class Arrival(NamedTuple):
    """When a stimulus came to a cortex, and what it had gone through before."""

    at: float
    depth: int = 0
    """Over how many thoughts it came."""
    ms: dict[str, float] = {}  # noqa: RUF012 - nobody changes it
    """How long it waited, was decoded and was thought about before: of a thought."""
    reply: Reply | None = None
    """Where what is shown and said of it goes, if not to the person."""


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

    def is_news(self, frame: Frame, now: float) -> bool:
        """Tell whether a frame differs from the last one that was looked at, or somebody asks about it; in a thread."""
        change = self.change(frame.kind)
        if self.session.is_asked(frame):
            change.asked(frame.image)
            return True
        return change.is_news(frame.image, now)

    def drop(self, stimulus: Stimulus) -> None:
        """Have one that waited wait no longer."""
        if (reply := self.arrivals.pop(stimulus).reply) is not None:
            reply.settle()

    def clear(self) -> list[Stimulus]:
        """Drop what waits; return it."""
        for stimulus in list(self.arrivals):
            self.drop(stimulus)
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
