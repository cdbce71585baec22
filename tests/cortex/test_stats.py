"""How often and how quickly a cortex thinks, and how its plugin stands."""

from __future__ import annotations

import pytest

from cortex import Cortex, Place
from cortex.health import Health, State
from cortex.limits import Limits
from cortex.meter import Meter
from cortex.standing import status_of
from cortex.stats import MOST, Stats, median_ms
from cortex.tally import Tally
from cortex.testing import Clock
from tests.support.rascals import cortex_of, hang
from tests.support.world import unit


def calls(*times, period=1.0):
    stats = Stats()
    for number, seconds in enumerate(times):
        stats.took(seconds, number * period)
    return stats


def test_the_rate_is_that_of_the_last_ten_seconds():
    stats = calls(*[0.1] * 20)
    assert stats.rate(19.0) == pytest.approx(1.1)
    assert stats.rate(24.0) == pytest.approx(0.6)
    assert stats.rate(60.0) == 0


def test_a_rate_beyond_what_is_kept_is_right_too():
    stats = calls(*[0.0001] * (3 * MOST), period=0.001)
    assert stats.rate(3 * MOST * 0.001) == pytest.approx(1000, rel=0.01)


def test_the_median_is_of_the_last_calls_of_all_its_cortexes():
    assert median_ms([calls(0.001, 0.005), calls(0.1)]) == 5
    assert median_ms([calls(*[9.0] * 200, *[0.002] * 101)]) == 2
    assert median_ms([Stats()]) is None


@pytest.fixture(name="clock")
def _clock():
    return Clock()


def standing(clock, *units, healths=None, **limits):
    healths = healths or [each.health for each in units]
    return status_of(
        "eye",
        healths,
        list(units),
        [each.stats for each in units],
        Meter("eye", Limits(**limits), clock, Tally()),
        clock.now(),
    )


def health(state=State.WORKING, reason=""):
    found = Health("eye")
    found.started()
    if state is State.FAILED:
        found.failed_to_start(reason)
    elif state is State.BENCHED:
        found.failed(reason, 0, grave=True)
    return found


def test_a_plugin_is_as_well_as_the_worst_of_it(clock):
    ill = [health(), health(State.FAILED, "no model"), health(State.BENCHED, "tired")]
    status = standing(clock, healths=ill)
    assert (status.state, status.reason) == (State.FAILED, "no model")


def test_a_warning_is_shown_though_it_works(clock):
    warned = health()
    warned.warn("its thread died")
    status = standing(clock, healths=[health(), warned])
    assert (status.state, status.reason) == (State.WORKING, "its thread died")
    warned.warn("")
    assert standing(clock, healths=[health(), warned]).reason == ""


def test_a_warning_does_not_hide_why_it_is_benched():
    benched = health(State.BENCHED, "tired")
    benched.warn("its thread died")
    assert benched.reason == "tired (tried again in 15 s)"


def test_a_warning_outlives_the_bench(clock):
    warned = health()
    warned.warn("it cannot see pictures")
    warned.failed("away", 0, grave=True)
    warned.warn("it cannot use tools")
    assert warned.succeeded()
    assert warned.reason == "it cannot use tools"
    warned.warn("")
    assert warned.reason == ""


def test_of_what_has_not_started_nothing_goes_anywhere(clock):
    class Cloudy(Cortex):
        place = Place(where="internet", name="AWS")

    class Local(Cortex):
        pass

    cloudy, local = unit(Cloudy(None)), unit(Local(None))
    assert standing(clock, cloudy, local).place.where == "internet"
    cloudy.health.failed_to_start("no library")
    assert standing(clock, cloudy, local).place.where == "machine"
    assert standing(clock, cloudy).place is None


def test_the_limits_that_are_set_are_told(clock):
    assert standing(clock, healths=[health()], max_rate=2, on="ask").limits == {
        "max_rate": 2,
        "on": "ask",
    }


def test_one_whose_calls_are_spent_says_so(clock, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    status = standing(clock, healths=[health()], max_calls_per_day=0)
    assert (status.calls_left, status.reason) == (0, "eye has used its 0 calls of today (max_calls_per_day)")


def test_that_its_calls_are_spent_goes_before_a_warning_and_not_before_a_failure(clock):
    warned, failed = health(), health(State.FAILED, "no model")
    warned.warn("it cannot see pictures")
    assert standing(clock, healths=[warned], max_calls_per_day=0).reason.startswith("eye has used")
    assert standing(clock, healths=[warned, failed], max_calls_per_day=0).reason == "no model"


def test_one_that_thinks_without_a_rest_is_busy(clock):
    eye = unit(cortex_of(hang), clock=clock)
    eye.cortex.concurrency = 1
    for number in range(20):
        eye.stats.took(0.49, clock.now() - 10 + number * 0.5)
    assert standing(clock, eye).state is State.BUSY


def test_one_that_looks_ten_times_a_second_and_rests_between_is_not(clock):
    eye = unit(cortex_of(hang), clock=clock)
    eye.cortex.concurrency = 1
    for number in range(100):
        eye.stats.took(0.03, clock.now() - 10 + number * 0.1)
    assert standing(clock, eye).state is State.WORKING
