"""The cortex that says so when nobody knows what a sentence means. One of its own, since it waits for the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cortex import Cortex
from cortex_dialogue.options import DialogueOptions
from cortex_dialogue.phrasebook import Phrasebook, phrasebook
from cortex_dialogue.talking import is_taken

if TYPE_CHECKING:
    from cortex import Say, Sentence, Session


class Puzzled(Cortex):
    """Says that it did not understand, with two examples of what it would, where nobody else has an answer."""

    Options = DialogueOptions
    perceives = frozenset({"hearing", "reading"})
    _book: Phrasebook

    def start(self) -> None:
        self._book = phrasebook(self.options.languages)

    async def perceive(self, stimulus: Sentence, session: Session) -> Say | None:
        if not self.options.puzzled or session.perceived("meaning:talk"):
            return None
        understood, tag = self._book.understand(stimulus.text, stimulus.language, session)
        if understood is not None and is_taken(understood.intent, tag, session, self._book):
            return None
        await self.clock.sleep(self.options.tact)
        return None if session.answered(stimulus) else self._book.puzzled(tag, session)
