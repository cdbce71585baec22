"""How the plugins are, told to those who listen: when it changes, and at most once a second. Knows no client."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from cortex.clock import Clock, Timer
    from cortex.health import PluginStatus

PERIOD = 1.0  # seconds


class Bulletin:
    """Asks how the plugins are while anybody listens, and tells what has changed."""

    def __init__(
        self,
        ask: Callable[[], list[PluginStatus]],
        tell: Callable[[list[PluginStatus]], None],
        heard: Callable[[], bool],
        clock: Clock,
    ) -> None:
        self._ask = ask
        self._tell = tell
        self._heard = heard
        self._clock = clock
        self._told: list[PluginStatus] = []
        self._timer: Timer | None = None
        self._at = clock.now() - PERIOD

    def changed(self) -> None:
        """Notice that something has changed, or that somebody listens now; it is told at once, or within a second."""
        if self._clock.now() - self._at >= PERIOD:
            self._look()

    def stop(self) -> None:
        """Tell no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self.stop()
        if not self._heard():
            return
        self._at = self._clock.now()
        self._timer = self._clock.call_later(PERIOD, self._look)
        statuses = self._ask()
        if statuses != self._told:
            self._told = statuses
            self._tell(statuses)
