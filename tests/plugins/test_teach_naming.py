"""What a thing may be called, and when two names are the same."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cortex import CortexError
from cortex_teach.naming import LONGEST, NameRefused, checked, key


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("mug", "mug"),
        ("  sugar \t\n bowl ", "sugar bowl"),
        ('"mug"', "mug"),
        ("« la théière ».", "la théière"),
        ("mug!", "mug"),
        ("mug ☕", "mug ☕"),
        ("☕", "☕"),
        ("👩‍🔬", "👩‍🔬"),
        ("the 'best' mug", "the 'best' mug"),
        ('the "best" mug', 'the "best" mug'),
        ("Olivier's mug", "Olivier's mug"),
        ("C++", "C++"),
        ("C#", "C#"),
        ("#1 mug", "#1 mug"),
        ("AC/DC mug", "AC/DC mug"),
        ("R&D", "R&D"),
        ("I <3 tea", "I <3 tea"),
        ("7 < 8", "7 < 8"),
        ("cafe\u0301", "café"),
        ("杯子", "杯子"),
        ("mug\ufeff\u200b", "mug"),
        ("Dr. Who", "Dr. Who"),
        ("x" * LONGEST, "x" * LONGEST),
        ("e\u00ad\u0301", "é"),
        ("e\u0301" * LONGEST, "é" * LONGEST),
        ("'; DROP TABLE things; --", "DROP TABLE things; --"),
    ],
)
def test_a_name_is_kept_as_it_was_meant(said, kept):
    assert checked(said) == kept


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("", "a name needs a letter, a digit or an emoji"),
        (" \t ", "a name needs a letter"),
        ("...", "a name needs a letter"),
        ("?! — ()", "a name needs a letter"),
        ("\u200b", "a name needs a letter"),
        ("mug\0", "control characters"),
        ("\x1b[31mmug", "control characters"),
        ("gum \u202egum", "control characters"),
        ("mug \ud83d", "control characters"),
        ("<b>mug</b>", "'<b>mug</b>' has markup in it"),
        ("mug<img src=x onerror=alert(1)>", "has markup in it"),
        ("<!-- mug", "has markup in it"),
        ("../../etc/passwd", "'../../etc/passwd' is a path, not a name"),
        ("/etc/passwd", "is a path"),
        ("~/.ssh", "is a path"),
        ("mugs/../../x", "is a path"),
        ("mugs/..", "is a path"),
        ("..", "is a path"),
        ("'/etc/passwd'", "is a path"),
        ("~", "is a path"),
        ("C:/Windows", "is a path"),
        ("C:\\Windows", "is a path"),
        ("mugs\\blue", "is a path"),
        ("x" * (LONGEST + 1), "the name has 61 characters; at most 60 are kept"),
        ("x" * 200, "the name has 200 characters"),
    ],
)
def test_what_is_no_name_is_refused_with_the_reason(said, why):
    with pytest.raises(NameRefused) as refused:
        checked(said)
    assert why in str(refused.value)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 150


def test_a_refusal_is_an_error_of_cortex_and_of_a_value():
    assert issubclass(NameRefused, CortexError)
    assert issubclass(NameRefused, ValueError)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mug", "Mug"),
        ("mug", "my mug"),
        ("your mug", "The mug"),
        ("sugar bowl", "Sugar-Bowl"),
        ("la tasse", "ma tasse"),
        ("l'avion", "L’avion"),
        ("l'avion", "avion"),
        ("Straße", "STRASSE"),
        ("ﬁsh", "fish"),
        ("café", "cafe\u0301"),
        ("mug ☕", "mug ☕\ufe0f"),
        ("Olivier's mug", "olivier’s mug"),
        ("the my mug", "mug"),
    ],
)
def test_two_names_of_one_thing(one, other):
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("mug", "mugs"), ("a", "the"), ("la", "le"), ("cote", "côté"), ("anvil", "vil"), ("my", "")]
)
def test_two_names_of_two_things(one, other):
    assert key(one) != key(other)


def test_what_is_only_an_article_is_a_name_all_the_same():
    assert key("The") == "the"
    assert key("l'") == "l'"
    assert key("--") == "--"


@given(st.text(max_size=80))
@example("the the")
@example("' a '")
@example("ﬀ" * LONGEST)
def test_whatever_is_kept_is_kept_the_same_a_second_time(said):
    try:
        name = checked(said)
    except NameRefused:
        return
    assert checked(name) == name
    assert name == unicodedata.normalize("NFC", name)
    assert name == " ".join(name.split())
    assert 1 <= len(name) <= LONGEST
    assert name.encode()
    assert key(name)
    assert key(key(name)) == key(name)


@given(st.text(st.characters(categories=["L", "N", "Zs"]), max_size=40))
def test_small_and_capital_letters_are_the_same(name):
    assert key(name.upper()) == key(name.upper().lower())
    assert key(f" {name} ") == key(name)
