"""Hearing: sentences that the browser's speech recognition has heard."""

from __future__ import annotations

from cortex import BaseOptions, Header, Register, Sense, Sentence, hookimpl, sentence_text


class HearingHeader(Header, frozen=True, kw_only=True):
    """What the browser says of a sentence."""

    text: str
    language: str = ""
    final: bool = True
    confidence: float | None = None


class Hearing(Sense):
    """What a person says."""

    class Options(BaseOptions):
        """How to listen."""

        language: str = ""
        """BCP 47 tag of the language to listen for, such as `fr-FR`; empty: the browser's own."""
        interim: bool = True
        """Whether to show words while the recogniser may still change them."""

    Header = HearingHeader
    client = "client.js"

    def decode(self, header: HearingHeader, payload: bytes) -> Sentence:
        return Sentence(
            **header.common(),
            text=sentence_text(header.text, header.id),
            language=header.language,
            final=header.final,
            aloud=True,
        )


@hookimpl
def register_senses(register: Register[Sense]) -> None:
    register("hearing", Hearing)
