"""A sense that perceives on the server: run, and run again after a pause when it fails. Knows no session."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from cortex.health import State
from cortex.loading import reason_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from cortex.clock import Clock
    from cortex.doors import Found
    from cortex.health import Health
    from cortex.sense import Emit, Sense
    from cortex.stimulus import Stimulus
    from cortex.watchdog import Watchdog

log = logging.getLogger(__name__)

SOUND = 60.0  # seconds that it has to go on after a failure to count as well again, where it perceives nothing


class Running:
    """One sense at work on the server."""

    def __init__(
        self,
        name: str,
        sense: Sense,
        health: Health,
        emit: Emit,
        changed: Callable[[], None],
        clock: Clock,
        *,
        found: Found | None = None,
        watchdog: Watchdog | None = None,
    ) -> None:
        self.name = name
        self.sense = sense
        self._health = health
        self._emit = emit
        self._changed = changed
        self._clock = clock
        self._found = found
        self._watchdog = watchdog

    async def run(self) -> None:
        """Have the sense perceive until it is done or this is cancelled."""
        self._health.started()
        self._changed()
        while True:
            recovering = self._clock.call_later(SOUND, self._well)
            try:
                work = self.sense.run(self._perceived)
                if work is not None:
                    await (work if self._watchdog is None else self._watchdog.watch(work))  # type: ignore[arg-type]
                return
            except asyncio.CancelledError as error:
                task = asyncio.current_task()
                if task is None or task.cancelling():
                    raise
                self._failed(error)  # the plugin's own: it awaited what was cancelled
            except (Exception, SystemExit) as error:  # noqa: BLE001 - the plugin boundary: whatever it raises ends here
                self._failed(error)
            finally:
                recovering.cancel()
            while not self._health.may_try(self._clock.now()):
                await self._clock.sleep(1.0)

    def _perceived(self, stimulus: Stimulus) -> int:
        self._well()
        return self._emit(stimulus)

    def _well(self) -> None:
        if self._health.state is State.BENCHED and self._health.succeeded():
            log.info("%s works again", self.name)
            self._changed()

    def _failed(self, error: BaseException) -> None:
        reason = reason_of(error, self._found)
        self._health.failed(reason, self._clock.now(), grave=True)
        log.error("%s stopped perceiving: %s", self.name, self._health.reason, exc_info=error)
        self._changed()
