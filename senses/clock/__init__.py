"""Clock: alarms at times of the day, at intervals, or once."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from msgspec import field

from cortex import BaseOptions, Event, Register, Sense, hookimpl
from senses.clock.schedule import Schedule, daily, interval, once
from senses.durations import seconds_of
from senses.texts import Template, one_line

if TYPE_CHECKING:
    from cortex import Emit

log = logging.getLogger(__name__)

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

SHORTEST = 10  # seconds of an interval
LATE = 300.0  # seconds that a missed alarm still goes off after its time
TICK = 0.01  # seconds that are slept at least: clocks round
NAP = 15.0  # seconds after which to look at the clock again: it may have been set, or the machine has slept
SHORT_NAP = 3.0  # the same, while an alarm waits for somebody to hear it


class Alarm(BaseOptions):
    """When it goes off (one of `at`, `every` and `on`), and what is said then."""

    at: str | int = ""
    """Time of the day, local, such as `07:30`."""
    days: tuple[Day, ...] = ()
    """On which days, for `at`: of mon, tue, wed, thu, fri, sat, sun; empty: every day."""
    every: str = ""
    """How long from one time to the next, from the start of the server on: `20m`, `90s`, `1h30m`; 10 s at least."""
    on: str = ""
    """Once: a local date and time, such as `2026-12-24 18:00`."""
    say: str = "{time}"
    """What to say; `{time}` is the time of the alarm, such as 07:30."""
    language: str = ""
    """BCP 47 tag of the language of what is said; empty: that of the session."""

    def __post_init__(self) -> None:
        given = [key for key in ("at", "every", "on") if getattr(self, key) != ""]
        if len(given) != 1:
            raise ValueError(f"it needs exactly one of at, every and on, and has {' and '.join(given) or 'none'}")
        if self.days and given != ["at"]:
            raise ValueError("days go with at")
        if not one_line(Template(self.say, ("time",)).fill({"time": "07:30"})):
            raise ValueError("say is empty")
        self.schedule(0.0)

    def schedule(self, started: float) -> Schedule:
        """Return when it goes off, where the server started at this time (seconds since 1970)."""
        if self.every:
            return interval(seconds_of(self.every, SHORTEST), started)
        if self.on:
            return once(self.on)
        return daily(self.at, [DAYS.index(day) for day in self.days or DAYS])


class Ringing:
    """An alarm at work. Times are seconds since 1970."""

    def __init__(self, name: str, alarm: Alarm, now: float) -> None:
        self._name = name
        self._alarm = alarm
        self._schedule = alarm.schedule(now)
        self._seen = now
        self._unheard: float | None = None

    def look(self, now: float, emit: Emit) -> float | None:
        """Go off if it is time to; return when to look again, `None` where it is never going to go off any more."""
        if now < self._seen - LATE:  # the clock was set back: what comes then, comes again
            self._seen = now
        due = self._schedule.last(now)
        if due is not None and due > self._seen:
            self._seen = self._unheard = due
        if self._unheard is not None and (now - self._unheard > LATE or emit(self._event(self._unheard))):
            self._unheard = None
        after = self._schedule.next(max(now, self._seen))
        if self._unheard is not None:
            return min(now + SHORT_NAP, after or now + SHORT_NAP)
        return after

    def _event(self, due: float) -> Event:
        time = datetime.fromtimestamp(due).strftime("%H:%M")
        text = one_line(Template(self._alarm.say).fill({"time": time}))
        return Event(sense="clock", name=self._name, text=text, language=self._alarm.language, data={"time": time})


class Alarms(Sense):
    """What the clock says."""

    class Options(BaseOptions):
        """When to speak up."""

        alarms: dict[str, Alarm] = field(default_factory=dict)
        """The alarms by name."""

    async def run(self, emit: Emit) -> None:
        started = self.clock.time()
        ringing = [Ringing(name, alarm, started) for name, alarm in self.options.alarms.items()]
        for name, alarm in self.options.alarms.items():
            if alarm.schedule(started).next(started) is None:
                log.warning("the alarm %s is in the past: %s", name, alarm.on)
        while True:
            now = self.clock.time()
            again = [at for alarm in ringing if (at := alarm.look(now, emit)) is not None]
            if not again:
                return
            await self.clock.sleep(min(NAP, max(TICK, min(again) - now)))


@hookimpl
def register_senses(register: Register[Sense]) -> None:
    register("clock", Alarms)
