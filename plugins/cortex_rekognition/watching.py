"""The cortex that looks at what changes and answers who is there and what stands there, and the one that greets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cortex import Cortex, Frame
from cortex_rekognition.company import Arrival, Company
from cortex_rekognition.options import USES, RekognitionOptions
from cortex_rekognition.phrases import Words

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cortex import Meaning, Say, Session, Show

AT_ONCE = 8  # sessions
QUESTIONS = {"meaning:people": "faces", "meaning:read": "text"}
"""What it is asked, and which feature has the answer."""


class Watching(Cortex):
    """Looks when the picture has changed, or when somebody asks."""

    Options = RekognitionOptions
    perceives = frozenset({"vision", *QUESTIONS})
    on = "change"
    uses = USES
    concurrency = AT_ONCE

    options: RekognitionOptions

    def __init__(self, options: RekognitionOptions) -> None:
        super().__init__(options)
        self.place = options.eye.place
        self._told = False  # whether the page was told of a problem

    def start(self) -> None:
        """Get ready to ask AWS, which need not be there yet."""
        self.options.eye.start(self)
        self.place = self.options.eye.place

    def stop(self) -> None:
        self.options.eye.stop()

    async def perceive(self, stimulus: Frame | Meaning, session: Session) -> AsyncIterator[Show | Say | Arrival]:
        """Tell what is on a frame, or answer a question by a fresh one."""
        ideas = self._see(stimulus, session) if isinstance(stimulus, Frame) else self._answer(stimulus, session)
        async for idea in ideas:
            yield idea

    async def _answer(self, asked: Meaning, session: Session) -> AsyncIterator[Show | Say]:
        eye, words, company = self.options.eye, Words(asked.language or session.language), session.state(Company)
        feature = QUESTIONS[asked.kind]
        if feature not in self.options.features:
            yield words.say(f"no {feature}")
            return
        frame = await session.snap()
        if frame is None:
            yield words.say("blind")
            return
        sight = await eye.look(frame, company, (feature,))
        yield sight.show()
        if feature == "text":
            yield words.reads(sight)
            return
        company.notice(sight, self.clock.now(), self.options.absence)  # who is named need not be greeted
        yield words.who(sight, knows=eye.knows)

    async def _see(self, frame: Frame, session: Session) -> AsyncIterator[Show | Say | Arrival]:
        """Show who and what is there, and think of who has come; say it only where somebody asks about the frame."""
        options, company = self.options, session.state(Company)
        sight = await options.eye.look(frame, company, options.features)
        yield sight.show()
        arrived = company.notice(sight, self.clock.now(), options.absence)
        if frame.asked:
            yield Words(session.language).what(sight, knows=options.eye.knows)
        else:
            for name in arrived:
                yield Arrival(sense="rekognition", id=frame.id, captured=frame.captured, name=name)
        if self._told or options.eye.problem:
            self._told = bool(options.eye.problem)
            self.trouble(options.eye.problem)


class Greeting(Cortex):
    """Says hello. A cortex of its own, since what it says is about a person, not about a frame."""

    Options = RekognitionOptions
    perceives = frozenset({"rekognition:arrival"})

    async def perceive(self, arrival: Arrival, session: Session) -> Say:
        return Words(session.language).say("hello", f"person:{arrival.name}", names=arrival.name)
