"""From a sentence to what it means: an intent and its slots, in one of the languages of the data files."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from cortex_dialogue.noun import Nouns
from cortex_dialogue.plain import LONGEST, fold, tidy
from cortex_dialogue.templates import Templates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from hassil import RecognizeResult

    from cortex_dialogue.language import Language

TRIES = 5  # places where a sentence may begin, and where it may end


class Understood(NamedTuple):
    """What a sentence means."""

    intent: str
    slots: dict[str, str]
    language: str
    """The language of the file that it was understood by."""


class Ear:
    """Understands one language."""

    def __init__(self, code: str, language: Language) -> None:
        self._code = code
        self._nouns = Nouns(language.names)
        self._spellings = {word.lower(): spelling for word, spelling in language.spellings.items()}
        self._odd = re.compile(rf"\b(?:{_either(self._spellings)})\b", re.IGNORECASE)
        # The first of "no no" is a filler too.
        self._before = re.compile(
            rf"(?:{_either(map(fold, language.fillers.before))}|(\w+)(?= \1\b))\s+", re.IGNORECASE
        )
        self._after = re.compile(rf"\s+(?:{_either(map(fold, language.fillers.after))})$", re.IGNORECASE)
        self._templates = Templates(code, language)

    def understand(self, text: str) -> Understood | None:
        """Return what a tidy sentence means, or `None`."""
        # A letter such as "İ" matches "i", but does not become one.
        text = self._odd.sub(lambda found: self._spellings.get(found[0].lower(), found[0]), text)
        begins, ends = self._edges(text)
        for begin in begins:
            meanings = [self._meaning(text[begin:end]) for end in ends if begin < end]
            for meaning in meanings:
                if meaning is not None and not meaning.slots:
                    return meaning
            # A name at the end would take in what stands behind it, so the shortest sentence is the right one.
            for meaning in reversed(meanings):
                if meaning is not None:
                    return meaning
        return None

    def _edges(self, text: str) -> tuple[list[int], list[int]]:
        """Return where a sentence may begin and end if what stands round it is taken away bit by bit."""
        folded = fold(text)
        begins, ends = [0], [len(text)]
        while len(begins) < TRIES and (begin := self._before.match(folded, begins[-1])):
            begins.append(begin.end())
        while len(ends) < TRIES and (end := self._after.search(folded[: ends[-1]])):
            ends.append(end.start())
        return begins, ends

    def _meaning(self, sentence: str) -> Understood | None:
        """Return what a sentence means by the template that has most of it, or `None`."""
        found = [self._checked(result, sentence) for result in self._templates.recognise(fold(sentence))]
        return max((each for each in found if each is not None), key=lambda each: each[0], default=(0, None))[1]

    def _checked(self, result: RecognizeResult, sentence: str) -> tuple[int, Understood] | None:
        """Return how much of the sentence the template has and what it means; `None` where a name is none."""
        slots: dict[str, str] = {}
        for slot, entity in result.entities.items():
            noun = self._nouns.noun(_said(entity.value, sentence), sentence)
            if noun is None or (slot == "thing" and not noun.certain):
                return None
            if slot != "other":
                slots = {"thing": noun.name, **({"owner": "mine"} if noun.mine else {})}
        return result.text_chunks_matched, Understood(result.intent.name, slots, self._code)


class Understanding:
    """Understands several languages."""

    def __init__(self, languages: Mapping[str, Language]) -> None:
        self._ears = {code: Ear(code, language) for code, language in languages.items()}
        self._understand = lru_cache(maxsize=256)(self._first)

    def understand(self, text: str, language: str = "") -> Understood | None:
        """Return what a sentence means, or `None`; `language` is tried first, a BCP 47 tag."""
        if len(text) > LONGEST:
            return None
        return self._understand(tidy(text), primary(language))

    def _first(self, text: str, language: str) -> Understood | None:
        for ear in self._in_order(language):
            understood = ear.understand(text)
            if understood is not None:
                return understood
        return None

    def _in_order(self, language: str) -> Iterator[Ear]:
        yield from (ear for code, ear in self._ears.items() if code == language)
        yield from (ear for code, ear in self._ears.items() if code != language)


def primary(tag: str) -> str:
    """Return the language of a BCP 47 tag: `fr` of `fr-FR`."""
    return tag.partition("-")[0].lower()


def _either(words: Iterable[str]) -> str:
    """Return a pattern of any of these, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or "(?!)"


def _said(value: str, sentence: str) -> str:
    """Return a part of a folded sentence as it stands in the sentence itself."""
    begin = fold(sentence).rfind(value)
    return sentence[begin : begin + len(value)] if begin >= 0 else value
