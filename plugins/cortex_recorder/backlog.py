"""The pictures that wait: for their names, and for the store. Knows no store and no clock."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cortex_recorder.views import Views


@dataclass(eq=False, kw_only=True)
class Picture:
    """One picture that is kept, and what is known of it."""

    jpeg: bytes
    name: str
    """Of its file."""
    views: Views
    """What else its session has seen."""
    session: str
    id: str
    """Of the stimulus."""
    sense: str
    captured: float
    """When, by the clock of the client; seconds since 1970."""
    when: float
    """When, by the clock of the server."""
    due: float
    """When it need not wait for a name any longer, in seconds of a clock that only goes forward."""
    print: int
    """What it is compared by."""
    label: str = ""
    by: str = ""
    score: float | None = None


class Backlog:
    """So many pictures, of so many bytes together; past that the oldest are lost. For any thread."""

    def __init__(self, pictures: int, size: int) -> None:
        self._most = pictures
        self._size = size
        self._pictures: list[Picture] = []
        self._lock = threading.Lock()
        self.lost = 0
        """How many there was no room for."""

    def __len__(self) -> int:
        return len(self._pictures)

    def of(self, views: Views) -> int:
        """Return how many of one session wait."""
        with self._lock:
            return sum(picture.views is views for picture in self._pictures)

    def put(self, picture: Picture) -> None:
        """Have one more wait."""
        with self._lock:
            self._pictures.append(picture)
            self._shrink()

    def put_back(self, pictures: Iterable[Picture]) -> None:
        """Have those wait again that were taken and not stored."""
        with self._lock:
            self._pictures[:0] = pictures
            self._shrink()

    def _shrink(self) -> None:
        size = sum(len(picture.jpeg) for picture in self._pictures)
        while len(self._pictures) > self._most or size > self._size:
            oldest = self._pictures.pop(0)
            size -= len(oldest.jpeg)
            oldest.views.lose(oldest)
            self.lost += 1

    def claim(self, views: Views, stimulus: str) -> Picture | None:
        """Take out the picture that was made of a stimulus, if it still waits without a name."""
        with self._lock:
            for picture in self._pictures:
                if picture.views is views and picture.id == stimulus and not picture.label:
                    self._pictures.remove(picture)
                    return picture
        return None

    def take(self, now: float, most: int) -> list[Picture]:
        """Take out the oldest that are due, so many at most."""
        with self._lock:
            due = [picture for picture in self._pictures if picture.due <= now][:most]
            self._pictures = [picture for picture in self._pictures if picture not in due]
            return due
