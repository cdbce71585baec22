"""Recognising: what was taught, among what is seen; and the pictures of a lesson, as they are taken."""

from __future__ import annotations

import weakref
from collections import deque
from typing import TYPE_CHECKING

from cortex import Cortex, Frame, Label, Named, Say, Seen, Show
from cortex_teach import options
from cortex_teach.page import WANTED, Lesson
from cortex_teach.phrases import owned, say
from cortex_teach.pupil import FRESH, Pupil

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Literal

    from cortex import Action, Session, Stimulus
    from cortex_teach.draft import Draft
    from cortex_teach.memory import Memory
    from cortex_teach.page import Wish
    from cortex_teach.store import Thing

ATTENTION = 10.0
"""Seconds for which nothing is remarked on after a lesson has asked whether it is to be kept."""


class Teach(Cortex):
    """Recognises what it was taught: a taught name goes before the classifier's, and both are shown."""

    Options = options.Options
    perceives = frozenset({"seen", "teach"})

    options: options.Options
    _memory: Memory
    _told = ""

    def start(self) -> None:
        """Open the memory; one that is damaged is set aside, and a new one begun."""
        from cortex_teach.memory import Memory  # with NumPy and Pillow

        self._memory = Memory.borrow(self.options)
        self._looked: deque[tuple[float, weakref.ref[Pupil]]] = deque()

    def stop(self) -> None:
        """Let go of the memory, if there is one."""
        if (memory := vars(self).pop("_memory", None)) is not None:
            memory.give_back()

    def perceive(self, stimulus: Seen | Wish, session: Session) -> Iterator[Action | Stimulus]:
        """Show and say what was taught, or else what the classifier makes of it; give a lesson its pictures.

        The other cortex does what the page wishes; while that one waits for pictures, this one hears that it need not.
        """
        if isinstance(stimulus, Seen):
            return self._see(stimulus, session)
        draft = session.state(Pupil).draft
        if stimulus.want == "discard" and draft is not None and draft.is_meant(stimulus.lesson) and draft.looking:
            draft.stopped = True
            draft.close()
        return iter(())

    def _see(self, seen: Seen, session: Session) -> Iterator[Action | Stimulus]:
        pupil, now = session.state(Pupil), self.clock.now()
        if (notice := self._memory.store.notice) and not pupil.told:
            said = session.said()
            pupil.told = said is not None and said.text == notice
            yield Say(notice, "en", topic="memory")
        if (draft := pupil.current(now)) is not None:
            yield from _learn(draft, seen, now)
        match = self._memory.match(seen)
        if self._memory.trouble != self._told:
            self._told = self._memory.trouble
            self.trouble(self._told)
        sure = match is not None and match.score >= self.options.threshold
        number = match.thing if match is not None and sure else None
        if not session.is_asked(seen):
            number = pupil.steady(number)
        thing = None if number is None else self._memory.thing(number)
        if match is None or thing is None:
            said = seen.say
            named = seen.show.labels[0].name if seen.show.sure and seen.show.labels else ""
            if draft is None and not sure:
                self._memory.unknown(seen)
            yield seen.show
        else:
            named = thing.name
            yield _named(seen, named, match.score, "taught")
            own = owned(session.language, thing.name, thing.owner)
            label = Label(named, round(match.score, 4), own if own != named else "")
            yield Show(labels=(label, *seen.show.labels), text=seen.show.text)
            said = _say(thing, session.language)
        pupil.answered(seen, named, now, taught=thing is not None)
        self._tidy(pupil, now)
        self._note(pupil, (named, *(() if thing else seen.aliases)), now)
        if said is not None and (seen.asked or draft is None or not (draft.looking or now - draft.asked < ATTENTION)):
            yield said

    def _tidy(self, pupil: Pupil, now: float) -> None:
        """Have the sessions that look no longer let go of their frames: hundreds of them may linger."""
        self._looked.append((now, weakref.ref(pupil)))
        while now - self._looked[0][0] > FRESH:
            other = self._looked.popleft()[1]()
            if other is not None:
                other.tidy(now)

    def _note(self, pupil: Pupil, names: Iterable[str], now: float) -> None:
        """Write down that things are in view, once they have been so over some frames."""
        for name in filter(None, names):
            noted, anew = pupil.sees(name, now)
            if noted:
                self._memory.sighted(name, self.clock.time(), anew=anew)


def _learn(draft: Draft, seen: Seen, now: float) -> Iterator[Action | Stimulus]:
    shot = draft.offer(seen, now)
    if shot is None:
        return
    if draft.name and not draft.ask:  # what was only heard is no name yet
        yield _named(seen, draft.name, 1.0, "lesson")
    yield shot.glimpse
    names = tuple(shot.name for shot in draft.shots)
    yield Lesson(id=draft.id, thing=draft.name, stage="looking", wanted=WANTED, pictures=names)


def _named(seen: Seen, name: str, score: float, by: Literal["taught", "lesson"]) -> Named:
    fields = {field: getattr(seen, field) for field in Frame.__struct_fields__}
    return Named(**fields, name=name, score=score, by=by)


def _say(thing: Thing, language: str) -> Say:
    return say(language, "see", name=owned(language, thing.name, thing.owner), topic=thing.name)
