"""What the recorder has kept of one session, and told it. Knows no store."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

from cortex_recorder.likeness import distance

if TYPE_CHECKING:
    from cortex_recorder.backlog import Picture
    from cortex_recorder.recording import Recording

REMEMBERED = 256  # pictures that a new one is compared with
HEARTBEAT = 1.0  # seconds after which a session is told again: somebody may have joined it


class Views:
    """The last pictures of a session, and their count. For any thread."""

    def __init__(self) -> None:
        self.count = 0
        """How many were kept of it."""
        self._last: deque[tuple[str, int]] = deque(maxlen=REMEMBERED)
        self._told: Recording | None = None
        self._told_at = 0.0
        self._lock = threading.Lock()

    def has(self, print_: int, near: int, label: str = "") -> bool:
        """Tell whether nearly the same was kept: under this label, or without one under any."""
        with self._lock:
            return any(distance(print_, other) <= near for known, other in self._last if label in ("", known))

    def keep(self, picture: Picture) -> None:
        """Remember a picture."""
        with self._lock:
            self._last.append((picture.label, picture.print))
            self.count += 1

    def lose(self, picture: Picture) -> None:
        """Take note that a picture was not stored after all: what shows nearly the same is welcome again."""
        with self._lock:
            self.count -= 1
            if (picture.label, picture.print) in self._last:
                self._last.remove((picture.label, picture.print))

    def is_news(self, recording: Recording, now: float) -> bool:
        """Tell whether the session is to be told that; if so, take it for told."""
        if recording == self._told and 0 <= now - self._told_at < HEARTBEAT:
            return False
        self._told, self._told_at = recording, now
        return True
