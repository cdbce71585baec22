"""What the page and the cortexes tell each other: wishes one way; lessons, pictures and the gallery the other."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from cortex import Action, Actuator, Header, Sense, Stimulus

WANTED = 8
"""Pictures of a lesson."""

Want = Literal["learn", "keep", "discard", "undo", "remove", "forget", "gallery", "pictures"]
Stage = Literal["looking", "asking", "learned", "discarded", "undone", "failed"]


class WishHeader(Header, frozen=True, kw_only=True):
    """What the page says of a wish; which fields count depends on `want`."""

    want: Want
    thing: Annotated[str, Meta(max_length=1000)] = ""
    lesson: Annotated[str, Meta(max_length=64)] = ""
    picture: Annotated[str, Meta(max_length=64)] = ""
    offset: Annotated[int, Meta(ge=0)] = 0
    language: Annotated[str, Meta(max_length=35)] = ""


class Wish(Stimulus, frozen=True, kw_only=True, eq=False):
    """What the person wants by a button of the page."""

    want: Want
    """`learn` or `forget` a thing; `keep`, `discard` or `undo` a lesson; `remove` a picture; or be sent some things
    (`gallery`), or pictures of one (`pictures`)."""
    thing: str = ""
    """The name, for `learn`, `forget` and `pictures`."""
    lesson: str = ""
    """Which lesson, for `keep`, `discard` and `undo`."""
    picture: str = ""
    """Which picture, for `remove`."""
    offset: int = 0
    """How many things, or pictures, are left out at the beginning: they come some at a time."""
    language: str = ""
    """A BCP 47 tag: in which the page is."""


class Teaching(Sense):
    """The page's button and gallery."""

    Header = WishHeader

    def decode(self, header: WishHeader, payload: bytes) -> Wish:
        return Wish(
            **header.common(),
            want=header.want,
            thing=header.thing,
            lesson=header.lesson,
            picture=header.picture,
            offset=header.offset,
            language=header.language,
        )


class Lesson(Action, frozen=True, kw_only=True, tag="lesson"):
    """How a lesson goes."""

    id: str
    thing: str
    """The name that is being learned."""
    stage: Stage
    """It is `looking`, or `asking` the person whether to keep it; it was `learned`, or something ended it."""
    wanted: int = 0
    """How many pictures it wants; `pictures` says how many there are."""
    pictures: tuple[str, ...] = ()
    """The names of its pictures; each comes as a `Glimpse`."""
    text: str = ""
    """What the person should know, in their language: why it failed, what it asks."""


class Glimpse(Action, frozen=True, kw_only=True, tag="glimpse"):
    """A small picture of a lesson or of a thing that is known."""

    picture: str
    """Its name."""
    payload: bytes
    """A JPEG, 128 pixels on its longer side."""


class Known(Struct, frozen=True):
    """A thing in the gallery."""

    name: str
    pictures: int
    """How many pictures of it there are."""
    taught: float
    """When it was last taught, ms since 1970."""
    cover: str
    """The name of one of its pictures; it comes as a `Glimpse`."""


class Gallery(Action, frozen=True, kw_only=True, tag="gallery"):
    """Some of what is known, the last taught first."""

    things: tuple[Known, ...]
    total: int
    """How many things are known."""
    offset: int = 0
    """How many of them come before these."""
    open: bool = False
    """Whether the person asked to see it, so that the page opens it."""


class Album(Action, frozen=True, kw_only=True, tag="album"):
    """Some of the pictures of one thing."""

    thing: str
    pictures: tuple[str, ...]
    """Their names; each comes as a `Glimpse`."""
    total: int
    offset: int = 0


class Blackboard(Actuator):
    """Where the page shows lessons, and what is known."""

    carries = (Lesson, Glimpse, Gallery, Album)
    client = "teach.js"
