"""A lesson that is not learned yet: it collects pictures, then waits for a yes. Knows no store and no page."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Literal, NamedTuple

from cortex_teach.drawing import alike, fault, jpeg, name_of, sketch, small
from cortex_teach.page import WANTED, Glimpse

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from cortex import Say, Seen

SPACING = 0.15
"""Seconds from one to the next, so that the thing, or the hand that holds it, has moved a little."""
SPAN = 2.5
"""Seconds from the first frame, after which a lesson does with what it has."""

Teacher = Literal["voice", "typed", "page"]


class Shot(NamedTuple):
    """One picture of a lesson."""

    name: str
    jpeg: bytes
    vector: NDArray[np.float32]
    """What the model makes of it, `float32[n]`."""
    model: str
    sketch: NDArray[np.int16]
    glimpse: Glimpse
    """For the page."""


def shot_of(seen: Seen) -> Shot:
    """Return a frame as a picture of a lesson."""
    content = jpeg(seen.image)
    name = name_of(content)
    glimpse = Glimpse(picture=name, payload=small(content))
    return Shot(name, content, seen.embedding, seen.eye.model, sketch(seen.image), glimpse)


class Draft:
    """A lesson from the first picture until it is kept or discarded. Times are seconds of any one clock."""

    def __init__(
        self,
        name: str,
        owner: str,
        by: Teacher,
        language: str,
        *,
        wrong: str = "",
        ask: bool = False,
        guessed: bool = False,
    ) -> None:
        self.id = secrets.token_hex(8)
        self.name = name
        """What is learned; empty where it is only learned what it is not."""
        self.owner = owner
        self.by = by
        self.ask = ask
        """Whether it is asked back before it is kept."""
        self.guessed = guessed
        """Whether a machine has concluded that it is wanted."""
        self.language = language
        self.wrong = wrong
        """What it was taken for, as the person says; empty: nothing."""
        self.corrects = False
        """Whether the person says that what it was taken for is wrong."""
        self.rival = ""
        """What it would be taken for by what was taught before; empty: nothing else."""
        self.shots: list[Shot] = []
        self.looking = True
        """Whether it still wants pictures; afterwards it waits for a yes, or is over."""
        self.fault = ""
        """Why the last frame was of no use: `dark`, `blank`, or empty."""
        self.stopped = False
        """Whether the person has stopped it while it was looking."""
        self.asked = float("-inf")
        """When it asked whether it is to be kept."""
        self.said: Say | None = None
        """What it asked."""
        self._loop = asyncio.get_running_loop()
        self.done: asyncio.Future[None] = self._loop.create_future()
        """Done once it wants no more pictures."""
        self._began: float | None = None
        self._last = float("-inf")

    def is_meant(self, lesson: str) -> bool:
        """Tell whether the page means this lesson by an id; while it waits for the first news it knows none."""
        return lesson == self.id or (lesson == "" and self.by == "page")

    def offer(self, seen: Seen, now: float) -> Shot | None:
        """Take a frame, from any thread, if it is time for one and it is of use; return it as a picture if it was."""
        if not self.looking:
            return None
        if self._began is None:
            self._began = now
        shot = None
        if now - self._last >= SPACING:
            shot = self._take(seen)
            if shot is not None:
                self._last = now
        if len(self.shots) >= WANTED or now - self._began >= SPAN:
            self.close()
        return shot

    def _take(self, seen: Seen) -> Shot | None:
        self.fault = fault(seen.image)
        if self.fault:
            return None
        shot = shot_of(seen)
        if any(alike(shot.sketch, other.sketch) for other in self.shots):
            return None
        self.shots.append(shot)
        return shot

    def recall(self, frames: Iterable[Seen], *, one: bool = False) -> None:
        """Take frames of a moment ago, those that are of use, or the first `one` of them."""
        for seen in frames:
            if self._take(seen) is not None and one:
                return

    def close(self) -> None:
        """Want no more pictures."""
        self.looking = False
        self._loop.call_soon_threadsafe(finish, self.done)

    def remove(self, picture: str) -> bool:
        """Take out a picture; tell whether it was there."""
        before = len(self.shots)
        self.shots = [shot for shot in self.shots if shot.name != picture]
        return len(self.shots) < before


def finish(done: asyncio.Future[None]) -> None:
    """Have a future done, if it is not."""
    if not done.done():
        done.set_result(None)
