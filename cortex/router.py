"""From stimuli to cortexes: a mailbox per session and cortex, fair turns, isolation. Knows no socket."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from typing import TYPE_CHECKING, Any

from cortex.clock import Clock
from cortex.errors import StimulusError
from cortex.health import State
from cortex.mailbox import LIMIT, Mailbox
from cortex.stimulus import Frame, Sentence
from cortex.threads import Threads
from cortex.watchdog import BlockedError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from cortex.action import Action
    from cortex.credit import Credits
    from cortex.session import Session
    from cortex.stimulus import Stimulus
    from cortex.unit import Unit

log = logging.getLogger(__name__)


class Lane:
    """The way of one session's stimuli to one cortex."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.mailbox = Mailbox()
        self.arrivals: dict[Stimulus, float] = {}
        self.moving = False
        """Whether it thinks, or waits for its turn to."""
        self.joining: asyncio.Task[None] | None = None
        """The cortex' `join`, where it has one; it thinks of nothing before that is done."""


class Desk:
    """One cortex' turns: so many at once as the cortex allows, one a session, the longest waiting first."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.lanes: dict[Session, Lane] = {}
        self.turns: deque[Lane] = deque()
        self.thinking = 0
        self.seconds: float | None = None
        """How long it takes to think, a moving average."""

    def took(self, seconds: float) -> None:
        """Learn how long it took to think about one stimulus."""
        self.seconds = seconds if self.seconds is None else 0.8 * self.seconds + 0.2 * seconds


class Router:
    """Takes stimuli to the cortexes that perceive them, and their actions to the session.

    `credits` holds the flow control of each sense that keeps its latest stimulus only; `changed` is called when the
    health of a cortex has changed.
    """

    def __init__(
        self,
        units: list[Unit],
        credits: Mapping[str, Credits],
        changed: Callable[[], None],
        clock: Clock | None = None,
    ) -> None:
        self._desks = [Desk(unit) for unit in units]
        self._credits = credits
        self._changed = changed
        self._clock = clock or Clock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._threads = Threads("decode")
        self._stopped = False
        self._reported: deque[Stimulus] = deque(maxlen=64)

    def route(self, stimulus: Stimulus, session: Session) -> None:
        """Put a stimulus into the mailbox of every cortex that perceives it."""
        now = self._clock.now()
        interim = isinstance(stimulus, Sentence) and not stimulus.final
        taken = ahead = False
        for desk in self._desks:
            cortex = desk.unit.cortex
            if stimulus.sense not in cortex.perceives or (interim and not cortex.interim):
                continue
            if desk.unit.health.may_try(now):
                taken = True
                ahead = self._put(desk, stimulus, session, now) or ahead
        if ahead:
            self._spawn(self._decode_ahead(stimulus))
        if not taken and stimulus.sense in self._credits:
            # Nobody looks now. The credit comes back slowly, so that the eye does not race for nothing.
            self._clock.call_later(1.0, self._credits[stimulus.sense].gone, stimulus)

    def welcome(self, session: Session, unit: Unit) -> None:
        """Let a cortex that works and has a `join` notice that a session has begun."""
        if unit.health.state is not State.WORKING or not unit.has(unit.cortex.join):
            return
        desk = next(desk for desk in self._desks if desk.unit is unit)
        lane = desk.lanes.setdefault(session, Lane(session))
        lane.joining = self._spawn(unit.try_call(unit.cortex.join, session))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _decode_ahead(self, frame: Stimulus) -> None:
        """Decode a frame while it waits: a client that keeps to its credits sends none that is not looked at."""
        with contextlib.suppress(StimulusError):  # it is raised again to whoever looks
            await self._threads.run(frame.prepare)

    def _put(self, desk: Desk, stimulus: Stimulus, session: Session, now: float) -> bool:
        """Put a stimulus into a mailbox; tell whether it is a frame that waits while a thread could decode it."""
        lane = desk.lanes.get(session)
        if lane is None:
            lane = desk.lanes[session] = Lane(session)
        lane.arrivals[stimulus] = now
        latest = stimulus.sense in self._credits
        driven_out = lane.mailbox.put(stimulus, latest=latest)
        if driven_out is not None:
            del lane.arrivals[driven_out]
            if latest:
                self._credits[driven_out.sense].gone(driven_out)
            else:
                text = f"{LIMIT} sentences were waiting for {desk.unit.name}; the oldest was dropped"
                session.problem("dropped", text, driven_out.id)
        if lane.moving:
            spare = desk.thinking < desk.unit.width
            return spare and isinstance(stimulus, Frame) and self._credits[stimulus.sense].awaits(stimulus)
        lane.moving = True
        desk.turns.append(lane)
        self._next(desk)
        return False

    def _next(self, desk: Desk) -> None:
        width = desk.unit.width
        while desk.turns and desk.thinking < width and not self._stopped:
            lane = desk.turns.popleft()
            if not lane.mailbox:
                lane.moving = False
                continue
            stimulus = lane.mailbox.take()
            desk.thinking += 1
            if (credits := self._credits.get(stimulus.sense)) is not None:
                credits.gone(stimulus)
            waited = self._clock.now() - lane.arrivals.pop(stimulus)
            self._spawn(self._turn(desk, lane, stimulus, waited))

    async def _turn(self, desk: Desk, lane: Lane, stimulus: Stimulus, waited: float) -> None:
        unit, session = desk.unit, lane.session

        def emit(action: Action, ms: dict[str, float]) -> None:
            session.carry(action, stimulus, unit.name, ms)

        try:
            if lane.joining is not None:
                await lane.joining
                lane.joining = None
            seconds = await unit.think(stimulus, session, waited, emit)
        except StimulusError as error:
            if stimulus not in self._reported:  # several cortexes may have looked at the same broken picture
                self._reported.append(stimulus)
                session.problem(error.code, str(error), stimulus.id)
        except asyncio.CancelledError as error:
            if self._stopped:
                raise
            self._failed(unit, error, stimulus, session)  # the plugin's own: it awaited what was cancelled
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the plugin boundary: whatever it raises ends here
            self._failed(unit, error, stimulus, session)
        else:
            if unit.health.succeeded():
                log.info("%s works again", unit.name)
                self._changed()
            session.looked(unit.name, stimulus)
            desk.took(seconds)
            if stimulus.sense in self._credits:
                self.pace(stimulus.sense)
        finally:
            desk.thinking -= 1
            lane.moving = bool(lane.mailbox)
            if lane.moving:
                desk.turns.append(lane)
            self._next(desk)

    def _failed(self, unit: Unit, error: BaseException, stimulus: Stimulus, session: Session) -> None:
        reason = f"{type(error).__name__}: {error}"
        log.warning("%s failed on %s %s: %s", unit.name, stimulus.sense, stimulus.id, reason, exc_info=error)
        session.problem("cortex-failed", f"{unit.name}: {reason}", stimulus.id)
        if unit.health.failed(reason, self._clock.now(), grave=isinstance(error, BlockedError)):
            log.error("%s is benched: %s", unit.name, unit.health.reason)
            self._changed()

    def pace(self, sense: str) -> None:
        """Give out the credits of a sense at the pace of the quickest cortex that perceives it."""
        desks = [desk for desk in self._desks if sense in desk.unit.cortex.perceives]
        times = [desk.seconds for desk in desks if desk.seconds is not None]
        self._credits[sense].pace(max((desk.unit.width for desk in desks), default=0), min(times, default=None))

    def forget(self, session: Session) -> None:
        """Drop what waits for a session that has ended; let every cortex that has a `leave` notice it."""
        for desk in self._desks:
            if (lane := desk.lanes.pop(session, None)) is not None:
                lane.mailbox.clear()
                lane.arrivals.clear()
            unit = desk.unit
            if unit.health.state in (State.WORKING, State.BENCHED) and unit.has(unit.cortex.leave):
                self._spawn(unit.try_call(unit.cortex.leave, session))

    async def settle(self) -> None:
        """Wait until nothing waits and nobody thinks."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def stop(self, patience: float) -> None:
        """Begin nothing more; wait `patience` seconds for what is being thought about, then give it up."""
        self._stopped = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience)
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=patience)
        self._threads.stop()
