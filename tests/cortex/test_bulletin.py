"""How the plugins are is told when it changes, at most once a second, and only while somebody listens."""

from __future__ import annotations

import pytest

from cortex.bulletin import PERIOD, Bulletin
from cortex.testing import Clock


class Board:
    """A bulletin, what is to be told, and who listens."""

    def __init__(self):
        self.clock = Clock()
        self.statuses = ["well"]
        self.listening = True
        self.told = []
        self.bulletin = Bulletin(lambda: self.statuses, self.told.append, lambda: self.listening, self.clock)


@pytest.fixture(name="board")
def _board():
    return Board()


async def test_the_first_change_is_told_at_once(board):
    board.bulletin.changed()
    assert board.told == [["well"]]


async def test_further_changes_are_told_together_within_a_second(board):
    board.bulletin.changed()
    for state in ("ill", "worse", "benched"):
        board.statuses = [state]
        board.bulletin.changed()
    assert board.told == [["well"]]
    await board.clock.advance(PERIOD)
    assert board.told == [["well"], ["benched"]]


async def test_what_changes_without_anybody_noticing_is_told_too(board):
    board.bulletin.changed()
    await board.clock.advance(PERIOD * 3)
    board.statuses = ["busy"]
    await board.clock.advance(PERIOD)
    assert board.told == [["well"], ["busy"]]


async def test_what_has_not_changed_is_not_told_again(board):
    board.bulletin.changed()
    await board.clock.advance(PERIOD * 5)
    assert board.told == [["well"]]


async def test_nobody_is_asked_while_nobody_listens(board):
    board.listening = False
    board.bulletin.changed()
    await board.clock.advance(PERIOD * 5)
    assert board.told == []
    board.listening = True
    board.bulletin.changed()
    assert board.told == [["well"]]


async def test_it_ends(board):
    board.bulletin.changed()
    board.bulletin.stop()
    board.statuses = ["ill"]
    await board.clock.advance(PERIOD * 5)
    assert board.told == [["well"]]
