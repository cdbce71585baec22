"""What keeps a cortex from perceiving what it would perceive. Knows no mailbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from cortex.health import State

if TYPE_CHECKING:
    from cortex.session import Session
    from cortex.unit import Unit

Why = Literal["off", "failed", "starting", "away", "spent", "busy"]


class Hindrance(NamedTuple):
    """Which plugin would perceive something, and why it does not."""

    plugin: str
    why: Why
    """Switched `off`, `failed` to start, still `starting`, benched and thus `away`, `spent` its day, or too `busy`."""


def hindrance_of(unit: Unit, session: Session, now: float) -> Hindrance | None:
    """Return what keeps a cortex from perceiving anything of a session now; `None`: nothing does."""
    why: Why
    if unit.plugin in session.off:
        why = "off"
    elif unit.health.state in (State.FAILED, State.STARTING):
        why = "failed" if unit.health.state is State.FAILED else "starting"
    elif not unit.health.may_try(now):
        why = "away"
    elif unit.meter is not None and unit.meter.limited and not unit.meter.may():
        why = "spent" if unit.meter.spent else "busy"
    else:
        return None
    return Hindrance(unit.plugin, why)
