"""Whether a plugin works: its state, its failures, and when a benched one is tried again. Knows no clock."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from cortex.place import Place

FAILURES = 5  # in a row, and the plugin is benched
FIRST_PAUSE = 15.0  # seconds; each further bench doubles it
LAST_PAUSE = 900.0
LONGEST_PAUSE = 3600.0  # that a service may ask for, however long it says


class State(StrEnum):
    """What a plugin is doing."""

    STARTING = "starting"
    WORKING = "working"
    BUSY = "busy"
    BENCHED = "benched"
    FAILED = "failed"


class PluginStatus(msgspec.Struct, frozen=True):
    """What people are told of an enabled plugin."""

    name: str
    state: State
    reason: str = ""
    rate: float = 0.0
    """Calls a second, over the last ten seconds."""
    median_ms: float | None = None
    """How long a call takes, the median of the last ones."""
    calls_left: int | None = None
    """Today; `None` where there is no limit."""
    cost_left: float | None = None
    """What it may still cost today; `None` where there is no limit."""
    limits: dict[str, Any] = {}
    """Those that are set."""
    place: Place | None = None
    """Where what it perceives goes; `None` where it has no cortex."""


class Health:
    """The health of one plugin. Times are in seconds, of any one clock that only goes forward."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.state = State.STARTING
        self._fault = ""  # why it does not work
        self._warning = ""  # what is wrong though it works
        self._failures = 0
        self._pause = FIRST_PAUSE
        self._benched_until = 0.0

    @property
    def reason(self) -> str:
        """Why it does not work, or what is wrong though it does; empty: nothing."""
        return self._fault or self._warning

    @property
    def status(self) -> PluginStatus:
        """What people are told."""
        return PluginStatus(self.name, self.state, self.reason)

    def may_try(self, now: float) -> bool:
        """Tell whether the plugin is to be called: it works, or its time on the bench is over."""
        return self.state is State.WORKING or (self.state is State.BENCHED and now >= self._benched_until)

    def started(self) -> None:
        """Notice that it has started."""
        self.state, self._fault = State.WORKING, ""

    def warn(self, reason: str) -> None:
        """Notice that something is wrong though it works; an empty reason ends that, and nothing else does."""
        self._warning = reason

    def failed_to_start(self, reason: str) -> None:
        """Notice that it will not work."""
        self.state, self._fault = State.FAILED, reason

    def succeeded(self) -> bool:
        """Notice a call that went well; tell whether its state changed."""
        self._failures = 0
        if self.state is not State.BENCHED:
            return False
        self.state, self._fault, self._pause = State.WORKING, "", FIRST_PAUSE
        return True

    def failed(self, reason: str, now: float, *, grave: bool = False, pause: float | None = None) -> bool:
        """Notice a call that failed; tell whether its state changed. A grave failure benches at once.

        `pause`: for how many seconds it is benched at least, an hour at most.
        """
        if self.state is State.BENCHED:
            if now < self._benched_until:  # a call that was under way when it was benched
                return False
            self._pause = min(self._pause * 2, LAST_PAUSE)
        else:
            self._failures += 1
            if self._failures < FAILURES and not grave:
                return False
        self.state = State.BENCHED
        wait = max(self._pause, min(pause or 0.0, LONGEST_PAUSE))
        self._fault = f"{reason} (tried again in {wait:.0f} s)"
        self._benched_until = now + wait
        return True
