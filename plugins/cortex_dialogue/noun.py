"""The names of things: which words may be one, so that "this is ridiculous" is no lesson."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from cortex_dialogue.plain import fold

if TYPE_CHECKING:
    from cortex_dialogue.language import Names

WORDS = 5  # that a name has at most
LETTERS = 60


class Noun(NamedTuple):
    """A name as the person says it."""

    name: str
    mine: bool
    """Whether the person called it his or her own."""
    certain: bool
    """Whether it is a name wherever it stands: by an article, a capital letter, or because it is known for one."""


class Nouns:
    """Tells what may be the name of a thing in one language."""

    def __init__(self, names: Names) -> None:
        self._article = _beginning(names.articles)
        self._mine = _beginning(names.mine)
        self._articles = frozenset(fold(word) for word in (*names.articles, *names.mine))
        self._bare = frozenset(word.casefold() for word in names.bare)
        self._never = frozenset(names.never.split())
        self._abstract = frozenset(fold(word) for word in names.abstract.split())

    def noun(self, text: str, sentence: str) -> Noun | None:
        """Return the name that a part of a sentence is, or `None` where it cannot be one."""
        mine = self._mine.match(fold(text))
        article = mine or self._article.match(fold(text))
        name = text[article.end() :] if article else text
        if not self._may_be(name) or fold(name.casefold()) in self._articles:
            return None
        certain = article is not None or name.casefold() in self._bare or _is_capital(name, sentence)
        return Noun(name, mine is not None, certain)

    def _may_be(self, name: str) -> bool:
        words = name.casefold().split()
        if not 0 < len(words) <= WORDS or len(name) > LETTERS or not any(letter.isalpha() for letter in name):
            return False
        if not all(letter in " '.&-" or unicodedata.category(letter)[0] in "LMN" for letter in name):
            return False
        return not any(self._is_no_thing(word) for word in words)

    def _is_no_thing(self, word: str) -> bool:
        head, apostrophe, rest = word.partition("'")
        parts = {fold(word), fold(head), fold(rest)}
        return word in self._never or head + apostrophe in self._never or not self._abstract.isdisjoint(parts)


def _beginning(words: list[str]) -> re.Pattern[str]:
    """Return a pattern of any of these before something else."""
    longest_first = sorted((fold(word) for word in words), key=len, reverse=True)
    choice = "|".join(re.escape(word) + (r"\s*" if word.endswith("'") else r"\s+") for word in longest_first)
    return re.compile(rf"(?:{choice})(?=\S)", re.IGNORECASE)


def _is_capital(name: str, sentence: str) -> bool:
    """Tell whether it is written like the name of somebody, and not only because the whole sentence is."""
    if not name[0].isupper() or name.isupper():
        return False
    words = sentence.split()
    return len(words) == 2 or any(word[0].islower() for word in words)
