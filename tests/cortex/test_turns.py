"""Who is next where a rate lets only some through. The clock is a number."""

from __future__ import annotations

from cortex.turns import ALIVE, Turns


def test_one_alone_is_always_next():
    turns = Turns()
    for now in (0.0, 1.0, 2.0):
        turns.send_away("one", now)
        assert turns.is_next("one", now)
        turns.go("one", now)


def test_who_was_sent_away_goes_before_one_who_has_just_gone():
    turns = Turns()
    turns.go("one", 10.0)
    turns.send_away("two", 10.1)
    assert not turns.is_next("one", 11.0)
    assert turns.is_next("two", 11.0)
    turns.go("two", 11.0)
    assert turns.is_next("one", 12.0)


def test_who_does_not_come_back_is_waited_for_no_longer():
    turns = Turns()
    turns.go("one", 10.0)
    turns.send_away("two", 10.0)
    assert not turns.is_next("one", 10.0 + ALIVE)
    assert turns.is_next("one", 10.1 + ALIVE)


def test_who_has_left_is_forgotten():
    turns = Turns()
    turns.go("one", 10.0)
    turns.send_away("two", 10.1)
    turns.forget("two")
    assert turns.is_next("one", 10.2)
