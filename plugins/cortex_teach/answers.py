"""Answers about what is known, and when it was seen."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import TYPE_CHECKING

from cortex_teach.phrases import count, listed, owned, phrase, say, times

if TYPE_CHECKING:
    from cortex import Say
    from cortex_teach.store import Store

NAMED = 5
"""Things that are named when it tells what it knows; the page shows all."""


def known(store: Store, language: str) -> Say:
    """Say what was taught."""
    things = sorted(store.things(), key=lambda thing: -thing.taught)
    if not things:
        return say(language, "known none")
    names = [owned(language, thing.name, thing.owner) for thing in things]
    number = count(language, "thing", len(names))
    if len(names) > NAMED:
        return say(language, "known more", things=number, names=", ".join(names[:NAMED]))
    return say(language, "known", things=number, names=listed(language, names))


def remembered(store: Store, name: str, language: str, now: float) -> Say | None:
    """Say what is known of a thing; `None`: nothing."""
    thing = store.thing(name)
    if thing is None:
        return None
    pictures = count(language, "picture", thing.pictures)
    called = owned(language, thing.name, thing.owner)
    return say(language, "remembered", name=called, pictures=pictures, when=moment(thing.taught, language, now))


def last_seen(store: Store, name: str, language: str, now: float) -> Say:
    """Say when a thing was last seen, which need not be one that was taught."""
    called, last = _seen(store, name, language)
    if last is None:
        return say(language, "last seen never", name=called)
    return say(language, "last seen", name=called, when=moment(last, language, now))


def counted(store: Store, name: str, language: str, now: float) -> Say:
    """Say how often a thing was seen today."""
    called, _ = _seen(store, name, language)
    day = date.fromtimestamp(now)
    number = max(store.count(form, day) for form in forms(name))
    if number == 0:
        return say(language, "count none", name=called)
    return say(language, "count", name=called, times=times(language, number))


def _seen(store: Store, name: str, language: str) -> tuple[str, float | None]:
    """Return what to call a thing, and when it was last seen."""
    thing = next((found for form in forms(name) if (found := store.thing(form))), None)
    called = name if thing is None else owned(language, thing.name, thing.owner)
    return called, max((last for form in forms(name) if (last := store.last_seen(form)) is not None), default=None)


def forms(name: str) -> list[str]:
    """Return a name and what it may be the plural of, in English and French: `boxes`, `boxe`, `box`."""
    found = [name]
    for ending, singular in (("ies", "y"), ("aux", "al"), ("es", ""), ("s", ""), ("x", "")):
        if name.casefold().endswith(ending) and len(name) > len(ending) + 1:
            found.append(name[: -len(ending)] + singular)
    return found


def moment(when: float, language: str, now: float) -> str:
    """Return a moment in words, by the server's clock: `today at 14:03`, `on 3 November`; both seconds since 1970."""
    day, today = date.fromtimestamp(when), date.fromtimestamp(now)
    at = time.strftime("%H:%M", time.localtime(when))
    if day == today:
        return phrase(language, "today", time=at)
    if day == today - timedelta(days=1):
        return phrase(language, "yesterday", time=at)
    month = phrase(language, "months").split()[day.month - 1]
    return phrase(language, "date", day=str(day.day), month=month)
