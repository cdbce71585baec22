"""Cortexes for the tests of the `bot` fixture: small, and each with one habit."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from cortex import BaseOptions, Cortex, Event, Frame, Label, Say, Sentence, Show

GREETING = "Hello! Show me something."


class Repeater(Cortex):
    """Says what it hears and reads."""

    perceives = frozenset({"hearing", "reading"})

    async def perceive(self, stimulus: Sentence, session):
        return Say(stimulus.text)


class Looker(Cortex):
    """Says how bright a picture is, in a thread."""

    class Options(BaseOptions):
        top: Annotated[int, Meta(ge=1)] = 3

    perceives = frozenset({"vision"})

    def perceive(self, frame: Frame, session):
        yield Show((Label(str(frame.image.mean().round()), 1.0),), text="x" * self.options.top)
        yield Say(f"Brightness {frame.image.mean():.0f}.")


class Teller(Cortex):
    """Says what happens."""

    perceives = frozenset({"webhook"})

    async def perceive(self, event: Event, session):
        return Say(event.text)


class Failing(Cortex):
    perceives = frozenset({"reading"})

    async def perceive(self, stimulus, session):
        raise ValueError(f"I will not {stimulus.text}")


class Waiter(Cortex):
    perceives = frozenset({"reading"})

    async def perceive(self, stimulus, session):
        yield Say("Wait.")
        await self.clock.sleep(60)
        yield Say(f"A minute ago you wrote {stimulus.text!r}.")
