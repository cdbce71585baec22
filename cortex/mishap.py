"""What comes of a thought that failed: who is told, and what it does to the health of the cortex. Knows no mailbox."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from cortex.errors import ServiceError
from cortex.health import State
from cortex.watchdog import BlockedError

if TYPE_CHECKING:
    from cortex.session import Session
    from cortex.stimulus import Stimulus
    from cortex.unit import Unit

log = logging.getLogger(__name__)


def mishap(unit: Unit, session: Session, error: BaseException, stimulus: Stimulus, now: float) -> bool:
    """Tell the person that a cortex failed, and its health; return whether its state has changed.

    Of a service that is away the person is told once, in its own words: the page shows how it goes on.
    """
    if isinstance(error, ServiceError):
        if unit.health.state is not State.BENCHED:
            session.problem("service-failed", f"{unit.name}: {error}", stimulus.id)
        return unit.health.failed(str(error), now, grave=True, pause=error.retry_after)
    reason = f"{type(error).__name__}: {error}"
    log.warning("%s failed on %s %s: %s", unit.name, stimulus.sense, stimulus.id, reason, exc_info=error)
    session.problem("cortex-failed", f"{unit.name}: {reason}", stimulus.id)
    return unit.health.failed(reason, now, grave=isinstance(error, BlockedError))
