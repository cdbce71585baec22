"""The cortex that talks: it takes what the person wants, said, typed or pressed, to the turn that does it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from cortex import Cortex, Meaning, Say
from cortex_teach import answers, options
from cortex_teach.naming import NameRefused
from cortex_teach.page import Lesson, Wish
from cortex_teach.phrases import phrase, say, spoken
from cortex_teach.pupil import HASTE, Pupil, Question
from cortex_teach.upgrading import StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cortex import Action, Session, Stimulus
    from cortex_teach.draft import Draft, Teacher
    from cortex_teach.memory import Memory
    from cortex_teach.turn import Turn

CHANGES = ("learn", "correct", "wrong", "forget", "undo")
INTENTS = (*CHANGES, "yes", "no", "known", "remember", "last_seen", "count")


class Lessons(Cortex):
    """Learns what it is shown, asks before it keeps what it only heard, and answers about what it knows."""

    Options = options.Options
    perceives = frozenset({"teach", *(f"meaning:{intent}" for intent in INTENTS)})

    options: options.Options
    _memory: Memory

    def start(self) -> None:
        """Open the memory."""
        from cortex_teach.memory import Memory  # with NumPy and Pillow
        from cortex_teach.turn import Turn

        self._memory = Memory.borrow(self.options)
        self._turn = Turn

    def stop(self) -> None:
        """Let go of the memory, if there is one."""
        if (memory := vars(self).pop("_memory", None)) is not None:
            memory.give_back()

    async def perceive(self, stimulus: Meaning | Wish, session: Session) -> AsyncIterator[Action | Stimulus]:
        """Do what the person wants; what cannot be done is said, and nothing is lost."""
        language = stimulus.language or session.language
        pupil = session.state(Pupil)
        if self._memory.store.notice and not pupil.told:
            pupil.told = True
            yield Say(self._memory.store.notice, "en")
        guessed = isinstance(stimulus, Meaning) and stimulus.guessed
        ask = guessed or (isinstance(stimulus, Meaning) and stimulus.aloud)
        turn = self._turn(self, self._memory, session, pupil, language, _by(stimulus), ask, guessed)
        try:
            ideas = self._wish(stimulus, turn) if isinstance(stimulus, Wish) else self._hear(stimulus, turn)
            async for idea in ideas:
                yield idea
        except (NameRefused, StoreError) as error:
            text = phrase(language, "refused", why=str(error))
            if isinstance(stimulus, Wish):
                yield Lesson(id=stimulus.lesson, thing=stimulus.thing, stage="failed", text=text)
            yield Say(text, spoken(language))

    async def _hear(self, meaning: Meaning, turn: Turn) -> AsyncIterator[Action | Stimulus]:
        thing, owner = meaning.slots.get("thing", ""), meaning.slots.get("owner", "")
        store, now, language = turn.memory.store, self.clock.time(), turn.language
        asked = turn.pupil.pending(self.clock.now())
        if meaning.guessed and meaning.intent in CHANGES and asked is not None:
            for action in turn.ask_again(asked):  # one after the other, and the person's own goes before
                yield action
            return
        match meaning.intent:
            case "learn":
                async for action in turn.learn(thing, owner):
                    yield action
            case "correct":
                async for action in turn.correct(thing, owner):
                    yield action
            case "wrong":
                for action in await turn.deny():
                    yield action
            case "forget":
                for action in await turn.forget(thing, ask=turn.ask):
                    yield action
            case "yes" | "no":
                for idea in await self._agree(meaning, turn):
                    yield idea
            case "undo":
                for action in await turn.undo(ask=turn.ask):
                    yield action
            case "known":
                yield await asyncio.to_thread(answers.known, store, language)
                for action in await turn.show(opened=True):
                    yield action
            case "remember":
                said = await asyncio.to_thread(answers.remembered, store, thing, language, now)
                yield said or await turn.unknown(thing)
            case "last_seen":
                yield await asyncio.to_thread(answers.last_seen, store, thing, language, now)
            case "count":
                yield await asyncio.to_thread(answers.counted, store, thing, language, now)

    async def _agree(self, meaning: Meaning, turn: Turn) -> list[Action | Stimulus]:
        """Answer a yes or a no to what was asked; where nothing was, it is talk.

        So it is where somebody talks freely, and perhaps asks, and the bot has answered something else since.
        """
        if meaning.guessed:  # only the person may say yes
            return []
        yes, talks = meaning.intent == "yes", turn.session.perceived("meaning:talk")
        question, said = turn.pupil.pending(self.clock.now()), turn.session.said("answer")
        if question is None or (talks and said != question.said):
            turn.pupil.question = None
            if not talks:
                return [say(turn.language, "not asked")]
            fields = {field: getattr(meaning, field) for field in Meaning.__struct_fields__}
            return [Meaning(**{**fields, "intent": "talk", "slots": {}})]
        if yes and question.guessed and self._is_hasty(meaning, question, turn):
            return [*turn.ask_again(question)]
        if not isinstance(question, Question):
            return [*(await turn.keep(question) if yes else turn.discard())]
        turn.pupil.question = None
        return [*(await question.yes(turn) if yes else [say(turn.language, "as you like")])]

    def _is_hasty(self, meaning: Meaning, question: Question | Draft, turn: Turn) -> bool:
        """Tell whether a yes was begun before a question was put: it was meant for what was said before that."""
        over = meaning.aloud and turn.session.cut_in(meaning)
        return over or self.clock.now() - question.asked < HASTE

    async def _wish(self, wish: Wish, turn: Turn) -> AsyncIterator[Action]:
        draft = turn.pupil.draft
        mine = draft is not None and draft.is_meant(wish.lesson)
        actions: list[Action] = []
        match wish.want:
            case "learn":
                async for action in turn.learn(wish.thing):
                    yield action
            case "keep" if mine and draft is not None:
                actions = await turn.keep(draft)
            case "discard" if mine:
                actions = turn.discard()
            case "keep":
                text = phrase(turn.language, "over")
                actions = [Lesson(id=wish.lesson, thing=wish.thing, stage="failed", text=text)]
            case "undo":
                actions = await turn.undo(wish.lesson)
            case "remove":
                actions = await turn.remove(wish.picture)
            case "forget":
                actions = await turn.forget(wish.thing, ask=False)
            case "gallery":
                actions = await turn.show(wish.offset)
            case "pictures":
                actions = await turn.leaf(wish.thing, wish.offset)
        for action in actions:
            yield action


def _by(stimulus: Meaning | Wish) -> Teacher:
    if isinstance(stimulus, Wish):
        return "page"
    return "voice" if stimulus.aloud else "typed"
