"""What the model has answered to one request so far. Knows no server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from cortex_llm.chunk import CallPart, Chunk, Usage

LONGEST = 4_000
"""Characters of the arguments of a call that are kept: no tool takes more."""
MOST = 32
"""Calls of one answer that are kept."""
HIGH = "\ud800", "\udbff"
"""The first halves of characters that UTF-16 writes as two."""


class Call:
    """A tool that the model wants used."""

    def __init__(self, id_: str, given: str) -> None:
        self.id = id_
        self.given = given
        """What the server calls it, which need not be only one; empty: nothing."""
        self.name = ""
        self.arguments = ""

    def add(self, name: str, arguments: str) -> None:
        """Take more of it."""
        if name != self.name:  # some send the whole name with each part
            self.name = (self.name + name)[:LONGEST]
        self.arguments = (self.arguments + arguments)[: LONGEST + 1]

    @property
    def is_complete(self) -> bool:
        """Whether its arguments are a JSON object."""
        try:
            msgspec.json.decode(self.arguments, type=dict[str, Any])
        except msgspec.DecodeError:
            return False
        return True

    @property
    def message(self) -> dict[str, Any]:
        """It, as the model is told that it said; some servers refuse arguments that are no JSON object."""
        arguments = self.arguments if self.is_complete else "{}"
        return {"id": self.id, "type": "function", "function": {"name": self.name, "arguments": arguments}}


class Reply:
    """Collects the pieces of an answer."""

    def __init__(self) -> None:
        self.text = ""
        self.calls: list[Call] = []
        self.usage: Usage | None = None
        self.ended = ""
        """Why it ended, such as `stop` or `length`; empty: it has not."""
        self.charged = False
        """Whether the server may charge for it."""
        self.length = 0
        """Characters of all that was written: words, thoughts, tool calls."""
        self.chunks = 0
        self._places: dict[int, Call] = {}
        self._half = ""

    def take(self, chunk: Chunk) -> str:
        """Take one piece; return what of it is text."""
        self.chunks += 1
        self.usage = chunk.usage or self.usage
        text = ""
        for choice in chunk.choices[:1]:
            self.ended = choice.finish_reason or self.ended
            if (delta := choice.delta) is None:
                continue
            text = delta.content or ""
            self.length += len(text) + len(delta.reasoning_content or delta.reasoning or "")
            for part in delta.tool_calls or ():
                self._add(part)
        text = self._whole(text)
        self.text += text
        return text

    def _whole(self, text: str) -> str:
        """Return text without half characters: the first half of one waits for the other, what is alone is none."""
        text, self._half = self._half + text, ""
        if HIGH[0] <= text[-1:] <= HIGH[1]:
            text, self._half = text[:-1], text[-1]
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    def _add(self, part: CallPart) -> None:
        name, arguments = (part.function.name or "", part.function.arguments or "") if part.function else ("", "")
        self.length += len(name) + len(arguments)
        call = self._call(part, name)
        if call is not None:
            call.add(name, arguments)

    def _call(self, part: CallPart, name: str) -> Call | None:
        """Return the call that a part belongs to, which it may begin; `None`: there are too many."""
        if part.index is not None:
            call = self._places.get(part.index)
        elif part.id:
            call = next((each for each in reversed(self.calls) if each.given == part.id), None)
        else:
            call = self.calls[-1] if self.calls else None
        if call is not None and not self._begins(part, name, call):
            return call
        if len(self.calls) == MOST:
            return None
        known = {each.id for each in self.calls}
        id_ = part.id if part.id and part.id not in known else f"call_{len(self.calls)}"
        call = Call(id_, part.id or "")
        self.calls.append(call)
        if part.index is not None:
            self._places[part.index] = call
        return call

    @staticmethod
    def _begins(part: CallPart, name: str, call: Call) -> bool:
        """Tell whether a part is of a call of its own: some servers number all their calls 0, or none of them."""
        if part.id:
            return part.id != call.given
        other = part.index is None and bool(call.name) and name != call.name
        return bool(name) and (call.is_complete or other)

    @property
    def message(self) -> dict[str, Any]:
        """It, as the model is told that it said."""
        said: dict[str, Any] = {"role": "assistant", "content": self.text}
        return {**said, "tool_calls": [call.message for call in self.calls]} if self.calls else said
