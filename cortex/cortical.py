"""The dialect of the Cortical project of 2017, for clients that offer no subprotocol: text in, plain text out."""

from __future__ import annotations

import base64

import msgspec

from cortex.action import Say, Show
from cortex.errors import WireError
from cortex.messages import Deed, Incoming, Outgoing, Perceived, Problem
from cortex.wire import UNREADABLE


class DataURI(msgspec.Struct, frozen=True):
    """The picture of a Cortical message."""

    content: str
    contentType: str = ""  # noqa: N815 - the name that it had in 2017


class CorticalFrame(msgspec.Struct, frozen=True):
    """A Cortical message with a picture."""

    dataURI: DataURI  # noqa: N815 - the name that it had in 2017


_frame = msgspec.json.Decoder(CorticalFrame)


class Cortical:
    """Reads frames and sentences, writes labels and sentences.

    The senses are the names under which a frame and a sentence are perceived; `None`: not enabled.
    """

    def __init__(self, seeing: str | None, hearing: str | None) -> None:
        self._seeing = seeing
        self._hearing = hearing

    def decode(self, message: str | bytes) -> Incoming:
        """Read one message; raises `WireError`."""
        if isinstance(message, bytes):
            raise WireError("bad-json", "without a subprotocol every message is text", close=1003)
        try:
            frame = _frame.decode(message)
        except UNREADABLE:
            return self._perceived(self._hearing, "hearing", {"text": message})
        # What page and socket made of a data URL in 2017: with or without its prefix.
        content = frame.dataURI.content.rpartition(",")[2]
        try:
            payload = base64.b64decode(content, validate=True)
        except ValueError as error:  # not in the alphabet, or not even ASCII
            raise WireError("bad-json", f"dataURI.content is not base64: {error}") from error
        return self._perceived(self._seeing, "vision", {"content_type": frame.dataURI.contentType}, payload)

    def _perceived(self, sense: str | None, missing: str, header: dict[str, str], payload: bytes = b"") -> Perceived:
        if sense is None:
            raise WireError("unknown-sense", f"no sense that can take this is enabled ({missing})")
        return Perceived(sense=sense, header={"sense": sense, **header}, payload=payload)

    def encode(self, message: Outgoing) -> str | None:
        """Write one message as plain text; there are words only for labels, answers and errors."""
        if isinstance(message, Problem):
            return f"error: {message.message}"
        if not isinstance(message, Deed):
            return None
        action = message.action
        if isinstance(action, Show):
            return f"{action.labels[0].name} ({action.labels[0].score:.0%})" if action.labels else action.text or None
        if isinstance(action, Say) and message.priority == "answer":
            return action.text
        return None  # a remark says again what was just shown
