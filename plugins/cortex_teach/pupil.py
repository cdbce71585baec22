"""What the teacher remembers of one session: the lesson under way, what was seen last, what can be undone."""

from __future__ import annotations

import threading
from collections import deque
from itertools import takewhile
from typing import TYPE_CHECKING, Literal, NamedTuple

from msgspec.structs import replace

from cortex_teach.naming import key

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from cortex import Action, Say, Seen
    from cortex_teach.draft import Draft
    from cortex_teach.records import Replaced
    from cortex_teach.turn import Turn

RECENT = 8
"""Frames that are kept, so that a correction is about what was seen when the answer was given."""
APART = 0.5
"""Seconds from one of those to the next."""
FRESH = 12.0
"""Seconds for which they count: an answer, and the person's "no, that is …"."""
STEADY = 3
"""Frames in a row: of the last so many, most have to say the same name; after so many a thing counts as seen."""
ABSENCE = 3.0
"""Seconds that a thing has to be away before it is seen anew."""
EXPIRY = 120.0
"""Seconds after which a question that nobody has answered is no longer asked."""
HASTE = 1.0
"""Seconds in which nobody has understood a question: a yes that comes sooner was meant for something else."""
UNDONE = 100
"""Lessons that can be undone."""
STILL = 30.0
"""Seconds after which it is noted again that a thing is still there."""


class Answer(NamedTuple):
    """What was called what, and when."""

    seen: Seen
    name: str
    """The taught name, or the classifier's; empty: none."""
    taught: bool
    when: float


class Learned(NamedTuple):
    """What was learned or forgotten in this session, so that it can be undone."""

    lesson: str
    name: str
    records: tuple[str, ...]
    """What the store calls its parts."""
    replaced: tuple[Replaced, ...] = ()
    """What had to give way to it."""
    kind: Literal["", " denied", " forgotten"] = ""
    """What it was: a lesson, that it learned only what it is not, or that it forgot."""


class Question(NamedTuple):
    """What was asked, and what a yes does."""

    yes: Callable[[Turn], Awaitable[list[Action]]]
    asked: float
    said: Say
    guessed: bool
    """Whether a machine has concluded what it is about."""


class Sighting:
    """How often a name came in a row, and when it came last."""

    def __init__(self) -> None:
        self.row = 0
        self.last = float("-inf")
        self.noted = float("-inf")


class Pupil:
    """The session's own; the cortex that looks and the one that talks both use it, from their own threads."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.draft: Draft | None = None
        self.question: Question | None = None
        """What was asked besides whether the draft is to be kept."""
        self.lessons: list[Learned] = []
        """Those of this session that can be undone, the last one last."""
        self.thanks: Say | None = None
        """What was said to the last lesson: it is nothing that a "no" means."""
        self.told = False
        """Whether the person was told what had become of a damaged memory."""
        self._answers: deque[Answer] = deque(maxlen=RECENT)
        self._names: deque[int | None] = deque(maxlen=STEADY)
        self._sightings: dict[str, Sighting] = {}

    # Lessons

    def current(self, now: float) -> Draft | None:
        """Return the lesson that is not kept yet; one whose question nobody has answered for long is dropped."""
        draft = self.draft
        if draft is not None and not draft.looking and EXPIRY < now - draft.asked < float("inf"):
            self.draft = draft = None
        return draft

    def asking(self, now: float) -> Draft | None:
        """Return the lesson that waits for a yes."""
        draft = self.draft
        return draft if draft is not None and now - draft.asked <= EXPIRY else None

    def pending(self, now: float) -> Question | Draft | None:
        """Return what was asked last, and waits for a yes or a no."""
        question, draft = self.question, self.asking(now)
        if question is None or now - question.asked > EXPIRY or (draft is not None and draft.asked > question.asked):
            self.question = question = None
        return question or draft

    def learned(self, lesson: Learned) -> None:
        """Take note of a lesson that can be undone."""
        self.lessons = [*self.lessons[1 - UNDONE :], lesson]

    def learned_last(self, lesson: str) -> Learned | None:
        """Return a lesson that can be undone, the last one if none is named."""
        return next((each for each in reversed(self.lessons) if lesson in ("", each.lesson)), None)

    def unlearned(self, lesson: Learned) -> None:
        """Take note that a lesson was undone."""
        self.lessons = [each for each in self.lessons if each is not lesson]

    # Recognising

    def steady(self, thing: int | None) -> int | None:
        """Return which thing most of the last frames show, this one among them; `None`: none of those taught."""
        self._names.append(thing)
        return thing if self._names.count(thing) * 2 > len(self._names) else None

    def answered(self, seen: Seen, name: str, now: float, *, taught: bool) -> None:
        """Take note of what a frame was called; of those in half a second that were called nothing, the last one."""
        self.tidy(now)
        with self.lock:
            last, when = (self._answers[-1] if self._answers else None), now
            if last is not None and last.name == name and now - last.when < APART:
                if name:
                    return
                self._answers.pop()
                when = last.when
            small = replace(seen, picture=seen.picture.again())  # its JPEG, a tenth of what it is decoded
            self._answers.append(Answer(small, name, taught, when))

    def tidy(self, now: float) -> None:
        """Let go of frames that no longer count."""
        with self.lock:
            while self._answers and now - self._answers[0].when > FRESH:
                self._answers.popleft()

    def answers(self, about: str, now: float) -> list[Answer]:
        """Return the frames that were called what was last spoken of, or else what the last one was called.

        If that was called nothing, those since something else was, the last one first: each may show another thing.
        """
        with self.lock:
            fresh = [answer for answer in self._answers if now - answer.when <= FRESH]
        spoken_of = [answer for answer in fresh if about and key(answer.name) == key(about)]
        if spoken_of or not fresh:
            return spoken_of
        if fresh[-1].name:
            return [answer for answer in fresh if answer.name == fresh[-1].name]
        return list(takewhile(lambda answer: not answer.name, reversed(fresh)))

    def shut(self) -> None:
        """Forget the frames: they are of another moment."""
        with self.lock:
            self._answers.clear()

    def sees(self, name: str, now: float) -> tuple[bool, bool]:
        """Take note that a thing is in view; tell whether that is to be noted, and whether it counts as seen anew."""
        sighting = self._sightings.setdefault(name, Sighting())
        anew = now - sighting.last > ABSENCE
        sighting.row = 1 if anew else sighting.row + 1
        sighting.last = now
        if sighting.row == STEADY:
            sighting.noted = now
            return True, True
        if sighting.row > STEADY and now - sighting.noted >= STILL:
            sighting.noted = now
            return True, False
        return False, False
