"""What a cortex thinks: stimuli that it makes of what it perceived, and that other cortexes perceive in their turn."""

from __future__ import annotations

from typing import Any, Literal, Protocol

import msgspec

from cortex.action import Say, Show
from cortex.stimulus import Frame, Sentence


class Eye(Protocol):
    """A model that makes embeddings of pictures: numbers that are close where pictures show the same."""

    @property
    def model(self) -> str:
        """Which model it is: embeddings of two models cannot be compared."""

    def embed(self, image: Any) -> Any:
        """Return the embedding, `float32[n]`, of an RGB picture, `uint8[height, width, 3]`; from any thread."""


class Seen(Frame, frozen=True, kw_only=True, eq=False):
    """A frame that was looked at, and what is to be shown and said of it unless somebody knows better.

    Whoever makes it leaves showing and saying to those who perceive it.
    """

    show: Show
    """What is seen."""
    aliases: tuple[str, ...] = ()
    """What the first label is called otherwise, as in other languages."""
    say: Say | None = None
    """What to say of it; `None`: nothing."""
    embedding: Any
    """What the model makes of the frame before it names anything: `float32[n]`."""
    eye: Eye
    """What made the embedding, and can make more."""

    @property
    def kind(self) -> str:
        return "seen"


class Named(Frame, frozen=True, kw_only=True, eq=False):
    """A frame with a name that a person has given to what is on it."""

    name: str
    score: float
    """How sure it is, from 0 to 1."""
    by: Literal["taught", "lesson"]
    """Whether it was recognised by what was taught, or is being taught."""

    @property
    def kind(self) -> str:
        return "named"


class Meaning(Sentence, frozen=True, kw_only=True, eq=False):
    """What a sentence means; it keeps the sentence's id, so that what is said to it answers the sentence."""

    intent: str
    """What the person wants, such as `learn`; `talk` is what was not understood."""
    slots: dict[str, str] = msgspec.field(default_factory=dict)
    """What the sentence names, such as `{"thing": "mug"}`."""
    guessed: bool = False
    """Whether it was concluded by what may be led astray, as a language model: what it changes is asked back first."""

    @property
    def kind(self) -> str:
        return f"meaning:{self.intent}"
