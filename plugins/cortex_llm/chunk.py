"""One piece of a streamed answer, as OpenAI's specification has it; what is not used of it is left out."""

from __future__ import annotations

from typing import Any

import msgspec


class Function(msgspec.Struct):
    """A part of a tool call."""

    name: str | None = None
    arguments: str | None = None


class CallPart(msgspec.Struct):
    """A part of a tool call, and which call it belongs to."""

    index: int | None = None
    id: str | None = None
    function: Function | None = None


class Delta(msgspec.Struct):
    """What is new."""

    content: str | None = None
    tool_calls: list[CallPart] | None = None
    reasoning_content: str | None = None
    """What a reasoning model thinks, by servers that tell it apart; by others it is in `reasoning`."""
    reasoning: str | None = None


class Choice(msgspec.Struct):
    """One of several answers; only one is asked for."""

    delta: Delta | None = None
    finish_reason: str | None = None


class Usage(msgspec.Struct):
    """Tokens that were read and written."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class Chunk(msgspec.Struct):
    """A piece of the stream."""

    choices: list[Choice] = []
    usage: Usage | None = None


def read(chunk: Any) -> Chunk:
    """Return a chunk of the library, checked: the library itself takes whatever a server sends.

    Raises:
        msgspec.ValidationError: it is none.
    """
    return msgspec.convert(chunk, Chunk, from_attributes=True)
