"""What the model has answered to one request so far. Knows no server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cortex_llm.chunk import CallPart, Chunk, Usage


class Call:
    """A tool that the model wants used."""

    def __init__(self, number: int, id_: str) -> None:
        self.id = id_ or f"call_{number}"
        self.name = ""
        self.arguments = ""

    @property
    def message(self) -> dict[str, Any]:
        """It, as the model is told that it said."""
        return {
            "id": self.id,
            "type": "function",
            "function": {"name": self.name, "arguments": self.arguments or "{}"},
        }


class Reply:
    """Collects the pieces of an answer."""

    def __init__(self) -> None:
        self.text = ""
        self.calls: list[Call] = []
        self.usage: Usage | None = None
        self.ended = ""
        """Why it ended, such as `stop` or `length`; empty: it has not."""
        self.length = 0
        """Characters of all that was written: words, thoughts, tool calls."""
        self.chunks = 0
        self._places: dict[int, Call] = {}

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
        self.text += text
        return text

    def _add(self, part: CallPart) -> None:
        place = part.index if part.index is not None else len(self._places) - (part.id is None)
        call = self._places.get(place)
        if call is None or (part.id and part.id != call.id):  # some number all their calls 0
            call = self._places[place] = Call(len(self.calls), part.id or "")
            self.calls.append(call)
        if part.function is not None:
            call.name += part.function.name or ""
            call.arguments += part.function.arguments or ""
            self.length += len(part.function.name or "") + len(part.function.arguments or "")

    @property
    def message(self) -> dict[str, Any]:
        """It, as the model is told that it said."""
        said: dict[str, Any] = {"role": "assistant", "content": self.text}
        return {**said, "tool_calls": [call.message for call in self.calls]} if self.calls else said
