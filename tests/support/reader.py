"""A feed sense at work, and somebody who listens, or nobody."""

from __future__ import annotations

import asyncio

from cortex.testing import Clock
from senses.feed import Feed, Feeds
from tests.support.world import within


class WatchedClock(Clock):
    """A clock that knows who waits for it, and until when."""

    def __init__(self):
        super().__init__()
        self.waking = {}
        self.changed = asyncio.Event()

    async def sleep(self, seconds):
        task = asyncio.current_task()
        self.waking[task] = self.now() + seconds
        self.changed.set()
        try:
            await super().sleep(seconds)
        finally:
            del self.waking[task]

    async def until_wait(self, count):
        """Wait until so many wait; return the seconds until the first of them wakes."""
        async with asyncio.timeout(10):
            while len(self.waking) < count:
                self.changed.clear()
                await self.changed.wait()
        return min(self.waking.values()) - self.now()


class Reader:
    """A feed sense at work, and somebody who listens, or nobody."""

    def __init__(self, clock):
        self.clock = clock
        self.listeners = 1
        self.takes = None  # events, until it takes no more
        self.events = []
        self.trouble = ""
        self.tasks = []

    async def follow(self, **feeds):
        """Begin to follow feeds; once each was polled, return the seconds until the next poll."""
        made = {name: feed if isinstance(feed, Feed) else Feed(url=feed) for name, feed in feeds.items()}
        sense = Feeds(Feeds.Options(feeds=made))
        sense.clock = self.clock
        sense.on_trouble = self._trouble
        self.tasks.append(asyncio.create_task(sense.run(self._emit)))
        self.count = len(feeds)
        return await self.clock.until_wait(self.count)

    async def poll(self):
        """Let time pass until the next poll; once that is done, return the seconds until the one after it."""
        await self.clock.advance(await self.clock.until_wait(self.count))
        return await self.clock.until_wait(self.count)

    async def leave(self):
        self.tasks[-1].cancel()
        await within(asyncio.gather(self.tasks.pop(), return_exceptions=True))

    @property
    def said(self):
        texts, self.events = [event.text for event in self.events], []
        return texts

    def _emit(self, event):
        if not self.listeners or self.takes == 0:
            return 0
        self.takes = None if self.takes is None else self.takes - 1
        self.events.append(event)
        return self.listeners

    def _trouble(self, text):
        self.trouble = text
