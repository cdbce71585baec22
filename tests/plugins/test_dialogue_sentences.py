"""What is understood, and what is not: 200 sentences and more in each language, and 50 that mean something else."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cortex_dialogue.phrasebook import phrasebook
from cortex_dialogue.plain import LONGEST

FOLDER = Path(__file__).parent / "sentences"
SHARE = 0.95

LANGUAGES = ["en", "fr"]
each_language = pytest.mark.parametrize("language", LANGUAGES)


def understand(text, language=""):
    """The intent and the slots of a sentence, or None."""
    understood = phrasebook("").understanding.understand(text, language)
    return None if understood is None else (understood.intent, understood.slots)


def understood_by(text, language=""):
    """The language of the file that a sentence was understood by."""
    return phrasebook("").understanding.understand(text, language).language


def read(language):
    """The sentences of a language: text, intent and slots; and those that mean something else."""
    data = msgspec.yaml.decode((FOLDER / f"{language}.yaml").read_bytes())
    said = [
        (text, intent, texts[text] if isinstance(texts, dict) else {})
        for intent, texts in data["understood"].items()
        for text in texts
    ]
    return said, data["other"]


@each_language
@pytest.mark.parametrize("tag", [True, False], ids=["in-its-language", "in-no-known-language"])
def test_nearly_all_that_people_say_is_understood(language, tag):
    said, _ = read(language)
    tag = language if tag else ""
    wrong = [
        f"{text!r}: {understand(text, tag)} instead of {(intent, slots)}"
        for text, intent, slots in said
        if understand(text, tag) != (intent, slots)
    ]
    assert len(said) >= 200
    assert 1 - len(wrong) / len(said) >= SHARE, "\n".join(wrong)


@each_language
def test_what_means_something_else_is_left_to_others(language):
    _, other = read(language)
    taken = [f"{text!r}: {understand(text, tag)}" for text in other for tag in LANGUAGES if understand(text, tag)]
    assert len(other) >= 50
    assert taken == []


@each_language
def test_every_intent_is_among_the_sentences(language):
    said, _ = read(language)
    assert {intent for _, intent, _ in said} == set(phrasebook("")._languages[language].sentences)


@pytest.mark.parametrize(
    ("text", "language", "by"),
    [
        ("Ouvre les yeux", "en-US", "fr"),
        ("Open your eyes", "fr-FR", "en"),
        ("Open your eyes", "de-DE", "en"),
        ("silence", "fr-CA", "fr"),
        ("silence", "en-GB", "en"),
        ("photo", "FR", "fr"),
    ],
)
def test_the_language_of_the_sentence_is_tried_first_and_then_the_others(text, language, by):
    assert understood_by(text, language) == by


@pytest.mark.parametrize(
    "text",
    [
        "What is this?",
        "what is this",
        "WHAT IS THIS",
        "  what   is\tthis ",
        "What's this?",
        "What’s this?",
        "whats this",
        "… what is this?!",
        "Hello, what is this? Thanks!",
        "hey um so like what is this okay",
        "What is this? 🤔",
        "„What is this?“",
    ],
)
def test_a_sentence_is_understood_however_it_is_written(text):
    assert understand(text, "en") == ("look", {})


@pytest.mark.parametrize("text", ["Répète", "repete", "RÉPÈTE !", "Re\u0301pe\u0300te", "répète s’il te plaît"])
def test_accents_make_no_difference(text):
    assert understand(text, "fr") == ("repeat", {})


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("this is my mug", {"thing": "mug", "owner": "mine"}),
        ("this is the mug", {"thing": "mug"}),
        ("this is Olivier", {"thing": "Olivier"}),
        ("This is Marie Dupont", {"thing": "Marie Dupont"}),
        ("this is coffee", {"thing": "coffee"}),
        ("this is my T-shirt", {"thing": "T-shirt", "owner": "mine"}),
        ("this is my USB-C cable", {"thing": "USB-C cable", "owner": "mine"}),
        ('remember this as "blue mug".', {"thing": "blue mug"}),
        ("this is my mug please", {"thing": "mug", "owner": "mine"}),
        ("Voici l’œuf", {"thing": "œuf"}),
        ("voici ma brosse à dents", {"thing": "brosse à dents", "owner": "mine"}),
        ("ça c'est l'ouvre-boîte", {"thing": "ouvre-boîte"}),
    ],
)
def test_a_name_is_as_the_person_says_it_without_article(text, slots):
    assert understand(text) == ("learn", slots)


@pytest.mark.parametrize(
    "text",
    [
        "this is olivier",  # nothing tells it from "this is ridiculous"
        "This Is Ridiculous",
        "THIS IS RIDICULOUS",
        "this is my mug and this is my phone",
        "this is the thing that I told you about",
        "this is my very old but still quite beautiful mug",
        "this is my <b>mug</b>",
        "this is my ../../etc/passwd",
        "this is my {thing}",
        "this is my 123",
        "this is my",
        "this is a a",
        "this is my " + "x" * 61,
        "c'est magnifique",
        "c'est un peu tard",
        "voilà c'est tout",
    ],
)
def test_what_is_no_name_is_no_lesson(text):
    assert understand(text) is None


def test_a_sentence_has_no_more_than_so_many_characters():
    polite = "please " * 40
    assert understand("please what is this") == ("look", {})
    assert len(polite) > LONGEST
    assert understand(polite + "what is this") is None


def test_a_letter_that_only_seems_to_be_another_does_no_harm():
    assert understand("İm holding my mug", "en") is None
    assert understand("im holding my mug", "en") == ("learn", {"thing": "mug", "owner": "mine"})


def test_a_word_within_a_name_that_may_be_left_out_is_left_out():
    assert understand("how many big really red dogs did you see", "en") == ("count", {"thing": "big red dogs"})


@settings(deadline=None)
@given(st.text(max_size=2 * LONGEST), st.sampled_from(["", "en-US", "fr", "xx", "-"]))
def test_any_text_at_all_does_no_harm(text, language):
    understood = understand(text, language)
    assert understood is None or set(understood[1]) <= {"thing", "owner"}


WORDS = [
    "this",
    "is",
    "that",
    "not",
    "it's",
    "c'est",
    "pas",
    "ça",
    "no",
    "non",
    "my",
    "ma",
    "the",
    "how",
    "many",
    "did",
    "you",
    "see",
    "combien",
    "de",
    "tu",
    "as",
    "vu",
    "today",
    "please",
]


@settings(deadline=None)
@given(st.lists(st.sampled_from([*WORDS, "mug", "tasse", "Ann"]), max_size=60).map(" ".join))
def test_any_words_of_the_templates_do_no_harm(text):
    understood = understand(text)
    assert understood is None or 0 < len(understood[1].get("thing", "x").split()) <= 5


def test_a_text_of_ten_thousand_characters_costs_nothing(monkeypatch):
    """It is refused by its length, before anything looks at it."""
    monkeypatch.setattr("cortex_dialogue.understanding.tidy", lambda text: pytest.fail("looked at it"))
    assert understand("this is my mug " * 700) is None


def test_the_worst_sentences_come_to_an_end():
    """Templates with two names in them are what might try every place of one against every place of the other."""
    for word in ("it's not ", "no ", "please ", "a ", "that's not that's ", "non c'est pas ", "de ", "'", "-", ". "):
        for text in ((word * LONGEST)[:LONGEST], f"it's not {(word * LONGEST)[: LONGEST - 30]} it's my mug"):
            understood = understand(text)
            assert understood is None or understood[0] in ("no", "correct")


@pytest.mark.parametrize(
    "text", ["is this my mug", "do you see my keys", "est-ce que c'est ma tasse", "tu vois ma tasse"]
)
def test_whether_it_is_a_thing_is_a_look(text):
    intent, slots = understand(text, "fr" if "ma tasse" in text else "en")
    assert (intent, slots["owner"]) == ("look", "mine")
