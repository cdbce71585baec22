"""From pieces of a stream to sentences that are said: where they end, and what of them is not said."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cortex_llm.seeing import is_about_view
from cortex_llm.sentences import LONGEST, Sentences


def said(*pieces):
    sentences = Sentences()
    texts = [text for piece in pieces for text in sentences.feed(piece)]
    return [*texts, *sentences.end()]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("It is 3.14, e.g. a number, i.e. pi. Yes.", ["It is 3.14, e.g. a number, i.e. pi.", "Yes."]),
        ("Dr. Smith met Mrs. Jones. They spoke.", ["Dr. Smith met Mrs. Jones.", "They spoke."]),
        ("J. R. R. Tolkien wrote it. I read it.", ["J. R. R. Tolkien wrote it.", "I read it."]),
        ("So do I. Really.", ["So do I.", "Really."]),
        ("No. I don't.", ["No.", "I don't."]),
        ("Well... maybe. Well... Yes.", ["Well... maybe.", "Well...", "Yes."]),
        ("Hm… Peut-être ?! Oui.", ["Hm…", "Peut-être ?!", "Oui."]),
        ('He said: "Go. Now." She went.', ['He said: "Go.', 'Now."', "She went."]),
        ("Il dit : « Bonjour. » Puis il part.", ["Il dit : « Bonjour. »", "Puis il part."]),
        ("« Quoi\u202f? » dit-il. Rien\u00a0! Bon.", ["« Quoi\u202f? » dit-il.", "Rien\u00a0!", "Bon."]),
        ("M. Dupont et Mme. Durand sont là. Oui.", ["M. Dupont et Mme. Durand sont là.", "Oui."]),
        ("你好。我是机器人！你呢？", ["你好。", "我是机器人！", "你呢？"]),
        ("彼は「はい。」と言った。そう。", ["彼は「はい。」", "と言った。", "そう。"]),
        ("See https://a.example/b.html?c=d. Fine.", ["See https://a.example/b.html?c=d.", "Fine."]),
        ("Line one\nLine two\n\nLine three", ["Line one", "Line two", "Line three"]),
        ("1. First\n2. Second", ["1. First", "2. Second"]),
        ("It works (really!). And so on.", ["It works (really!).", "And so on."]),
        ("", []),
        (" \n ... \n — \n", []),
    ],
)
def test_where_a_sentence_ends(text, sentences):
    assert said(text) == sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("**Bold.** And *this*, __that__ and `code`.", ["Bold.", "And this, that and code."]),
        ("# Title\n\n- one\n* two\n• three\n> four", ["Title", "one", "two", "three", "four"]),
        ("2 * 3 is 2*3, and snake_case stays.", ["2 * 3 is 2*3, and snake_case stays."]),
        ("[Here](https://a.example/x_(y)) it is.", ["Here) it is."]),
        ("![A cat](cat.png) sits. <https://a.example>", ["A cat sits.", "https://a.example"]),
        ("Look:\n```python\nprint(1). Two\n```\nDone.", ["Look:", "Done."]),
        ("Use this: ```\nls -l\n```\nThat is all.", ["Use this:", "That is all."]),
        ("```print(1)```\nThat is all. Bye.", ["That is all.", "Bye."]),
        ("Try `ls`. ```ls -l``` It lists files.", ["Try ls.", "It lists files."]),
        ("~~~\nrm x\n~~~\nDone.", ["Done."]),
        ("Yes~~~ Of course.", ["Yes~ Of course."]),
        ("Look: ```for ever", ["Look:"]),
        ("| a | b |\n|---|---|\n| 1 | 2 |", ["a, b", "1, 2"]),
        ("---\nYes.", ["Yes."]),
        ("<think>No. Yes.</think>Maybe.", ["Maybe."]),
        ("<thinking>\nNo.\n</thinking>\n\nMaybe. <b> 1 < 2.", ["Maybe.", "<b> 1 < 2."]),
        ("Well <th", ["Well <th"]),
        ("<<think>x</think>Well.", ["<Well."]),
        ("Hm. <think>for ever", ["Hm."]),
    ],
)
def test_what_is_not_said(text, sentences):
    assert said(text) == sentences


def test_a_sentence_is_complete_with_the_first_character_of_the_next():
    sentences = Sentences()
    assert sentences.feed("One. ") == []
    assert sentences.feed("T") == ["One."]
    assert sentences.feed("wo.\n") == ["Two."]


def test_what_never_ends_is_cut_at_a_comma_or_a_space_or_anywhere():
    commas = said("so it went on, " * 60)
    assert all(text.endswith(",") for text in commas)
    words = said("word " * 200)
    assert " ".join(words).split() == ["word"] * 200
    assert "".join(said("x" * 1000)) == "x" * 1000
    assert max(map(len, [*commas, *words, *said("x" * 1000)])) <= LONGEST


MEANT = [
    "One. ",
    "e.g. ",
    "3.14",
    "Dr. ",
    "... ",
    "\n",
    "« Oui. » ",
    "<think>",
    "</think>",
    "**",
    "`",
    "```\n",
    "~~~",
    "。",
]
MEANT += ["「", "」", "\u202f!", "[a](b)", "- ", " ", "<", "I. ", "yes", "No", '"']
PIECES = st.lists(
    st.one_of(
        st.sampled_from(MEANT),
        st.text(max_size=8),
    ),
    max_size=30,
)


@given(PIECES, st.lists(st.integers(0, 200), max_size=12))
def test_the_same_text_makes_the_same_sentences_whatever_pieces_it_comes_in(pieces, cuts):
    text = "".join(pieces)
    edges = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    cut = [text[begin:end] for begin, end in pairwise(edges)]
    assert said(*pieces) == said(text) == said(*cut) == said(*text)


@given(st.text(alphabet="abc ,.!?", max_size=2000))
def test_no_word_is_lost(text):
    letters = "".join(character for character in text if character.isalnum())
    told = "".join(character for each in said(text) for character in each if character.isalnum())
    assert told == letters


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("does this shirt suit me", "en-GB"),
        ("What colour is my hat?", "en"),
        ("how many fingers am I holding up", "en-US"),
        ("can you read that", "en"),
        ("who is behind me", ""),
        ("de quelle couleur est mon chapeau", "fr-FR"),
        ("c'est quoi ça", "fr"),
        ("Que tiens-je dans la main ?", "fr"),
        ("tu vois le chat ?", ""),
    ],
)
def test_sentences_about_what_is_in_view(text, language):
    assert is_about_view(text, language)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("tell me a joke this morning", "en"),
        ("why are black holes black", "en-GB"),
        ("hold on a second", "en"),
        ("what is the capital of france", ""),
        ("raconte-moi une histoire", "fr-FR"),
        ("ça va bien aujourd'hui", "fr"),
        ("pourquoi le ciel est bleu", "fr"),
    ],
)
def test_sentences_about_something_else(text, language):
    assert not is_about_view(text, language)
