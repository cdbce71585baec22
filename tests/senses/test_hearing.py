"""Sentences that were heard."""

from __future__ import annotations

import pytest

from cortex import Sentence, WireError
from senses.hearing import Hearing, HearingHeader

HEARING = Hearing(Hearing.Options())


def hear(**fields):
    return HEARING.decode(HearingHeader(sense="hearing", **fields), b"")


def test_a_sentence_is_final_unless_it_says_otherwise_and_came_through_the_air():
    sentence = hear(text=" hello ", language="en-GB")
    assert isinstance(sentence, Sentence)
    assert (sentence.text, sentence.language, sentence.final, sentence.aloud) == ("hello", "en-GB", True, True)
    assert not hear(text="hel", final=False).final


def test_it_keeps_its_id_and_its_time():
    sentence = hear(text="hello", id="s1", captured=2500.0)
    assert (sentence.id, sentence.captured) == ("s1", 2.5)


def test_a_sentence_without_an_id_gets_one():
    assert hear(text="a").id != hear(text="a").id


def test_silence_is_refused():
    with pytest.raises(WireError, match="empty"):
        hear(text=" ", id="s1")


def test_the_page_is_told_how_to_listen():
    assert Hearing(Hearing.Options(language="fr-FR")).settings() == {"language": "fr-FR", "interim": True}
