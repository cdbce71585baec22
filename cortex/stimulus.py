"""What is perceived: frames, sentences, events. Immutable; knows neither the web nor who perceives it."""

from __future__ import annotations

import os
import time
from typing import Any

import msgspec

from cortex.once import Once

# Once[NDArray[np.uint8]] for a type checker; NumPy itself is imported by the senses that need it.
Picture = Once[Any]


def new_id() -> str:
    """Return a short random id, unique for all practical purposes."""
    return os.urandom(8).hex()


class Stimulus(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One thing perceived. Subclass it to give your sense fields of its own."""

    sense: str
    """The name of the sense that perceived it, such as `vision`."""
    id: str = msgspec.field(default_factory=new_id)
    """Chosen by the client; every action names the stimulus that it answers."""
    captured: float = msgspec.field(default_factory=time.time)
    """When it was perceived: seconds since 1970, by the clock of the client that perceived it."""

    @property
    def kind(self) -> str:
        """The name under which cortexes perceive it: that of its sense, or of the thought that it is."""
        return self.sense

    def prepare(self) -> float:
        """Do the costly part of perceiving, once, in a worker thread, before a cortex sees it.

        Returns the seconds that it took; raises `StimulusError` where it cannot be perceived.
        """
        return 0.0


class Sentence(Stimulus, frozen=True, kw_only=True, eq=False):
    """Something a person said or typed. What is said back is an answer, and goes before any remark."""

    text: str
    """The words, as recognised or typed, without surrounding white space."""
    language: str = ""
    """A BCP 47 tag such as `en-US`; empty where it is not known."""
    final: bool = True
    """False while the recogniser may still change its mind; a cortex with `interim = True` gets those too."""
    aloud: bool = False
    """Whether it came through the air, so that it may be the bot's own voice."""


class Frame(Stimulus, frozen=True, kw_only=True, eq=False):
    """One picture from a camera, decoded once for all the cortexes that look at it."""

    picture: Picture
    """Makes the picture."""
    asked: bool = False
    """Whether a person asks about this very picture; what is said of it is then an answer, not a remark."""

    @property
    def image(self) -> Any:
        """The picture as RGB: a read-only NumPy array, `uint8[height, width, 3]`."""
        return self.picture()

    def prepare(self) -> float:
        self.picture()
        return self.picture.seconds


class Event(Stimulus, frozen=True, kw_only=True, eq=False):
    """Something that happened elsewhere: a webhook was called, an alarm went off, a feed has news."""

    name: str
    """Which one: the name of the hook, the alarm, the feed."""
    text: str
    """What to tell the person."""
    language: str = ""
    """A BCP 47 tag such as `en-US`; empty for the language of the session."""
    data: Any = None
    """What came with it, as plain JSON types."""
