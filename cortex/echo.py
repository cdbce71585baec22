"""Whether what is heard is the bot's own voice, which a recogniser hears too. Sans-I/O: it is told the time."""

from __future__ import annotations

import re
from collections import deque
from difflib import SequenceMatcher
from typing import NamedTuple

SHARE = 0.75  # of the words heard, so many must be the bot's own, in order; of three or fewer, all of them
TOGETHER = 4  # things said one after the other that one sentence of a recogniser may go over
KEPT = 64
FASTEST, SLOWEST = 3.0, 1 / 3  # times the guessed pace at which a voice may speak
SLACK = 3.0  # seconds by which a guess may be wrong besides
PAUSE, PACE = 0.5, 3.0  # a guess: seconds before each thing that is said, and then words a second
WORD = re.compile(r"\w+")


class Saying(NamedTuple):
    """Something said, and when about, in seconds since the voice began."""

    text: str
    begin: float
    end: float


def duration(text: str) -> float:
    """Return about how many seconds a voice takes to say something."""
    return PAUSE + len(text.split()) / PACE


class Echo:
    """Remembers what the voice says, from when it began until it has been silent for a while."""

    def __init__(self) -> None:
        self._sayings: deque[Saying] = deque(maxlen=KEPT)
        self._began = self._end = 0.0

    def says(self, text: str, now: float, *, anew: bool) -> None:
        """Take note of what is said next; `anew`: no recogniser still has in its ears what was said before."""
        if anew:
            self._sayings.clear()
            self._began = self._end = now
        begin = max(now, self._end)
        self._end = begin + duration(text)
        self._sayings.append(Saying(text, begin - self._began, self._end - self._began))

    def ended(self, now: float) -> None:
        """Notice that the voice has nothing more to say."""
        self._end = min(self._end, now)

    def is_own(self, text: str, now: float) -> bool:
        """Tell whether words are those that the voice may be saying now, or has just said."""
        heard = WORD.findall(text.casefold())
        said = [WORD.findall(saying.text.casefold()) for saying in self._near(now - self._began)]
        return bool(heard) and any(
            _matches(heard, [word for words in said[at : at + TOGETHER] for word in words])
            for at in range(max(1, len(said) - TOGETHER + 1))
        )

    def _near(self, elapsed: float) -> list[Saying]:
        """Return what may be said so many seconds after the voice began, at whatever pace."""
        soonest, latest = SLOWEST * elapsed - SLACK, FASTEST * elapsed + SLACK
        return [saying for saying in self._sayings if saying.end >= soonest and saying.begin <= latest]


def _matches(heard: list[str], said: list[str]) -> bool:
    if not said:
        return False
    if len(heard) > 1:  # the last word may have been cut off
        heard = [*heard[:-1], next((word for word in said if word.startswith(heard[-1])), heard[-1])]
    blocks = SequenceMatcher(None, said, heard, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / len(heard) >= SHARE
