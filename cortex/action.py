"""What a cortex wants done: show, say, attend, adjust. Immutable; knows neither the web nor who carries it out."""

from __future__ import annotations

from typing import Literal

import msgspec


class Action(msgspec.Struct, frozen=True, tag_field="type", omit_defaults=True):
    """One thing to do. An actuator of your own brings a subclass with a `tag` of its own, its `type` on the wire.

    A subclass with a field `payload: bytes` travels as a binary message, the payload as it is.
    """


class Label(msgspec.Struct, frozen=True, omit_defaults=True):
    """A name for what is seen, and how sure the cortex is of it."""

    name: str
    score: float
    """From 0 to 1."""
    spoken: str = ""
    """What to call it in an answer, in the language of the session; empty: its name."""


class Box(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where something is on the frame, as shares of its width and height: 0 is left and top, 1 right and bottom."""

    left: float
    top: float
    width: float
    height: float
    name: str = ""
    """What it is, or the text that stands there."""
    score: float | None = None
    """How sure the cortex is of it, from 0 to 1; `None`: it does not say."""


class Show(Action, frozen=True, tag="show"):
    """Show what is seen, the likeliest label first, or a text."""

    labels: tuple[Label, ...] = ()
    text: str = ""
    sure: bool = True
    """False where even the first label is below the cortex' threshold."""
    boxes: tuple[Box, ...] = ()
    """Where things are on the frame that it answers."""


class Say(Action, frozen=True, tag="say"):
    """Say something aloud. It is an answer when it answers a sentence, else a remark; the arbiter decides when."""

    text: str
    language: str = ""
    """A BCP 47 tag such as `fr-FR`; empty for the language of the session."""
    topic: str = ""
    """What a remark is about: one topic is not remarked on again while it stays in view. Empty: the text itself."""
    hesitate: float = 0.0
    """Seconds for which other cortexes may answer instead: it is said only if none of them has."""


class Hush(Action, frozen=True, tag="hush"):
    """Stop saying what answers one stimulus, and drop what of it was still to be said."""

    of: str
    """The id of the stimulus."""


class Attend(Action, frozen=True, tag="attend"):
    """Open or close a sense or an actuator, or take one look with it."""

    to: str
    """The name of the sense or actuator, such as `vision`, `hearing` or `voice`."""
    state: Literal["open", "closed", "look"] = "open"


class Adjust(Action, frozen=True, tag="adjust"):
    """Have an actuator do what it does more or less: `Adjust("voice", "rate", 0.8)` makes it speak slower."""

    to: str
    """The name of the actuator, such as `voice`."""
    setting: str
    """Which of its settings, such as `rate` or `volume`."""
    factor: float
    """What the setting is multiplied by."""


class Picture(Action, frozen=True, tag="picture"):
    """Show a picture that was taken, for the person to keep."""

    payload: bytes
    """A JPEG."""
    caption: str = ""
