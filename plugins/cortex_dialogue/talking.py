"""The cortex that listens: it does what it is told, makes small talk, and hands on what is meant for others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cortex import Adjust, Attend, Cortex, Meaning, Say
from cortex_dialogue.options import DialogueOptions
from cortex_dialogue.phrasebook import Phrasebook, phrasebook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cortex import Action, Sentence, Session
    from cortex_dialogue.understanding import Understood

MORE, LESS = 1.25, 0.8

BODY: dict[str, Action] = {
    "open_eyes": Attend("vision", "open"),
    "close_eyes": Attend("vision", "closed"),
    "open_ears": Attend("hearing", "open"),
    "close_ears": Attend("hearing", "closed"),
    "quiet": Attend("voice", "closed"),
    "speak": Attend("voice", "open"),
    "louder": Adjust("voice", "volume", MORE),
    "softer": Adjust("voice", "volume", LESS),
    "faster": Adjust("voice", "rate", MORE),
    "slower": Adjust("voice", "rate", LESS),
}
SMALL_TALK = frozenset({"hello", "goodbye", "thanks", "who"})
LOOKS = frozenset({"look", "photo"})
TALK = "talk"


class Dialogue(Cortex):
    """Understands sentences: does what it is told, answers, or tells other cortexes what is meant."""

    Options = DialogueOptions
    perceives = frozenset({"hearing", "reading"})
    thinks = frozenset({"meaning"})
    _book: Phrasebook

    def start(self) -> None:
        self._book = phrasebook(self.options.languages)

    async def perceive(self, stimulus: Sentence, session: Session) -> list[Action | Meaning]:
        understood, tag = self._book.understand(stimulus.text, stimulus.language, session)
        if understood is None:
            return list(self._talk(stimulus, tag, session))
        if understood.intent in LOOKS:  # another cortex' business
            return []
        return list(self._answer(stimulus, understood, tag, session))

    def _answer(
        self, sentence: Sentence, understood: Understood, tag: str, session: Session
    ) -> Iterator[Action | Meaning]:
        intent = understood.intent
        if intent == "open_eyes" and (reason := session.barred("vision")):
            yield BODY[intent]  # the page tells the person how
            yield Say(reason, session.language)
        elif intent in BODY:
            yield BODY[intent]
            yield self._book.say(intent, tag, session)
        elif intent in SMALL_TALK:
            yield self._book.say(intent, tag, session)
        elif intent == "abilities":
            yield self._book.abilities(tag, session)
        elif intent == "repeat":
            said = session.said()
            yield Say(said.text, said.language) if said else self._book.say("nothing_said", tag, session)
        elif session.perceived(f"meaning:{intent}"):
            yield _meaning(sentence, intent, understood.slots, tag)
        elif hindered := self._book.hindered(f"meaning:{intent}", tag, session):
            yield hindered
        elif self._book.answers(intent, tag):
            yield self._book.say(intent, tag, session)
        else:  # "yes", where nobody has asked
            yield from self._talk(sentence, tag, session)

    def _talk(self, sentence: Sentence, tag: str, session: Session) -> Iterator[Action | Meaning]:
        if session.perceived(f"meaning:{TALK}"):
            yield _meaning(sentence, TALK, {}, sentence.language or tag)
        elif self.options.puzzled:
            tact = self.options.tact
            hindered = self._book.hindered(f"meaning:{TALK}", tag, session, tact=tact)
            yield hindered or self._book.puzzled(tag, session, tact)


def _meaning(sentence: Sentence, intent: str, slots: dict[str, str], language: str) -> Meaning:
    return Meaning(
        sense=sentence.sense,
        id=sentence.id,
        captured=sentence.captured,
        text=sentence.text,
        language=language,
        final=sentence.final,
        aloud=sentence.aloud,
        intent=intent,
        slots=dict(slots),
    )
