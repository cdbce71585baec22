"""Who is before one session's eye, and who has just come. Knows no picture. Times are in seconds, of any one clock."""

from __future__ import annotations

import asyncio
import math
import threading

from cortex import Stimulus
from cortex_rekognition.sight import Sight


class Arrival(Stimulus, frozen=True, kw_only=True, eq=False):
    """The thought that somebody has come.

    What is said of it is about no frame: it waits until the voice falls silent, instead of for a picture that changes.
    """

    name: str

    @property
    def kind(self) -> str:
        return "rekognition:arrival"


class Company:
    """Who was there in the last look, and since when others are not. One for each session."""

    def __init__(self) -> None:
        self.here: set[str] = set()
        self.looking = asyncio.Lock()
        """Held while somebody waits for what AWS says about a picture."""
        self.calling = threading.Lock()
        """Held while AWS is asked: by a thread, that is waited for no longer perhaps."""
        self.sight = Sight()
        """The last picture, so that a question about it is not charged twice."""
        self._gone: dict[str, float] = {}

    def notice(self, sight: Sight, now: float, absence: float) -> list[str]:
        """Notice who is there; return who has come, or has come back after `absence` seconds."""
        if sight.faces is None:
            return []
        seen = sight.names
        for name in self.here.difference(seen):
            self._gone[name] = now
        news = [name for name in seen if name not in self.here and now - self._gone.get(name, -math.inf) >= absence]
        self.here = set(seen)
        return news
