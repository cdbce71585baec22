"""What was said so far in a session, bounded, without pictures and without tools. Knows no server."""

from __future__ import annotations

from collections import deque
from typing import Any

CHARACTERS = 12_000
"""That all turns together have at most; the oldest are forgotten first."""
LONGEST = 4_000
"""Characters that are kept of one sentence of the person, or of one answer."""
CUT = "… (I was interrupted here.)"
LOST = "… (The connection broke off here.)"


class Turn:
    """What the person said, and what the bot said to it."""

    def __init__(self, asked: str) -> None:
        self.asked = asked[:LONGEST]
        self.said: list[str] = []
        self.end = ""
        """How it ended, if not by itself: a word for the model."""

    @property
    def answer(self) -> str:
        """What was said, as the model is told; never empty, because some servers refuse that."""
        return " ".join([" ".join(self.said)[:LONGEST], self.end]).strip() or "(I said nothing.)"

    @property
    def length(self) -> int:
        """Its characters."""
        return len(self.asked) + len(self.answer)


class History:
    """The session's own."""

    def __init__(self) -> None:
        self.turns: deque[Turn] = deque()

    def messages(self) -> list[dict[str, Any]]:
        """Return what the model is told of it, oldest first."""
        roles = (("user", "asked"), ("assistant", "answer"))
        return [{"role": role, "content": getattr(turn, what)} for turn in self.turns for role, what in roles]

    def keep(self, turn: Turn, most: int) -> None:
        """Remember a turn that is over, and `most` of them in all."""
        self.turns.append(turn)
        while self.turns and (len(self.turns) > most or sum(each.length for each in self.turns) > CHARACTERS):
            self.turns.popleft()
