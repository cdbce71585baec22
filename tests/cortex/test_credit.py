"""Flow control by credit. The clock and the timer are handed in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cortex import Stimulus
from cortex.credit import LONGEST, SHORTEST, Credits


class Eye:
    """A client: it counts its credits."""

    def __init__(self):
        self.credits = 0

    def give_credit(self, sense):
        assert sense == "vision"
        self.credits += 1


class Desk:
    """Credits, with a clock that the test turns."""

    def __init__(self, width=1, horizon=0.05):
        self.now = 0.0
        self.timers = []
        self.credits = Credits("vision", lambda: self.now, self._call_later)
        self.credits.pace(width, horizon)

    def _call_later(self, seconds, call):
        self.timers.append((self.now + seconds, call))

    def turn(self, seconds):
        end = self.now + seconds
        while due := sorted((timer for timer in self.timers if timer[0] <= end), key=lambda timer: timer[0]):
            self.timers.remove(due[0])
            self.now = max(self.now, due[0][0]) + 1e-9  # no timer is early, and none is exact
            due[0][1]()
        self.now = end

    def eyes(self, number):
        eyes = [Eye() for _ in range(number)]
        for eye in eyes:
            self.credits.join(eye)
        return eyes

    def sends(self, eye):
        """Let an eye send a frame, with a credit if it has one."""
        frame = Stimulus(sense="vision")
        eye.credits = max(0, eye.credits - 1)
        self.credits.arrived(frame, eye)
        return frame


def test_a_client_gets_one_credit_at_its_hello():
    desk = Desk()
    (eye,) = desk.eyes(1)
    desk.turn(10)
    assert eye.credits == 1


def test_a_credit_comes_back_when_the_frame_is_looked_at():
    desk = Desk()
    (eye,) = desk.eyes(1)
    frame = desk.sends(eye)
    desk.turn(10)
    assert eye.credits == 0
    desk.credits.gone(frame)
    assert eye.credits == 1


def test_a_frame_is_awaited_if_it_came_by_credit_until_it_is_looked_at():
    desk = Desk()
    (eye,) = desk.eyes(1)
    polite, rude = desk.sends(eye), desk.sends(eye)
    assert desk.credits.awaits(polite)
    assert not desk.credits.awaits(rude)
    desk.credits.gone(polite)
    assert not desk.credits.awaits(polite)


def test_nobody_gets_a_credit_while_nobody_looks():
    desk = Desk(width=0)
    (eye,) = desk.eyes(1)
    desk.turn(10)
    assert eye.credits == 0
    desk.credits.pace(1, None)
    assert eye.credits == 1


def test_a_single_look_gets_a_credit_though_nobody_looks_all_the_time():
    desk = Desk(width=0)
    (eye,) = desk.eyes(1)
    desk.credits.lend()
    desk.credits.lend()
    assert eye.credits == 1
    frame = desk.sends(eye)
    desk.credits.gone(frame)
    desk.turn(10)
    assert eye.credits == 0


def test_a_single_look_does_not_wait_for_a_frame_that_waits_to_be_looked_at():
    desk = Desk()
    (eye,) = desk.eyes(1)
    desk.sends(eye)  # the cortex that would look at it waits for a fresh one
    desk.turn(10)
    assert eye.credits == 0
    desk.credits.lend()
    assert eye.credits == 1


def test_no_more_frames_are_under_way_than_are_looked_at_at_once():
    desk = Desk(width=2)
    eyes = desk.eyes(5)
    assert [eye.credits for eye in eyes] == [1, 1, 0, 0, 0]


def test_credits_go_round_so_that_every_client_has_its_turn():
    desk = Desk(width=1)
    eyes = desk.eyes(3)
    for turn in range(9):
        holder = next(eye for eye in eyes if eye.credits)
        assert holder is eyes[turn % 3]
        desk.credits.gone(desk.sends(holder))


def test_a_credit_that_is_not_used_holds_up_nobody():
    desk = Desk(width=1, horizon=0.05)
    asleep, awake = desk.eyes(2)
    assert awake.credits == 0
    desk.turn(0.06)
    assert asleep.credits == awake.credits == 1


def test_a_thousand_clients_with_their_eyes_shut_cost_one_who_looks_no_more_than_a_horizon_each():
    desk = Desk(width=1, horizon=0.01)
    desk.eyes(1000)
    (awake,) = desk.eyes(1)
    desk.turn(10.1)
    assert awake.credits == 1
    for _ in range(10):
        desk.credits.gone(desk.sends(awake))
        desk.turn(0.01)
        assert awake.credits == 1


def test_what_is_sent_without_a_credit_earns_none():
    desk = Desk()
    (flooder,) = desk.eyes(1)
    frames = [desk.sends(flooder) for _ in range(100)]
    for frame in frames:
        desk.credits.gone(frame)
    desk.turn(10)
    assert flooder.credits == 1


def test_a_flooder_does_not_take_anothers_credit():
    desk = Desk(width=1)
    flooder, polite = desk.eyes(2)
    for _ in range(100):
        desk.credits.gone(desk.sends(flooder))
    desk.turn(0.06)
    assert polite.credits == 1


def test_a_stimulus_gives_its_credit_back_only_once():
    desk = Desk()
    (eye,) = desk.eyes(1)
    frame = desk.sends(eye)
    desk.credits.gone(frame)
    desk.credits.gone(frame)
    desk.turn(10)
    assert eye.credits == 1


def test_a_client_that_leaves_is_given_nothing_more():
    desk = Desk(width=1)
    first, second = desk.eyes(2)
    desk.credits.leave(second)
    desk.turn(10)
    assert (first.credits, second.credits) == (1, 0)


def test_the_frame_of_a_client_that_left_blocks_nobody():
    desk = Desk(width=1)
    first, second = desk.eyes(2)
    frame = desk.sends(first)
    assert second.credits == 0
    desk.credits.leave(first)
    assert second.credits == 1
    desk.credits.gone(frame)
    assert first.credits == 0


@pytest.mark.parametrize(("horizon", "kept"), [(1e-6, SHORTEST), (0.03, 0.03), (20, LONGEST)])
def test_the_time_that_one_look_takes_is_kept_within_reason(horizon, kept):
    assert Desk(horizon=horizon).credits.horizon == kept


@given(st.integers(1, 4), st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=60))
def test_no_client_ever_holds_more_than_one_credit(width, turns):
    desk = Desk(width=width)
    eyes = desk.eyes(6)
    under_way = []
    for number, look in turns:
        under_way.append(desk.sends(eyes[number]))
        if look:
            desk.credits.gone(under_way.pop(0))
        desk.turn(0.02)
        assert all(eye.credits <= 1 for eye in eyes)
    for frame in under_way:
        desk.credits.gone(frame)
    desk.turn(10)
    assert [eye.credits for eye in eyes] == [1] * 6
