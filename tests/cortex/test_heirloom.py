"""What is kept when the class of a session's state is exchanged."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from cortex import Session
from cortex.heirloom import carried_over


def version_of(kind, name="Memory"):
    """Make a class look like another version of one and the same."""
    kind.__module__, kind.__qualname__ = "robin", name
    return kind


def test_attributes_are_carried_over_and_new_ones_keep_their_first_value():
    @dataclass
    class Old:
        words: list = field(default_factory=list)

    @dataclass
    class New:
        words: list = field(default_factory=list)
        count: int = 7

        def longest(self):
            return max(self.words, key=len)

    session = Session()
    session.state(version_of(Old)).words += ["a", "abc"]
    state = session.state(version_of(New))
    assert (state.longest(), state.count) == ("abc", 7)
    assert session.state(New) is state


def test_classes_of_one_name_in_two_plugins_are_not_mixed_up():
    class One:
        word = "one"

    class Two:
        word = "two"

    version_of(One).__module__ = "wren"
    session = Session()
    session.state(One).word = "changed"
    assert session.state(version_of(Two)).word == "two"


def test_slots_and_structs_are_carried_over():
    class Slotted:
        __slots__ = ("a", "never_set")

        def __init__(self):
            self.a = 1

    class Struct(msgspec.Struct):
        a: int = 1
        b: int = 2

    slotted, struct = Slotted(), Struct()
    slotted.a = struct.a = 5
    assert carried_over(slotted, Slotted()).a == 5
    assert carried_over(struct, Struct()) == Struct(a=5)
    assert carried_over(slotted, Struct()) == Struct(a=5)


def test_one_attribute_that_cannot_be_carried_over_stops_no_other_and_is_logged_once(caplog):
    class Old:
        def __init__(self):
            self.before, self.count, self.after = "b", -1, "a"

    class New:
        @property
        def count(self):
            return 0

        @count.setter
        def count(self, count):
            raise ValueError(f"{count} is no count")

    for session in (Session(), Session()):
        session.state(version_of(Old))
        state = session.state(version_of(New))
        assert (state.before, state.count, state.after) == ("b", 0, "a")
        assert session.state(New) is state
    (line,) = caplog.records
    assert line.getMessage() == "Memory.count of robin is not carried over"
    assert "-1 is no count" in caplog.text


def test_an_attribute_that_cannot_be_read_stops_no_other(caplog):
    class Old:
        @property
        def odd(self):
            raise OSError("gone")

    class New:
        odd = 1

    old = Old()
    vars(old).update(odd=2, even=4)
    new = carried_over(old, New())
    assert (new.odd, new.even) == (1, 4)
    assert "gone" in caplog.text


def test_the_slot_of_the_dictionary_is_none_to_carry_over():
    class Slotted:
        __slots__ = ("__dict__",)

    class New(Slotted):
        def __init__(self):
            self.fresh = 1

    old = Slotted()
    old.a = 5
    new = carried_over(old, New())
    assert vars(new) == {"fresh": 1, "a": 5}


def test_what_cannot_be_set_begins_anew():
    @dataclass(frozen=True)
    class Frozen:
        a: int = 1

    class Slotted:
        __slots__ = ("b",)

        def __init__(self):
            self.b = 2

    class Plain:
        pass

    plain = Plain()
    plain.a = plain.b = 5
    assert carried_over(plain, Frozen()) == Frozen()
    assert carried_over(plain, Slotted()).b == 5
    assert carried_over(None, Frozen()) == Frozen()
