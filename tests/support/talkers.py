"""Cortexes that take their time, or ask somebody who may be away; the test says when."""

from __future__ import annotations

import asyncio
import threading

from cortex import Cortex, Say


class Asker(Cortex):
    """Asks a service that is there, or is not."""

    perceives = frozenset({"reading", "vision"})

    def __init__(self, options=None):
        super().__init__(options)
        self.error: Exception | None = None

    async def perceive(self, sentence, session):
        if self.error is not None:
            raise self.error
        yield Say("fine")


class Talker(Cortex):
    """Says one thing after the other, as the test lets it; one may speak over it."""

    perceives = frozenset({"reading"})
    interruptible = True

    def __init__(self, options=None):
        super().__init__(options)
        self.goes_on = asyncio.Event()
        self.ended: list[str] = []

    async def perceive(self, sentence, session):
        try:
            yield Say(f"{sentence.text}: first")
            await self.goes_on.wait()
            yield Say(f"{sentence.text}: second")
        finally:
            self.ended.append(sentence.text)


class Joiner(Talker):
    """Takes its time to notice that a session begins, too."""

    def __init__(self, options=None):
        super().__init__(options)
        self.began, self.may_join = asyncio.Event(), asyncio.Event()
        self.joined = False

    async def join(self, session):
        self.began.set()
        await self.may_join.wait()
        self.joined = True


class Thinker(Cortex):
    """Thinks in a thread until the test opens its gate."""

    perceives = frozenset({"reading"})

    def __init__(self, options=None):
        super().__init__(options)
        self.gate = threading.Event()

    def perceive(self, sentence, session):
        self.gate.wait(5)
        yield Say(f"thought of {sentence.text}")


def of(kind, heard):
    return [message for message in heard if message["type"] == kind]
