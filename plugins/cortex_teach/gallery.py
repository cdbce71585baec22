"""What is known, some at a time, as the page shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cortex_teach.drawing import small
from cortex_teach.page import Album, Gallery, Glimpse, Known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cortex_teach.store import Store

PAGE = 24
"""Things, or pictures, that are sent at once."""


def gallery(store: Store, offset: int = 0, *, opened: bool = False) -> Iterator[Gallery | Glimpse]:
    """Yield some of what is known, the last taught first, and a picture of each."""
    things = sorted(store.things(), key=lambda thing: -thing.taught)
    known, glimpses = [], []
    for thing in things[offset : offset + PAGE]:
        cover = glimpse(store, thing.cover)
        known.append(Known(thing.name, thing.pictures, thing.taught * 1000, cover.picture if cover else ""))
        glimpses.append(cover)
    yield Gallery(things=tuple(known), total=len(things), offset=offset, open=opened)
    yield from filter(None, glimpses)


def album(store: Store, name: str, offset: int = 0) -> Iterator[Album | Glimpse]:
    """Yield some of the pictures of a thing, the newest first."""
    numbers = store.pictures(name)[::-1]
    glimpses = [found for number in numbers[offset : offset + PAGE] if (found := glimpse(store, number))]
    names = tuple(found.picture for found in glimpses)
    yield Album(thing=name, pictures=names, total=len(numbers), offset=offset)
    yield from glimpses


def glimpse(store: Store, number: int) -> Glimpse | None:
    """Return a picture of the memory, small; `None` where it is gone."""
    content = store.picture(number)
    return None if content is None else Glimpse(picture=str(number), payload=small(content))
