"""How a plugin stands: its health, its rate and its time, put together for people. Knows no session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from cortex.health import PluginStatus, State
from cortex.stats import median_ms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cortex.health import Health
    from cortex.meter import Meter
    from cortex.place import Place
    from cortex.stats import Stats
    from cortex.unit import Unit

UNSET: tuple[object, ...] = (None, "always", {})
DISTANCE = ("machine", "network", "internet")
SEVERITY = (State.WORKING, State.STARTING, State.BENCHED, State.FAILED)


def status_of(
    name: str, healths: Iterable[Health], units: list[Unit], stats: list[Stats], meter: Meter, now: float
) -> PluginStatus:
    """Return what people are told of a plugin: how the worst off of its parts is, and what all of them do together.

    `stats` are those of its cortexes, or of its senses where it has no cortex.
    """
    worst = max(healths, key=lambda health: (SEVERITY.index(health.state), bool(health.reason)))
    busy = worst.state is State.WORKING and any(unit.busy(now) for unit in units)
    return PluginStatus(
        name=name,
        state=State.BUSY if busy else worst.state,
        reason=meter.refusal() if worst.state is State.WORKING and meter.spent else worst.reason,
        rate=round(sum(each.rate(now) for each in stats), 1),
        median_ms=median_ms(stats) if units else None,
        calls_left=meter.calls_left,
        cost_left=meter.cost_left,
        limits=_limits(meter, units),
        place=_farthest([unit.cortex.place for unit in units if unit.health.state is not State.FAILED]),
    )


def _limits(meter: Meter, units: list[Unit]) -> dict[str, Any]:
    limits = {key: value for key, value in msgspec.to_builtins(meter.limits).items() if value not in UNSET}
    if units:
        limits["timeout"] = max(unit.timeout for unit in units)
        if len(on := {unit.on for unit in units} - {"always"}) == 1:
            limits["on"] = on.pop()
    return limits


def _farthest(places: list[Place]) -> Place | None:
    return max(places, key=lambda place: DISTANCE.index(place.where), default=None)
