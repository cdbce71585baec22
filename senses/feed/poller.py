"""One feed: asked from time to time, its news told once somebody is there. Knows no other feed."""

from __future__ import annotations

import email.utils
import logging
import random
from typing import TYPE_CHECKING

from cortex import Event
from senses.durations import seconds_of
from senses.feed.parse import FeedError
from senses.feed.request import FetchError
from senses.feed.seen import SeenError, key_of
from senses.texts import Template, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cortex import Emit, Sense
    from senses.feed import Feed
    from senses.feed.parse import Entry
    from senses.feed.reading import Reading
    from senses.feed.request import Answer
    from senses.feed.seen import Seen
    from senses.feed.web import Web

log = logging.getLogger(__name__)

SHORTEST = 60  # seconds from one time to the next
LONGEST = 6 * 3600.0  # seconds of a pause after failures, where the feed's own is not longer
GONE = 86400.0  # seconds until a feed that is gone is asked for again; also the most that a server may ask for
JITTER = 0.1  # of a pause, at most, that it is made longer: so that not everybody comes at once
TICK = 0.01  # seconds that are slept at least: clocks round
NAP = 5.0  # seconds after which to see whether somebody is there to hear the news
MAX_WAITING = 1000  # pieces of news


class PollError(Exception):
    """A poll that failed. `pause` is how long the server wants to be left alone, in seconds."""

    def __init__(self, reason: str, pause: float = 0.0) -> None:
        super().__init__(reason)
        self.pause = pause


class Poller:
    """A feed at work. `trouble` is told what is wrong with it; an empty text ends that."""

    def __init__(
        self,
        name: str,
        feed: Feed,
        sense: Sense,
        web: Web,
        reading: Reading,
        seen: Seen,
        trouble: Callable[[str, str], None],
    ) -> None:
        self._name = name
        self._feed = feed
        self._clock = sense.clock
        self._web = web
        self._reading = reading
        self._seen = seen
        self._trouble = trouble
        self._key = key_of(name, feed.url)
        self._every = seconds_of(feed.every, SHORTEST)
        self._known: tuple[str, Mapping[str, str]] = ("", {})
        self._failures = 0
        self._waiting: dict[str, Entry] = {}
        self._titles = 0  # of what waits, that are still to be told by their titles
        self._told: list[str] = []  # not remembered yet

    async def run(self, emit: Emit) -> None:
        """Ask and tell until this is cancelled."""
        again = self._clock.now()
        while True:
            if again - self._clock.now() < TICK:
                again = self._clock.now() + await self._poll() * random.uniform(1, 1 + JITTER)
            if self._waiting:
                self._tell(emit)
            pause = again - self._clock.now()
            await self._clock.sleep(max(TICK, min(pause, NAP) if self._waiting else pause))

    async def _poll(self) -> float:
        """Ask once; return the seconds until the next time."""
        try:
            await self._ask()
        except (FetchError, FeedError, PollError, SeenError) as error:
            self._failures += 1
            self._trouble(self._name, str(error))
            asked_for = error.pause if isinstance(error, PollError) else 0.0
            grown = self._every * 2.0 ** min(self._failures - 1, 16)
            return max(asked_for, min(grown, max(LONGEST, self._every)))
        self._failures = 0
        self._trouble(self._name, "")
        return self._every

    async def _ask(self) -> None:
        self._remember()
        answer = await self._web.get(self._feed.url, self._known)
        if answer.status == 304:
            return
        if answer.status == 410:
            raise PollError("it is gone for good (410)", GONE)
        if answer.status != 200:
            raise PollError(f"its server answers {answer.status}", self._retry_after(answer))
        content_type = answer.headers.get("Content-Type", "")
        entries = await self._reading.read(answer.body, content_type)
        told = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
        unseen = self._seen.unseen(self._key, [entry.id for entry in entries], self._clock.time())
        self._seen.mark(self._key, [entry.id for entry in entries if not entry.title], self._clock.time())
        news = {entry.id: entry for entry in entries if entry.id in unseen and entry.title}
        if news.keys() - self._waiting.keys():
            self._titles = self._feed.most
        self._waiting = dict([*(news | self._waiting).items()][:MAX_WAITING])
        self._known = (answer.url, {told[key]: answer.headers[key] for key in told if key in answer.headers})

    def _retry_after(self, answer: Answer) -> float:
        text = answer.headers.get("Retry-After", "").strip()
        if text.isdecimal():
            seconds = float(text)
        else:
            try:
                seconds = email.utils.parsedate_to_datetime(text).timestamp() - self._clock.time()
            except (ValueError, OverflowError):
                return 0.0
        return max(0.0, min(seconds, GONE))

    def _tell(self, emit: Emit) -> None:
        """Tell what waits: the newest by their titles, the others as a number. What nobody takes waits on."""
        told: list[str] = []
        for entry in list(self._waiting.values())[: self._titles]:
            data = {"feed": self._name, "title": entry.title, "link": entry.link}
            if not emit(self._event(self._feed.say, data)):
                break
            told.append(entry.id)
        else:
            rest = len(self._waiting) - len(told)
            if not rest or emit(self._event(self._feed.more, {"feed": self._name, "count": rest})):
                told = list(self._waiting)
        self._titles = max(0, self._titles - len(told))
        self._waiting = {entry: news for entry, news in self._waiting.items() if entry not in told}
        self._told += told
        try:
            self._remember()
        except SeenError as error:  # the next poll tries again, and ends the trouble
            self._trouble(self._name, str(error))

    def _remember(self) -> None:
        if self._told:
            self._seen.mark(self._key, self._told, self._clock.time())
            self._told = []

    def _event(self, template: str, data: Mapping[str, str | int]) -> Event:
        text = one_line(Template(template).fill(data))
        return Event(sense="feed", name=self._name, text=text, language=self._feed.language, data=dict(data))
