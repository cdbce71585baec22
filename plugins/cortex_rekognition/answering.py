"""The cortex that answers who is there, and reads.

One of its own: while it waits for a frame, another has to take the frames that wait, or the eye sends no more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cortex import Cortex
from cortex_rekognition.company import Company
from cortex_rekognition.options import USES, RekognitionOptions
from cortex_rekognition.phrases import Words
from cortex_rekognition.watching import AT_ONCE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cortex import Meaning, Say, Session, Show

QUESTIONS = {"meaning:people": "faces", "meaning:read": "text"}
"""What it is asked, and which feature has the answer."""


class Answering(Cortex):
    """Takes a fresh look when somebody asks, and says what there is."""

    Options = RekognitionOptions
    uses = USES
    concurrency = AT_ONCE

    options: RekognitionOptions

    def __init__(self, options: RekognitionOptions) -> None:
        super().__init__(options)
        self.perceives = frozenset(kind for kind, feature in QUESTIONS.items() if feature in options.features)
        self.place = options.eye.place

    def start(self) -> None:
        """Get ready to ask AWS, which need not be there yet."""
        self.options.eye.start(self)
        self.place = self.options.eye.place

    def stop(self) -> None:
        self.options.eye.stop()

    async def perceive(self, asked: Meaning, session: Session) -> AsyncIterator[Show | Say]:
        """Answer a question by a fresh frame."""
        eye, words, company = self.options.eye, Words(asked.language or session.language), session.state(Company)
        frame = await session.snap()
        if frame is None:
            yield words.say("blind")
            return
        feature = QUESTIONS[asked.kind]
        sight = await eye.look(frame, company, (feature,))
        yield sight.show()
        if feature == "text":
            yield words.reads(sight)
            return
        company.notice(sight, self.clock.now(), self.options.absence)  # who is named need not be greeted
        yield words.who(sight, knows=eye.knows)
