"""When a plugin is benched, and when it is tried again. The clock is a number."""

from __future__ import annotations

import pytest

from cortex.health import FAILURES, FIRST_PAUSE, LAST_PAUSE, Health, State


@pytest.fixture(name="health")
def _health():
    health = Health("classifier")
    health.started()
    return health


def bench(health, now=0.0):
    for _ in range(FAILURES):
        health.failed("ValueError: no", now)


def test_a_plugin_is_starting_until_it_has_started():
    health = Health("classifier")
    assert (health.state, health.may_try(0)) == (State.STARTING, False)
    health.started()
    assert (health.state, health.may_try(0)) == (State.WORKING, True)


def test_a_plugin_that_failed_to_start_is_never_tried():
    health = Health("classifier")
    health.failed_to_start("no model")
    assert health.status.reason == "no model"
    assert not health.may_try(1e9)


def test_the_fifth_failure_in_a_row_benches(health):
    changed = [health.failed("ValueError: no", 0) for _ in range(FAILURES)]
    assert changed == [False] * 4 + [True]
    assert health.state is State.BENCHED
    assert "ValueError: no" in health.reason
    assert "in 15 s" in health.reason


def test_a_success_between_failures_begins_the_count_anew(health):
    for _ in range(3):
        for _ in range(FAILURES - 1):
            health.failed("no", 0)
        assert health.succeeded() is False
    assert health.state is State.WORKING


def test_a_benched_plugin_is_left_alone_until_its_pause_is_over(health):
    bench(health)
    assert not health.may_try(FIRST_PAUSE - 0.1)
    assert health.may_try(FIRST_PAUSE)


def test_the_pauses_grow_up_to_the_longest(health):
    bench(health)
    now, pause, pauses = 0.0, FIRST_PAUSE, []
    for _ in range(8):
        now += pause
        assert health.may_try(now)
        health.failed("no", now)
        pause = min(pause * 2, LAST_PAUSE)
        assert not health.may_try(now + pause - 0.1)
        pauses.append(pause)
    assert pauses == [30, 60, 120, 240, 480, 900, 900, 900]


def test_calls_that_were_under_way_when_it_was_benched_do_not_lengthen_the_pause(health):
    bench(health)
    for _ in range(50):
        health.failed("no", 0.01)
    assert health.may_try(FIRST_PAUSE + 0.02)


def test_a_success_brings_it_back_with_a_clean_slate(health):
    bench(health)
    health.failed("no", FIRST_PAUSE)
    assert health.succeeded() is True
    assert (health.state, health.reason) == (State.WORKING, "")
    bench(health, 100)
    assert health.may_try(100 + FIRST_PAUSE)


def test_a_grave_failure_benches_at_once(health):
    assert health.failed("blocked the event loop", 0, grave=True) is True
    assert health.state is State.BENCHED
