"""The cortex that looks when it is asked. One of its own, so that a command need not wait until it has looked."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from cortex import Cortex, Picture, Say, encode_picture
from cortex_dialogue.options import DialogueOptions
from cortex_dialogue.phrasebook import Phrasebook, phrasebook

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cortex import Action, Sentence, Session, Show


class Looking(Cortex):
    """Says what it sees when it is asked, and takes pictures."""

    Options = DialogueOptions
    perceives = frozenset({"hearing", "reading"})
    _book: Phrasebook

    def start(self) -> None:
        self._book = phrasebook(self.options.languages)

    async def perceive(self, stimulus: Sentence, session: Session) -> AsyncIterator[Action]:
        understood, tag = self._book.understand(stimulus.text, stimulus.language, session)
        if understood is None:
            return
        if understood.intent == "look":
            yield await self._look(tag, session)
        elif understood.intent == "photo":
            frame = await session.snap(self.options.patience)
            if frame is None:
                yield self._nothing(tag, session)
                return
            jpeg = await asyncio.to_thread(encode_picture, frame.image)
            yield Picture(jpeg, self._book.text("caption", tag, session))
            yield self._book.say("photo", tag, session)

    async def _look(self, tag: str, session: Session) -> Say:
        if not session.perceived("vision"):
            return self._book.hindered("vision", tag, session) or self._book.say("blind", tag, session)
        # A fresh look, so that the answer is about this moment, and those who look `on: ask` only look too.
        view = await session.look(self.options.patience)
        name = _name(view)
        if view is None or not name:
            return self._nothing(tag, session)
        topic = view.labels[0].name if view.labels else ""
        how = "sure" if view.sure else "unknown" if session.perceived("meaning:learn") else "unsure"
        return self._book.say(how, tag, session, topic=topic, name=name)

    def _nothing(self, tag: str, session: Session) -> Say:
        barred = session.barred("vision")
        return Say(barred, session.language) if barred else self._book.say("nothing", tag, session)


def _name(view: Show | None) -> str:
    """Return what is in view, in words."""
    if view is None:
        return ""
    if not view.labels:
        return view.text
    return view.labels[0].spoken or view.labels[0].name
