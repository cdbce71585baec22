"""What waits for a busy cortex."""

from __future__ import annotations

import pytest

from cortex import Stimulus
from cortex.mailbox import LIMIT, Mailbox


def sentence():
    return Stimulus(sense="reading")


def frame(sense="vision"):
    return Stimulus(sense=sense)


def test_sentences_come_out_in_the_order_in_which_they_came():
    mailbox, sentences = Mailbox(), [sentence() for _ in range(5)]
    for each in sentences:
        assert mailbox.put(each, latest=False) is None
    assert [mailbox.take() for _ in sentences] == sentences


def test_only_the_latest_frame_is_kept_and_the_other_is_handed_back():
    mailbox, old, new = Mailbox(), frame(), frame()
    assert mailbox.put(old, latest=True) is None
    assert mailbox.put(new, latest=True) is old
    assert mailbox.take() is new
    assert len(mailbox) == 0


def test_the_latest_of_two_senses_do_not_drive_each_other_out():
    mailbox, eye, hand = Mailbox(), frame("vision"), frame("touch")
    mailbox.put(eye, latest=True)
    assert mailbox.put(hand, latest=True) is None
    assert {mailbox.take(), mailbox.take()} == {eye, hand}


def test_past_the_limit_the_oldest_sentence_is_handed_back():
    mailbox, sentences = Mailbox(), [sentence() for _ in range(LIMIT + 1)]
    driven_out = [mailbox.put(each, latest=False) for each in sentences]
    assert driven_out == [None] * LIMIT + [sentences[0]]
    assert len(mailbox) == LIMIT == 64
    assert mailbox.take() is sentences[1]


def test_a_sentence_goes_before_a_frame_that_came_earlier():
    mailbox, words, picture = Mailbox(), sentence(), frame()
    mailbox.put(picture, latest=True)
    mailbox.put(words, latest=False)
    assert [mailbox.take(), mailbox.take()] == [words, picture]


def test_clearing_hands_back_what_was_in_it():
    mailbox, words, picture = Mailbox(), sentence(), frame()
    mailbox.put(picture, latest=True)
    mailbox.put(words, latest=False)
    assert mailbox.clear() == [words, picture]
    assert not mailbox


def test_nothing_can_be_taken_from_an_empty_mailbox():
    with pytest.raises(IndexError, match="empty"):
        Mailbox().take()
