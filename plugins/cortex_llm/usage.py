"""What a request has used: as the server says, or else about so much. Knows no price."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from cortex_llm.chunk import Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cortex_llm.reply import Reply

CHARACTERS = 4  # of a token, about
PICTURE = 1000  # tokens, about
MILLION = 1_000_000


def estimate(messages: list[dict[str, Any]], tools: Any, reply: Reply) -> Mapping[str, float]:
    """Return what a request has used, in the units of `Llm.uses`; guessed where the server has not told."""
    usage = reply.usage or Usage()
    read, written = usage.prompt_tokens, usage.completion_tokens
    if read is None:
        read = _read(messages) + len(msgspec.json.encode(tools or [])) // CHARACTERS
    if written is None:
        written = reply.length // CHARACTERS
    return {"request": 1, "input": read / MILLION, "output": written / MILLION}


def _read(messages: list[dict[str, Any]]) -> int:
    pictures, length = 0, 0
    for message in messages:
        content = message["content"]
        parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
        pictures += sum(part["type"] == "image_url" for part in parts)
        length += sum(len(part["text"]) for part in parts if part["type"] == "text")
        length += sum(len(call["function"]["arguments"]) for call in message.get("tool_calls", ()))
    return pictures * PICTURE + length // CHARACTERS
