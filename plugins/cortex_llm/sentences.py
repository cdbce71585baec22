"""From the pieces of a stream to sentences that can be said, each as soon as it is complete. Knows no model.

It goes by single characters, so that the same text makes the same sentences, whatever pieces it comes in.
"""

from __future__ import annotations

import re

from cortex_llm.markup import plain
from cortex_llm.thoughts import Thoughts

LONGEST = 320
"""Characters after which a sentence is cut somewhere else than at its end."""
FENCE, WAVES = "```", "~~~"
"""What code stands between; waves only at the beginning of a line, elsewhere they are merry."""

ENDS = ".!?…"
ENDS_AT_ONCE = "。！？"
"""Chinese and Japanese: no space follows."""
CLOSES = "»”’)]\"'*_`」』）"
END = re.compile(rf"[{ENDS}{ENDS_AT_ONCE}][\s{re.escape(CLOSES)}]*$")
END_AT_ONCE = re.compile(rf"[{ENDS_AT_ONCE}][{re.escape(CLOSES)}]*$")
SURELY_CLOSES = "»”)]」』）"
"""Those that never open anything."""
SHORT = re.compile(
    r"(?:^|[\s(«\"'“])(?:(?!I\.)[^\W\d_](?:\.[^\W\d_])*|Mr|Mrs|Ms|Dr|Prof|St|vs|ca|approx|Mme|Mlle|env|Nr|bzw)\.$|^\W*\d{1,3}\.$",
    re.IGNORECASE,
)
"""What a full stop ends that ends no sentence: abbreviations, initials, the number of an item."""
BREAKS = re.compile(r"[,;:—–]\s|\s")


class Sentences:
    """Collects sentences of one answer, without markup, code, and what the model thought before.

    `thinks`: it is expected to begin with a thought that is not opened.
    """

    def __init__(self, *, thinks: bool = False) -> None:
        self.thoughts = Thoughts(inside=thinks)
        self._text = ""
        self._fence = ""  # what ends the code that it is in; empty: it is in none

    def feed(self, piece: str) -> list[str]:
        """Return the sentences that are complete with this piece."""
        return [said for character in piece for said in self._say(self.thoughts.feed(character))]

    def end(self) -> list[str]:
        """Return what is left at the end."""
        said = self._say(self.thoughts.end())
        return [*said, *self._done("" if self._fence else self._take())]

    def _say(self, text: str) -> list[str]:
        return [said for character in text for said in self._done(self._push(character))]

    def _push(self, character: str) -> str:
        """Take a character; return what is complete before it."""
        if self._fence:
            self._text = (self._text + character)[-len(self._fence) :]
            if self._text == self._fence:
                self._text = self._fence = ""
            return ""
        if character == "\n":
            return self._take()
        text = self._text + character
        if text.endswith(FENCE) or text.strip() == WAVES:
            self._fence = text[-len(FENCE) :]
            return self._take()[: 1 - len(FENCE)]
        if self._is_over(character):
            return self._take(character)
        self._text += character
        return self._cut() if len(self._text) >= LONGEST else ""

    def _take(self, rest: str = "") -> str:
        text, self._text = self._text, rest
        return text

    def _is_over(self, following: str) -> bool:
        """Tell whether a sentence ends before a character."""
        text = self._text
        if not text or following.isspace():
            return False
        if not text[-1].isspace():
            return following not in CLOSES + ENDS_AT_ONCE and END_AT_ONCE.search(text) is not None
        if following.islower() or following in SURELY_CLOSES or following in ENDS:
            return False
        text = text.rstrip()
        return END.search(text) is not None and SHORT.search(text) is None

    def _cut(self) -> str:
        """Cut what is too long at the last comma, or else at the last space; where there is none, right here."""
        breaks = [found.end() for found in BREAKS.finditer(self._text)]
        commas = [end for end in breaks if self._text[end - 2 : end - 1] in (",", ";", ":", "—", "–")]
        later = [end for end in commas if end > LONGEST // 2] or [end for end in breaks if end > LONGEST // 2]
        at = later[-1] if later else len(self._text)
        return self._take(self._text[at:]) if at == len(self._text) else self._split(at)

    def _split(self, at: int) -> str:
        text, self._text = self._text[:at], self._text[at:]
        return text

    def _done(self, text: str) -> list[str]:
        said = plain(text)
        return [said] if said else []
