"""Who is next where a rate lets only some through: whoever has waited longest. Knows no cortex and no clock."""

from __future__ import annotations

from typing import Any

ALIVE = 1.5  # seconds after which one who was sent away and has not come back is waited for no longer
AGAIN = 0.1  # seconds after which one who lets another go first may come again


class Turns:
    """Those who share a rate. Times are in seconds, of any one clock."""

    def __init__(self) -> None:
        self._went: dict[Any, float] = {}
        self._sent_away: dict[Any, float] = {}

    def is_next(self, who: Any, now: float) -> bool:
        """Tell whether nobody who was sent away a moment ago has waited for longer."""
        self._sent_away = {other: at for other, at in self._sent_away.items() if now - at <= ALIVE}
        mine = self._went.get(who, -1.0)
        return all(self._went.get(other, -1.0) >= mine for other in self._sent_away)

    def send_away(self, who: Any, now: float) -> None:
        """Notice that somebody's time has not come."""
        self._sent_away[who] = now

    def go(self, who: Any, now: float) -> None:
        """Notice that somebody goes."""
        self._sent_away.pop(who, None)
        self._went[who] = now

    def forget(self, who: Any) -> None:
        """Notice that somebody comes no more."""
        self._sent_away.pop(who, None)
        self._went.pop(who, None)
