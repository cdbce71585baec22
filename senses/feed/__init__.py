"""Feed: what is new at the addresses of RSS and Atom feeds."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta, field

from cortex import BaseOptions, Register, Sense, hookimpl, state_folder
from senses.durations import seconds_of
from senses.feed.poller import SHORTEST, Poller
from senses.feed.reading import Reading
from senses.feed.seen import Seen
from senses.feed.web import Web, checked_url
from senses.texts import Template

if TYPE_CHECKING:
    from cortex import Emit

log = logging.getLogger(__name__)


class Feed(BaseOptions):
    """Where it is, and what is said of its news."""

    url: str
    """Its address, http or https."""
    every: str = "15m"
    """How long from one look to the next: `15m`, `1h`; 1 minute at least."""
    say: str = "{feed}: {title}"
    """What to say of a piece of news; `{feed}` is the name here, `{title}` and `{link}` are the entry's."""
    more: str = "{feed}: and {count} more"
    """What to say of the news that are only counted."""
    language: str = ""
    """BCP 47 tag of the language of what is said; empty: that of the session."""
    most: Annotated[int, Meta(ge=1, le=8)] = 3
    """How many pieces of news are told at a time; the others are counted."""

    def __post_init__(self) -> None:
        checked_url(self.url)
        seconds_of(self.every, SHORTEST)
        Template(self.say, ("feed", "title", "link"))
        Template(self.more, ("feed", "count"))
        if not self.say.strip() or not self.more.strip():
            raise ValueError("say and more cannot be empty")


class Feeds(Sense):
    """What is new elsewhere."""

    class Options(BaseOptions):
        """What to follow."""

        feeds: dict[str, Feed] = field(default_factory=dict)
        """The feeds by the names that are said."""

    def __init__(self, options: Any) -> None:
        super().__init__(options)
        self._problems: dict[str, str] = {}

    async def run(self, emit: Emit) -> None:
        if not self.options.feeds:
            return
        if importlib.util.find_spec("feedparser") is None:  # better to learn now than in another process
            raise ModuleNotFoundError("No module named 'feedparser'", name="feedparser")
        seen = Seen(state_folder("feed") / "seen.sqlite")
        shared = (self, Web(self), Reading(), seen, self._has_trouble)
        pollers = [Poller(name, feed, *shared) for name, feed in self.options.feeds.items()]
        polling = [asyncio.create_task(poller.run(emit)) for poller in pollers]
        try:
            await asyncio.gather(*polling)
        finally:
            for task in polling:
                task.cancel()
            await asyncio.gather(*polling, return_exceptions=True)
            seen.close()

    def _has_trouble(self, name: str, problem: str) -> None:
        if problem == self._problems.get(name, ""):
            return
        if problem:
            log.warning("the feed %s: %s", name, problem)
            self._problems[name] = problem
        else:
            log.info("the feed %s can be read again", name)
            del self._problems[name]
        self.trouble("; ".join(f"{feed}: {reason}" for feed, reason in self._problems.items()))


@hookimpl
def register_senses(register: Register[Sense]) -> None:
    register("feed", Feeds)
