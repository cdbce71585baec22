"""Reading: sentences that a person types."""

from __future__ import annotations

from cortex import Header, Register, Sense, Sentence, hookimpl, sentence_text


class ReadingHeader(Header, frozen=True, kw_only=True):
    """What the page says of a typed sentence."""

    text: str
    language: str = ""


class Reading(Sense):
    """What a person types."""

    Header = ReadingHeader
    client = "client.js"

    def decode(self, header: ReadingHeader, payload: bytes) -> Sentence:
        return Sentence(**header.common(), text=sentence_text(header.text, header.id), language=header.language)


@hookimpl
def register_senses(register: Register[Sense]) -> None:
    register("reading", Reading)
