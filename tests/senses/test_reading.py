"""Sentences that were typed."""

from __future__ import annotations

import pytest

from cortex import Sentence, WireError
from senses.reading import Reading, ReadingHeader

READING = Reading(Reading.Options())


def test_a_sentence_is_read_as_it_was_typed_and_is_never_the_bots_own_voice():
    sentence = READING.decode(ReadingHeader(sense="reading", text=" ça va ? ", language="fr", id="s1"), b"")
    assert isinstance(sentence, Sentence)
    assert (sentence.text, sentence.language, sentence.id) == ("ça va ?", "fr", "s1")
    assert (sentence.final, sentence.aloud) == (True, False)


@pytest.mark.parametrize("text", ["", "\n", "x" * 10_001])
def test_nothing_and_too_much_are_refused(text):
    with pytest.raises(WireError) as caught:
        READING.decode(ReadingHeader(sense="reading", text=text, id="s1"), b"")
    assert (caught.value.code, caught.value.answers) == ("bad-text", "s1")
