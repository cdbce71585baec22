"""How often one plugin may still be called: its rate, its calls and costs of today. Knows no cortex and no sense."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from cortex.limits import Budget
from cortex.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cortex.clock import Clock
    from cortex.limits import SenseLimits
    from cortex.tally import Tally

SLACK = 0.1  # of a period, that a call may come early where the one before came late
REMEMBERED = 16  # stimuli that other cortexes of the plugin may still perceive
MILLION = 1_000_000  # in a tally, costs are whole millionths
TOLERANCE = 1e-6  # seconds, of a timer that is called a little early


class Meter:
    """Holds a plugin, with all its cortexes and senses, to its limits by the second and by the day."""

    def __init__(
        self, plugin: str, limits: SenseLimits, clock: Clock, tally: Tally, costs: Tally | None = None
    ) -> None:
        self.plugin = plugin
        self.limits = limits
        self._clock = clock
        self._tally = tally
        self._costs = costs
        self._budget = limits if isinstance(limits, Budget) and costs is not None else Budget()
        self._period = 1 / limits.max_rate if limits.max_rate else 0.0
        most = limits.max_rate, limits.max_calls_per_day, self._budget.max_cost_per_day
        self.limited = most != (None, None, None)
        """Whether there is anything to count."""
        self._next = clock.now()
        self._taken: deque[object] = deque(maxlen=REMEMBERED)
        self.turns = Turns()
        """Whose turn it is, of those who share the rate."""

    @property
    def calls_left(self) -> int | None:
        """How many calls there are left today; `None` where there is no limit."""
        most = self.limits.max_calls_per_day
        return None if most is None else max(0, most - self._tally.of(self.plugin, self._today()))

    @property
    def cost_left(self) -> float | None:
        """What it may still cost today; `None` where there is no limit."""
        most = self._budget.max_cost_per_day
        if most is None or self._costs is None:
            return None
        return max(0.0, most - self._costs.of(self.plugin, self._today()) / MILLION)

    @property
    def spent(self) -> bool:
        """Whether its calls of today, or what it may cost, are used up."""
        return self.calls_left == 0 or self.cost_left == 0

    def spend(self, amounts: Mapping[str, float]) -> None:
        """Count what was used, at its price."""
        cost = sum(self._budget.prices.get(thing, 0.0) * amount for thing, amount in amounts.items())
        if cost > 0 and self._costs is not None:
            self._costs.count(self.plugin, self._today(), round(cost * MILLION))

    def may(self, what: object = None) -> bool:
        """Tell whether it may be called now; a stimulus that it was called for already costs no other call."""
        if what is not None and _id(what) in self._taken:
            return True
        return self._clock.now() >= self._next - TOLERANCE and not self.spent

    def take(self, what: object = None) -> bool:
        """Count a call, if it may be called now; tell whether it may.

        `what` is the stimulus that it is called for: several cortexes of a plugin that perceive it, or a thought of it,
        are one call.
        """
        if not self.limited or (what is not None and _id(what) in self._taken):
            return True
        if not self.may():
            return False
        if what is not None:
            self._taken.append(_id(what))
        now = self._clock.now()
        # In step with its period, so that a caller who comes a little late each time does not slow it down.
        self._next = max(self._next, now - SLACK * self._period) + self._period
        if self.limits.max_calls_per_day is not None:
            self._tally.count(self.plugin, self._today())
        return True

    def wait(self) -> float:
        """Return the seconds until it may be called again: until midnight, where the day's are spent."""
        if self.spent:
            return self._until_midnight()
        return max(0.0, self._next - self._clock.now())

    def refusal(self) -> str:
        """Return why it may not be called now, and when it may again."""
        if self.calls_left == 0:
            calls = "call" if self.limits.max_calls_per_day == 1 else "calls"
            return f"{self.plugin} has used its {self.limits.max_calls_per_day} {calls} of today (max_calls_per_day)"
        if self.cost_left == 0:
            return f"{self.plugin} has spent its {self._budget.max_cost_per_day:g} of today (max_cost_per_day)"
        calls = "call" if self.limits.max_rate == 1 else "calls"
        return f"{self.plugin} takes {self.limits.max_rate:g} {calls} a second at most (max_rate)"

    def _today(self) -> str:
        return time.strftime("%Y-%m-%d", time.localtime(self._clock.time()))

    def _until_midnight(self) -> float:
        now = time.localtime(self._clock.time())
        midnight = time.mktime((now.tm_year, now.tm_mon, now.tm_mday + 1, 0, 0, 0, 0, 0, -1))
        return max(1.0, midnight - self._clock.time())


def _id(what: object) -> object:
    """Return what a stimulus has in common with the thoughts of it."""
    return getattr(what, "id", what)
