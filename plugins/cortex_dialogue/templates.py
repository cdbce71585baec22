"""The templates of a language, in `hassil`'s syntax: those that may match a sentence are tried, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cortex import PluginError
from cortex_dialogue.language import SLOTS
from cortex_dialogue.plain import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hassil import RecognizeResult, SlotList
    from hassil.expression import Expression
    from hassil.intents import Intent

    from cortex_dialogue.language import Language

ANY = ""  # the beginning of every text


class Templates:
    """Recognises sentences. There are hundreds of templates, of which a sentence's first word leaves a few."""

    def __init__(self, code: str, language: Language) -> None:
        from hassil import IntentData, WildcardSlotList, parse_sentence
        from hassil.intents import Intent
        from hassil.parser import ParseError

        self._code = code
        self._skipped = [*map(fold, language.fillers.within)]
        self._lists: dict[str, SlotList] = {slot: WildcardSlotList(name=slot) for slot in SLOTS}
        self._by_beginning: dict[str, list[Intent]] = {}
        self._rule_beginnings: dict[str, tuple[set[str], bool]] = {}
        try:
            self._rules = {name: parse_sentence(fold(rule)) for name, rule in language.rules.items()}
            for name, texts in language.sentences.items():
                for text in map(fold, texts):
                    data = IntentData(sentence_texts=[text])
                    beginnings, empty = self._beginnings(data.sentences[0].expression)
                    for beginning in {ANY} if empty else beginnings:
                        self._by_beginning.setdefault(beginning, []).append(Intent(name, [data]))
        except ParseError as error:
            raise PluginError(f"{code}.yaml: {error}") from error

    def recognise(self, sentence: str) -> Iterator[RecognizeResult]:
        """Yield every way in which a folded sentence matches a template."""
        from hassil import Intents, recognize_all

        word = sentence.partition(" ")[0].casefold()
        beginnings = (word[:length] for length in range(len(word) + 1))
        possible = (intent for beginning in beginnings for intent in self._by_beginning.get(beginning, ()))
        intents = Intents(
            language=self._code,
            intents={str(number): intent for number, intent in enumerate(possible)},
            slot_lists=self._lists,
            expansion_rules=self._rules,
            skip_words=self._skipped,
        )
        yield from recognize_all(sentence, intents)

    def _beginnings(self, part: Expression) -> tuple[set[str], bool]:
        """Return what a match may begin with, a word or the beginning of one, and whether it may be nothing."""
        from hassil import Alternative, RuleReference, Sequence, TextChunk

        if isinstance(part, TextChunk):
            text = part.text.casefold().split()
            return set(text[:1]), not text
        if isinstance(part, RuleReference):
            if part.rule_name not in self._rule_beginnings:
                self._rule_beginnings[part.rule_name] = self._beginnings(self._rules[part.rule_name].expression)
            return self._rule_beginnings[part.rule_name]
        if isinstance(part, Alternative):
            choices = [self._beginnings(item) for item in part.items]
            return set[str]().union(*(words for words, _ in choices)), any(empty for _, empty in choices)
        if not isinstance(part, Sequence):
            return {ANY}, False
        found: set[str] = set()
        for item in part.items:
            words, empty = self._beginnings(item)
            found |= words
            if not empty:
                return found, False
        return found, True
