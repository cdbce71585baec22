"""Frames of a WebSocket <-> messages. Sans-I/O: no socket, no clock, no Quart."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec

from cortex.errors import WireError
from cortex.messages import Deed, Hello, Incoming, Outgoing, Perceived, Report, Switch

SUBPROTOCOL = "cortex.v1"
MAX_TEXT = 10_000
CLOSE_GOING_AWAY = 1001


class Dialect(Protocol):
    """One way to speak over a WebSocket."""

    def decode(self, message: str | bytes) -> Incoming:
        """Read one message; raises `WireError`."""

    def encode(self, message: Outgoing) -> str | bytes | None:
        """Write one message; `None` where the dialect has no words for it."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """What every message has."""

    type: str
    sense: str = ""
    id: Any = None


UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises of JSON that it cannot read: not as expected, not UTF-8, nested too deep."""

_envelope = msgspec.json.Decoder(Envelope)
_hello = msgspec.json.Decoder(Hello)
_report = msgspec.json.Decoder(Report)
_switch = msgspec.json.Decoder(Switch)


class CortexV1:
    """The subprotocol `cortex.v1`: JSON with a `type`; binary messages are a line of JSON and a payload."""

    def decode(self, message: str | bytes) -> Incoming:
        """Read one message; raises `WireError`."""
        if isinstance(message, str):
            return self._decode(message.encode(), b"")
        header, newline, payload = message.partition(b"\n")
        if not newline:
            raise WireError("bad-header", "a binary message is a line of JSON, a newline, and the payload")
        return self._decode(header, payload)

    def _decode(self, header: bytes, payload: bytes) -> Incoming:
        try:
            envelope = _envelope.decode(header)
            match envelope.type:
                case "stimulus":
                    return Perceived(sense=envelope.sense, header=header, payload=payload)
                case "report":
                    return _report.decode(header)
                case "switch":
                    return _switch.decode(header)
                case "hello":
                    return _hello.decode(header)
        except UNREADABLE as error:
            raise WireError("bad-json", f"not a JSON object as expected: {error}") from error
        raise WireError("unknown-type", f"there is no message of type {envelope.type!r}")

    def encode(self, message: Outgoing) -> str | bytes | None:
        """Write one message: an action with a payload as a binary one."""
        if not isinstance(message, Deed):
            return msgspec.json.encode(message).decode()
        action = message.action
        flat = msgspec.to_builtins(action, builtin_types=(bytes,))
        flat.pop("payload", None)
        flat["answers"] = message.answers
        flat["captured"] = message.captured
        flat["cortex"] = message.cortex
        flat["ms"] = message.ms
        if message.priority is not None:
            flat["priority"] = message.priority
        if message.holds:
            flat["holds"] = True
        header = msgspec.json.encode(flat)
        payload: bytes | None = getattr(action, "payload", None)
        return header.decode() if payload is None else header + b"\n" + payload


def sentence_text(text: str, answers: str | None = None) -> str:
    """Return a sentence without the white space around it.

    Raises:
        WireError: it is empty, or has more than 10,000 characters.
    """
    text = text.strip()
    if not text:
        raise WireError("bad-text", "the sentence is empty", answers=answers)
    if len(text) > MAX_TEXT:
        raise WireError(
            "bad-text", f"the sentence has {len(text)} characters; at most {MAX_TEXT} are read", answers=answers
        )
    return text
