"""Vibrate: an actuator for phones, and a cortex that lets one feel what happens. The browser half is beside."""

from __future__ import annotations

import re
from typing import Annotated, Any

from msgspec import Meta

from cortex import Action, Actuator, BaseOptions, Cortex, Event, Register, Sentence, Session, Stimulus, hookimpl

cortex_api = "1.2"

BUZZ = re.compile(r"\b(buzz|vibrate|vibre|vibrez)\b", re.IGNORECASE)


class Vibrate(Action, frozen=True, tag="vibrate"):
    """Vibrate."""

    pattern: tuple[int, ...] = (200,)
    """How long it vibrates, rests, vibrates again …, in ms."""


class Vibrator(Actuator):
    """Vibrates a phone."""

    carries = (Vibrate,)
    client = "vibrate.js"

    def settings(self) -> dict[str, Any]:
        """Return nothing: the half in the browser needs to know nothing."""
        return {}


class Shaker(Cortex):
    """Has the phone vibrate when something happens, and when somebody says "buzz"."""

    class Options(BaseOptions):
        """What it feels, and how."""

        events: tuple[str, ...] = ("webhook", "clock", "feed")
        """The senses whose events are felt."""
        pattern: tuple[Annotated[int, Meta(ge=0, le=10_000)], ...] = (200, 100, 200)
        """How long the phone vibrates, rests, vibrates again …, in ms."""

    def __init__(self, options: Any) -> None:
        super().__init__(options)
        self.perceives = frozenset({"hearing", "reading", *options.events})

    async def perceive(self, stimulus: Stimulus, session: Session) -> Vibrate | None:
        """Vibrate for an event, and for a sentence that asks for it."""
        asked = isinstance(stimulus, Sentence) and BUZZ.search(stimulus.text)
        if asked or isinstance(stimulus, Event):
            return Vibrate(self.options.pattern)
        return None


@hookimpl
def register_actuators(register: Register[Actuator]) -> None:
    register("vibrate", Vibrator)


@hookimpl
def register_cortexes(register: Register[Cortex]) -> None:
    register("vibrate", Shaker)
