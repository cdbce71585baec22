"""From stimuli to cortexes: a mailbox per session and cortex, fair turns, isolation. Knows no socket."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from typing import TYPE_CHECKING, Any

from cortex.action import Say, Show
from cortex.clock import Clock
from cortex.desk import Arrival, Desk
from cortex.errors import PluginError, StimulusError
from cortex.health import State
from cortex.hindrance import hindrance_of
from cortex.mailbox import LIMIT
from cortex.mishap import mishap
from cortex.stimulus import Frame, Sentence, Stimulus
from cortex.threads import Threads
from cortex.turns import AGAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from cortex.action import Action
    from cortex.credit import Credits
    from cortex.desk import Lane, Reply
    from cortex.hindrance import Hindrance
    from cortex.session import Session
    from cortex.unit import Unit

log = logging.getLogger(__name__)

DEPTH = 8  # thoughts of thoughts of one stimulus, past which they go in a circle
IDLE = 1.0  # seconds after which the eye may look again where nobody looked at what it saw


class Router:
    """Takes stimuli to the cortexes that perceive them, and their actions to the session.

    `credits` holds the flow control of each sense that keeps its latest stimulus only; `changed` is called when the
    health of a cortex has changed; `likes` names, for a sense, the other whose cortexes perceive it too.
    """

    def __init__(
        self,
        units: list[Unit],
        credits: Mapping[str, Credits],
        changed: Callable[[], None],
        clock: Clock | None = None,
        likes: Mapping[str, str] | None = None,
    ) -> None:
        self._desks = [Desk(unit) for unit in units]
        self._credits = credits
        self.likes = likes or {}
        self._changed = changed
        self._clock = clock or Clock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._leaving: set[asyncio.Task[None]] = set()  # of those who were dismissed
        self._threads = Threads("decode")
        self._stopped = False
        self._reported: deque[Stimulus] = deque(maxlen=64)

    # The staff

    @property
    def units(self) -> list[Unit]:
        """The cortexes, in the order in which they are asked."""
        return [desk.unit for desk in self._desks]

    def hire(self, unit: Unit, index: int) -> None:
        """Have one more cortex at work, at a place among the others."""
        self._desks.insert(index, Desk(unit))

    def dismiss(self, unit: Unit) -> None:
        """Have a cortex at work no more: what waits for it is dropped, what it still wants to do is not done."""
        desk = self._desk(unit)
        if desk is None:
            return
        self._desks.remove(desk)
        desk.dismissed = True
        for lane in desk.lanes.values():
            for stimulus in lane.clear():
                if not any(stimulus in other.arrivals for other in self._lanes(lane.session)):
                    self._let_go(stimulus)
            if lane.joining is not None:
                lane.joining.cancel()
        for task in desk.tasks:
            task.cancel()
            self._tasks.discard(task)  # one that ignores it is waited for no longer
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)

    def _desk(self, unit: Unit) -> Desk | None:
        return next((desk for desk in self._desks if desk.unit is unit), None)

    def _lanes(self, session: Session) -> list[Lane]:
        return [desk.lanes[session] for desk in self._desks if session in desk.lanes]

    # Stimuli

    def route(self, stimulus: Stimulus, session: Session) -> None:
        """Put a stimulus into the mailbox of every cortex that perceives it."""
        session.perceives(stimulus)
        if isinstance(stimulus, Sentence):
            self._interrupt(session)
        self._deliver(stimulus, session, Arrival(self._clock.now()))

    def ask(self, thought: Stimulus, session: Session, reply: Reply) -> None:
        """Take a thought to the cortexes that perceive it; what they show and say of it is for whoever asks."""
        self._deliver(thought, session, Arrival(self._clock.now(), 1, reply=reply))

    def _deliver(self, stimulus: Stimulus, session: Session, arrival: Arrival) -> None:
        now, kind = arrival.at, stimulus.kind
        interim = isinstance(stimulus, Sentence) and not stimulus.final
        taken = ahead = False
        pause = IDLE
        for desk in self._desks:
            unit = desk.unit
            if unit.plugin in session.off or not self.perceives(unit, kind) or (interim and not unit.cortex.interim):
                continue
            if not unit.health.may_try(now) or self._waits_to_be_asked(unit, stimulus, session):
                continue
            if (wait := self._held_up(desk, stimulus, session, now)) is not None:
                pause = min(pause, wait)
                continue
            taken = True
            ahead = self._put(desk, stimulus, session, arrival) or ahead
        if ahead:
            self._spawn(self._decode_ahead(stimulus))
        if not taken and stimulus.sense in self._credits:
            # Nobody looks now. The credit comes back later, so that the eye does not race for nothing.
            self._clock.call_later(pause, self._let_go, stimulus)

    def _waits_to_be_asked(self, unit: Unit, stimulus: Stimulus, session: Session) -> bool:
        return unit.on == "ask" and isinstance(stimulus, Frame) and not session.is_asked(stimulus)

    def perceives(self, unit: Unit, kind: str) -> bool:
        """Tell whether a cortex perceives a sense or a thought, or a sense that it is like."""
        return kind in unit.cortex.perceives or self.likes.get(kind) in unit.cortex.perceives

    def ways(self, kind: str, session: Session) -> list[Hindrance | None]:
        """Return, for each cortex that perceives something, what keeps it from that now; `None`: nothing does."""
        now = self._clock.now()
        return [hindrance_of(desk.unit, session, now) for desk in self._desks if self.perceives(desk.unit, kind)]

    def _interrupt(self, session: Session) -> None:
        """A person speaks: end what the cortexes that one may speak over still think and say in this session."""
        for desk in self._desks:
            if desk.unit.cortex.interruptible:
                self._drop(desk, session)
        session.interrupt()

    def switched(self, session: Session) -> None:
        """Notice that plugins were switched off in a session: what they still think of it, and say, is given up."""
        off = [desk for desk in self._desks if desk.unit.plugin in session.off]
        for desk in off:
            self._drop(desk, session)
        session.interrupt({desk.unit.name for desk in off})

    def _drop(self, desk: Desk, session: Session) -> None:
        """Drop what waits for a cortex in a session, and end what it thinks."""
        if (lane := desk.lanes.get(session)) is None:
            return
        for stimulus in lane.clear():
            if not any(stimulus in other.arrivals for other in self._lanes(session)):
                self._let_go(stimulus)
        lane.dropped = True
        if lane.thinking is not None:
            lane.thinking.cancel()

    def _think_on(self, thought: Stimulus, desk: Desk, session: Session, arrival: Arrival) -> None:
        """Take a thought to those who perceive it, though not to the cortex that had it."""
        if self.perceives(desk.unit, thought.kind):
            raise PluginError(f"{desk.unit.name} perceives {thought.kind!r}, which it thinks itself")
        if arrival.depth > DEPTH:
            raise PluginError(f"thoughts go in a circle: {thought.kind!r} came after {DEPTH} others")
        self._deliver(thought, session, arrival)

    def _held_up(self, desk: Desk, stimulus: Stimulus, session: Session, now: float) -> float | None:
        """Return the seconds after which a stimulus may be thought about by a limited cortex; `None`: now."""
        meter = desk.unit.meter
        if meter is None or not meter.limited:
            return None
        if not meter.may(stimulus):
            self._refuse(desk, stimulus, session)
            return meter.wait()
        if isinstance(stimulus, Frame) and not session.is_asked(stimulus):
            lane = desk.lane(session)
            if not lane.moving and not meter.turns.is_next(lane, now):
                meter.turns.send_away(lane, now)
                return AGAIN
        return None

    def _refuse(self, desk: Desk, stimulus: Stimulus, session: Session) -> None:
        """Tell the person once why a question gets no answer from a cortex; frames come again by themselves."""
        meter, lane = desk.unit.meter, desk.lane(session)
        if meter is None:
            return
        if isinstance(stimulus, Frame) and not session.is_asked(stimulus, snaps=False):
            meter.turns.send_away(lane, self._clock.now())
            return
        if lane.refused == meter.refusal():
            return
        lane.refused = meter.refusal()
        wait = meter.wait()
        when = f"{wait:.0f} s" if wait < 120 else f"{wait / 3600:.1f} h"
        session.problem("over-limit", f"{lane.refused}; it may answer again in {when}", stimulus.id)

    def _let_go(self, stimulus: Stimulus) -> None:
        """Notice that a stimulus will be looked at by nobody, or is being looked at: its client may send the next."""
        if (credits := self._credits.get(stimulus.sense)) is not None:
            credits.gone(stimulus)

    def welcome(self, session: Session, unit: Unit) -> None:
        """Let a cortex that works and has a `join` notice that a session has begun."""
        desk = self._desk(unit)
        if desk is None or unit.health.state is not State.WORKING or not unit.has(unit.cortex.join):
            return
        lane = desk.lane(session)
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

    def _put(self, desk: Desk, stimulus: Stimulus, session: Session, arrival: Arrival) -> bool:
        """Put a stimulus into a mailbox; tell whether it is a frame that waits while a thread could decode it."""
        lane = desk.lane(session)
        lane.arrivals[stimulus] = arrival
        if arrival.reply is not None:
            arrival.reply.expect()
        latest = stimulus.sense in self._credits
        driven_out = lane.mailbox.put(stimulus, latest=latest)
        if driven_out is not None:
            lane.drop(driven_out)
            if latest:
                self._let_go(driven_out)
            else:
                text = f"{LIMIT} stimuli were waiting for {desk.unit.name}; the oldest was dropped"
                session.problem("dropped", text, driven_out.id)
        if lane.moving:
            spare = latest and desk.thinking < desk.unit.width
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
            self._let_go(stimulus)
            lane.dropped = False
            desk.tasks.add(self._spawn(self._turn(desk, lane, stimulus, lane.arrivals.pop(stimulus))))

    async def _turn(self, desk: Desk, lane: Lane, stimulus: Stimulus, arrival: Arrival) -> None:
        unit, session = desk.unit, lane.session
        waited = self._clock.now() - arrival.at
        task = lane.thinking = asyncio.current_task()

        def emit(idea: Action | Stimulus, ms: dict[str, float]) -> None:
            if desk.dismissed or lane.dropped or lane.thinking is not task:  # a thread may go on
                return
            if arrival.ms:
                ms = {stage: round(took + arrival.ms[stage], 2) for stage, took in ms.items()}
                ms["decode"] = arrival.ms["decode"]  # a thought's picture is that of its frame
            if isinstance(idea, Stimulus):
                self._think_on(idea, desk, session, Arrival(self._clock.now(), arrival.depth + 1, ms, arrival.reply))
            elif arrival.reply is not None and isinstance(idea, Say | Show):
                arrival.reply.actions.append(idea)
            else:
                rare, holds = unit.on != "always", unit.on == "change"
                frail = unit.cortex.interruptible
                session.carry(idea, stimulus, unit.name, ms, once=rare, holds=holds, interruptible=frail)

        try:
            if lane.dropped:
                return
            if lane.joining is not None:
                await asyncio.shield(lane.joining)  # who is interrupted meanwhile ends the turn, not the join
                lane.joining = None
            if self._waits_to_be_asked(unit, stimulus, session):  # the look that it came for is over
                return
            if unit.on == "change" and isinstance(stimulus, Frame) and not await self._is_news(lane, stimulus):
                return
            if unit.meter is not None and unit.meter.limited:
                if not unit.meter.take(stimulus):
                    self._refuse(desk, stimulus, session)
                    return
                unit.meter.turns.go(lane, self._clock.now())
            if unit.on == "change":
                lane.change(stimulus.kind).looked()
            lane.refused = ""
            seconds = await unit.think(stimulus, session, waited, emit)
        except StimulusError as error:
            if stimulus not in self._reported:  # several cortexes may have looked at the same broken picture
                self._reported.append(stimulus)
                session.problem(error.code, str(error), stimulus.id)
        except asyncio.CancelledError as error:
            if self._stopped or desk.dismissed:
                raise
            if lane.dropped:
                return
            self._failed(desk, lane, error, stimulus)  # the plugin's own: it awaited what was cancelled
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the plugin boundary: whatever it raises ends here
            self._failed(desk, lane, error, stimulus)
        else:
            if unit.health.succeeded():
                log.info("%s works again", unit.name)
                self._changed()
            session.looked(unit.name, stimulus)
            desk.took(seconds)
            if stimulus.sense in self._credits:
                self.pace(stimulus.sense)
        finally:
            desk.tasks.discard(task)
            if arrival.reply is not None:
                arrival.reply.settle()
            lane.thinking = None
            desk.thinking -= 1
            lane.moving = bool(lane.mailbox)
            if lane.moving:
                desk.turns.append(lane)
            self._next(desk)

    async def _is_news(self, lane: Lane, frame: Frame) -> bool:
        """Tell whether a frame differs from the last one that was looked at, or somebody asks about it."""
        now = self._clock.now()
        return await self._threads.run(lambda: lane.is_news(frame, now))

    def _failed(self, desk: Desk, lane: Lane, error: BaseException, stimulus: Stimulus) -> None:
        unit, session = desk.unit, lane.session
        if desk.dismissed:
            return
        lane.change(stimulus.kind).failed()
        level = logging.INFO if unit.health.state is State.BENCHED else logging.ERROR  # once, however often it is tried
        if mishap(unit, session, error, stimulus, self._clock.now()):
            log.log(level, "%s is benched: %s", unit.name, unit.health.reason)
            self._changed()

    def lend(self, sense: str) -> None:
        """Have clients send what somebody waits for, also where no cortex perceives that sense."""
        if (credits := self._credits.get(sense)) is not None:
            credits.lend()

    def pace(self, sense: str) -> None:
        """Give out the credits of a sense at the pace of the quickest cortex that perceives it."""
        desks = [desk for desk in self._desks if self.perceives(desk.unit, sense)]
        times = [desk.seconds for desk in desks if desk.seconds is not None]
        self._credits[sense].pace(max((desk.unit.width for desk in desks), default=0), min(times, default=None))

    def forget(self, session: Session) -> None:
        """Drop what waits for a session that has ended; let every cortex that has a `leave` notice it."""
        for desk in self._desks:
            unit = desk.unit
            if unit.cortex.interruptible:
                self._drop(desk, session)  # nobody is there to whom it could still say anything
            if (lane := desk.lanes.pop(session, None)) is not None:
                lane.clear()
                if unit.meter is not None:
                    unit.meter.turns.forget(lane)
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
        tasks = [*self._tasks, *self._leaving]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=patience)
        self._threads.stop()
