"""What the memory takes in and gives out: lessons, things, vectors. Knows no file."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]


def new_id() -> str:
    """Return an id for a lesson, one that no other has."""
    return uuid.uuid4().hex


class Taken(NamedTuple):
    """A picture of a lesson."""

    jpeg: bytes
    vectors: Mapping[str, Vector] = {}
    """What models make of it, by the model's identity: `float32[n]`."""


class Lesson(NamedTuple):
    """Pictures that show what a thing is, or, where it `denies`, what it is not."""

    name: str
    pictures: Sequence[Taken]
    id: str
    """Chosen by whoever teaches: a lesson that is confirmed twice is held once. `new_id()` makes one."""
    when: float
    """Seconds since 1970."""
    owner: str = ""
    """`mine` where it was said to be somebody's."""
    by: str = ""
    """How it was taught: `voice`, `typed`, `page`, `correction`, ..."""
    session: str = ""
    denies: bool = False


class Replaced(NamedTuple):
    """A thing as it was before a lesson contradicted some of its pictures, so that this can be undone."""

    lessons: tuple[Lesson, ...]
    sightings: tuple[tuple[str, str, str, int, float], ...]
    """Rows of its sightings."""


class Taught(NamedTuple):
    """What came of a lesson."""

    thing: int
    """The number of the thing; 0 where a denial was of nothing that is known, and nothing was kept."""
    name: str
    """What it is called: as it was when it was first taught."""
    lesson: str
    kept: int
    """How many pictures of this lesson are held; those that were held before are not counted."""
    pictures: int
    """How many pictures there are of the thing."""
    again: bool = False
    """Whether the lesson was held already, and nothing changed."""
    replaced: Replaced | None = None
    """What was there before, where pictures that said the contrary had to give way."""


class Thing(NamedTuple):
    """A thing that is known."""

    id: int
    name: str
    owner: str
    pictures: int
    lessons: int
    denials: int
    """How many pictures were said not to be it."""
    taught: float
    """When it was last taught, seconds since 1970."""
    cover: int
    """One of its pictures, the newest."""


class Told(NamedTuple):
    """A lesson that is held, without its pictures."""

    id: str
    when: float
    by: str
    session: str
    denies: bool
    pictures: tuple[int, ...]
    """The numbers of those that are left of it."""


class Vectors(NamedTuple):
    """All that one model makes of what was taught: row `i` of each array is of one picture."""

    matrix: Vector
    """`float32[n, length]`, as they were handed in."""
    things: NDArray[np.int64]
    lessons: NDArray[np.int64]
    """Numbers that are equal for pictures of the same lesson."""
    pictures: NDArray[np.int64]
    denies: NDArray[np.bool_]
    names: dict[int, str]
    """What each thing is called."""
