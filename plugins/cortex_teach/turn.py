"""One thing that a person wants of the teacher: to learn, to correct, to keep, to undo, to forget."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from typing import TYPE_CHECKING, NamedTuple

from cortex import Attend, Say
from cortex_teach.draft import Draft, finish
from cortex_teach.gallery import album, gallery, glimpse
from cortex_teach.naming import checked, key
from cortex_teach.page import WANTED, Lesson
from cortex_teach.phrases import count, phrase, say, spoken
from cortex_teach.pupil import Learned, Question
from cortex_teach.store import Lesson as Record
from cortex_teach.store import StoreError, Taken

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from cortex import Action, Cortex, Session
    from cortex_teach.draft import Teacher
    from cortex_teach.memory import Memory
    from cortex_teach.page import Stage
    from cortex_teach.pupil import Answer, Pupil


class Turn(NamedTuple):
    """What is wanted is done in a language, and was wanted in one of the ways to teach.

    Where the memory cannot be read or written, `StoreError` is raised; where a name is none, `NameRefused`.
    """

    cortex: Cortex
    memory: Memory
    session: Session
    pupil: Pupil
    language: str
    by: Teacher
    ask: bool
    """Whether what changes the memory is asked back first: what was only heard, or concluded by a machine."""
    guessed: bool = False
    """Whether a machine has concluded it."""

    @property
    def _now(self) -> float:
        return self.cortex.clock.now()

    # Learning

    async def learn(
        self, name: str, owner: str = "", *, wrong: str = "", seen: Sequence[Answer] = (), corrects: bool = False
    ) -> AsyncIterator[Action]:
        """Take pictures, of the frames `seen` a moment ago too, and learn what they show; it was taken for `wrong`."""
        name = checked(name)
        old = self.pupil.asking(self._now)
        if old is not None:
            wrong = wrong or ("" if old.name else old.wrong)  # "that is no mug" - "this is the bowl"
            yield self._report(old, "discarded")
        self.pupil.draft = draft = self._draft(name, owner, wrong)
        draft.corrects = corrects
        yield Attend("vision", "open")
        yield self._report(draft, "looking")
        nameless = any(not answer.name for answer in seen)  # then they need not all show the same thing
        await asyncio.to_thread(draft.recall, [answer.seen for answer in seen], one=nameless)
        giving_up = self.cortex.clock.call_later(self.cortex.options.patience, finish, draft.done)
        try:
            await draft.done
        finally:
            giving_up.cancel()
            draft.close()
        for action in self.discard() if draft.stopped else await self._consider(draft):
            yield action

    async def correct(self, name: str, owner: str = "") -> AsyncIterator[Action]:
        """Learn what the thing is that was called something else, in a question that waits or in the last answer."""
        draft = self.pupil.asking(self._now)
        if draft is not None and draft.name:
            draft.name, draft.owner, draft.by = checked(name), owner, self.by
            draft.ask, draft.guessed = draft.ask or self.ask, draft.guessed or self.guessed
            draft.wrong = "" if key(draft.wrong) == key(name) else draft.wrong
            for action in await self._consider(draft):
                yield action
            return
        answers = self._answers()
        wrong = next((answer.name for answer in answers if answer.taught and key(answer.name) != key(name)), "")
        async for action in self.learn(name, owner, wrong=wrong, seen=answers, corrects=True):
            yield action

    async def deny(self) -> list[Action]:
        """Learn that the last answer was wrong, or ask what it should have been."""
        if self.pupil.asking(self._now) is not None:
            return self.discard()
        answers = self._answers()
        if not answers or not answers[-1].name:
            return [say(self.language, "nothing to deny")]
        if not answers[-1].taught:
            return [say(self.language, "correct")]
        self.pupil.draft = draft = self._draft("", "", answers[-1].name)
        await asyncio.to_thread(draft.recall, [answer.seen for answer in answers])
        draft.close()
        return [*(shot.glimpse for shot in draft.shots), *await self._consider(draft)]

    def _draft(self, name: str, owner: str, wrong: str) -> Draft:
        return Draft(name, owner, self.by, self.language, wrong=wrong, ask=self.ask, guessed=self.guessed)

    def _answers(self) -> list[Answer]:
        """Return the frames that the person means by "no"."""
        said = self.session.said()
        about = said.topic if said is not None and said is not self.pupil.thanks else ""
        return self.pupil.answers(about, self._now)

    async def _consider(self, draft: Draft) -> list[Action]:
        """Keep a lesson that has its pictures if there is no doubt, else ask, or say why it cannot be learned."""
        if not draft.shots:
            return self._fail(draft, draft.fault or "nothing")
        if draft.name:
            if not await asyncio.to_thread(self.memory.news, draft.shots, draft.name):
                return self._fail(draft, "nothing new")
            draft.rival = await asyncio.to_thread(self.memory.other_name, draft.shots, draft.name)
            if draft.corrects:  # "no, that is …" means whatever it was taken for
                draft.wrong = draft.wrong or draft.rival
            if draft.rival and key(draft.rival) != key(draft.wrong):
                return self._ask(draft, "ask instead")
        if draft.ask:
            return self._ask(draft, "ask" if draft.name else "ask deny")
        return await self.keep(draft)

    def _ask(self, draft: Draft, question: str) -> list[Action]:
        return self._put(draft, say(self.language, question, name=draft.name, other=draft.rival or draft.wrong))

    def _put(self, draft: Draft, said: Say) -> list[Action]:
        draft.asked, draft.said = self._now, said
        return [self._report(draft, "asking", said.text), said]

    def ask_again(self, question: Question | Draft) -> list[Action]:
        """Ask what was asked before: it is not clear that a yes meant that."""
        if isinstance(question, Question):
            self.pupil.question = question._replace(asked=self._now)
            return [question.said]
        return self._put(question, question.said or say(self.language, "ask", name=question.name))

    def _fail(self, draft: Draft, why: str) -> list[Action]:
        self.pupil.draft = None
        said = say(self.language, why, name=draft.name)
        return [self._report(draft, "failed", said.text), said]

    async def keep(self, draft: Draft) -> list[Action]:
        """Write a lesson into the memory: once this returns, it is there for good.

        Where somebody else has taught the same thing under another name meanwhile, it asks again.
        """
        if draft.name:
            rival = await asyncio.to_thread(self.memory.other_name, draft.shots, draft.name)
            if rival and key(rival) not in (key(draft.rival), key(draft.wrong)):
                draft.rival = rival
                return self._ask(draft, "ask instead")
        records = self._records(draft)
        try:
            taught = await asyncio.to_thread(self.memory.store.teach_all, records)
        except StoreError as error:  # nothing is lost: it may be kept once there is room
            draft.asked, draft.said = self._now, say(self.language, "not kept", why=str(error))
            return [self._report(draft, "asking", str(error)), draft.said]
        self.pupil.draft = None
        name = taught[0].name if draft.name else draft.wrong
        replaced = tuple(each.replaced for each in taught if each.replaced is not None)
        ids = tuple(record.id for record in records)
        self.pupil.learned(Learned(draft.id, name, ids, replaced, "" if draft.name else " denied"))
        done = "learned" if draft.name else "denied"
        said = say(self.language, done, topic=name if draft.name else "", name=name, other=draft.wrong)
        self.pupil.thanks = said
        numbers = await asyncio.to_thread(self._numbers, name, draft.id) if draft.name else ()
        glimpses = [
            found for number in numbers if (found := await asyncio.to_thread(glimpse, self.memory.store, number))
        ]
        learned = Lesson(
            id=draft.id,
            thing=name,
            stage="learned",
            wanted=WANTED,
            pictures=tuple(found.picture for found in glimpses),
            text=said.text,
        )
        return [*glimpses, learned, said, *await self.show()]

    def _records(self, draft: Draft) -> list[Record]:
        pictures = [Taken(shot.jpeg, {shot.model: shot.vector}) for shot in draft.shots]
        session = hashlib.sha256(self.session.id.encode()).hexdigest()[:12]  # its id is a secret
        now, by = self.cortex.clock.time(), draft.by
        is_it = Record(draft.name, pictures, draft.id, now, draft.owner, by, session)
        others = {key(name): name for name in (draft.wrong, draft.rival) if name}
        is_not = [
            Record(name, pictures, f"{draft.id}-not-{number}", now, "", by, session, denies=True)
            for number, name in enumerate(others.values())
        ]
        return [is_it, *is_not] if draft.name else is_not

    def _numbers(self, name: str, lesson: str) -> tuple[int, ...]:
        lessons = self.memory.store.lessons(name)
        return next((told.pictures for told in lessons if told.id == lesson), ())

    def discard(self) -> list[Action]:
        """Drop the lesson that is not kept yet."""
        draft, self.pupil.draft = self.pupil.draft, None
        if draft is None:
            return []
        return [self._report(draft, "discarded"), say(self.language, "discarded")]

    # Taking back

    async def undo(self, lesson: str = "", *, ask: bool = False) -> list[Action]:
        """Take back a lesson of this session, the last one if none is named, or ask first."""
        learned = self.pupil.learned_last(lesson)
        if learned is None:
            return [say(self.language, "nothing to undo")]
        if ask:
            question = say(self.language, f"ask undo{learned.kind}", name=learned.name)
            return self._question(lambda turn: turn.undo(learned.lesson), question)
        gone = await asyncio.to_thread(self.memory.store.undo, *learned.records, replaced=learned.replaced)
        self.pupil.unlearned(learned)
        if not gone and not learned.replaced:  # somebody has forgotten it since
            return await self.undo(lesson, ask=ask)
        text = self._text(f"undone{learned.kind}", learned.name)
        undone = Lesson(id=learned.lesson, thing=learned.name, stage="undone", text=text)
        return [undone, Say(text, spoken(self.language)), *await self.show()]

    async def forget(self, name: str, *, ask: bool) -> list[Action]:
        """Forget a thing, or ask first."""
        thing = await asyncio.to_thread(self.memory.store.thing, name)
        if thing is None:
            return [await self.unknown(name)]
        if not ask:
            held = await asyncio.to_thread(self.memory.store.forget, thing.name)
            self.pupil.shut()
            if held is not None:
                self.pupil.learned(Learned(secrets.token_hex(8), thing.name, (), (held,), " forgotten"))
            return [say(self.language, "forgotten", name=thing.name), *await self.show()]
        pictures = count(self.language, "picture", thing.pictures)
        question = say(self.language, "ask forget", name=thing.name, pictures=pictures)
        return self._question(lambda turn: turn.forget(thing.name, ask=False), question)

    def _question(self, yes: Callable[[Turn], Awaitable[list[Action]]], said: Say) -> list[Action]:
        self.pupil.question = Question(yes, self._now, said, self.guessed)
        return [said]

    async def remove(self, picture: str) -> list[Action]:
        """Remove a picture, of the lesson that is not kept yet or of the memory."""
        draft = self.pupil.draft
        if draft is not None and draft.remove(picture):
            return [self._report(draft, "asking" if draft.shots else "discarded")] if draft.shots else self.discard()
        changed: list[Action] = []
        if picture.isdecimal():
            changed = await asyncio.to_thread(self._remove, int(picture))
        return [*changed, *await self.show()]

    def _remove(self, picture: int) -> list[Action]:
        """Remove a picture of the memory; return what that makes of the lesson of this session that it was taken in."""
        store = self.memory.store
        lessons = [lesson for lesson in self.pupil.lessons if picture in self._numbers(lesson.name, lesson.lesson)]
        store.remove_picture(picture)
        return [self._left(lesson, self._numbers(lesson.name, lesson.lesson)) for lesson in lessons]

    def _left(self, lesson: Learned, numbers: Sequence[int]) -> Lesson:
        stage: Stage = "learned" if numbers else "undone"
        text = "" if numbers else self._text("undone", lesson.name)
        names = tuple(map(str, numbers))
        return Lesson(id=lesson.lesson, thing=lesson.name, stage=stage, wanted=WANTED, pictures=names, text=text)

    # Telling

    async def show(self, offset: int = 0, *, opened: bool = False) -> list[Action]:
        """Show what is known."""
        return await asyncio.to_thread(lambda: list(gallery(self.memory.store, offset, opened=opened)))

    async def leaf(self, name: str, offset: int) -> list[Action]:
        """Show the pictures of a thing."""
        return await asyncio.to_thread(lambda: list(album(self.memory.store, name, offset)))

    async def unknown(self, name: str) -> Action:
        """Say that a thing is not known, and what may be meant."""
        near = await asyncio.to_thread(self.memory.nearest, name)
        return say(self.language, "unknown near" if near else "unknown", name=name, near=near)

    def _report(self, draft: Draft, stage: Stage, text: str = "") -> Lesson:
        names = tuple(shot.name for shot in draft.shots)
        thing = draft.name or draft.wrong
        return Lesson(id=draft.id, thing=thing, stage=stage, wanted=WANTED, pictures=names, text=text)

    def _text(self, key: str, name: str) -> str:
        return phrase(self.language, key, name=name)
