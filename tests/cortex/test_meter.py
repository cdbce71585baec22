"""How often a plugin may be called: by the second, and by the day, across restarts."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import datetime

import pytest

from cortex import tally as tallies
from cortex.limits import Limits, SenseLimits
from cortex.meter import Meter
from cortex.tally import Tally
from cortex.testing import Clock


@pytest.fixture(name="clock")
def _clock():
    clock = Clock()
    clock.set(datetime(2026, 11, 22, 12, 0))
    return clock


@pytest.fixture(name="meter")
async def _meter(tmp_path, clock):
    """Make a meter of a plugin; each has a tally of its own, as after a restart, in one file."""
    tallies = []

    def make(name="eye", **limits):
        tallies.append(Tally(lambda: tmp_path))
        return Meter(name, SenseLimits(**limits), clock, tallies[-1])

    make.tallies = tallies
    yield make
    for tally in tallies:
        await tally.close()


async def test_a_plugin_without_limits_may_always(meter):
    free = meter()
    assert all(free.take() for _ in range(1000))
    assert (free.calls_left, free.wait()) == (None, 0)


async def test_limits_are_those_of_a_cortex_too(tmp_path, clock):
    meter = Meter("eye", Limits(max_rate=1), clock, Tally(lambda: tmp_path))
    assert [meter.take(), meter.take()] == [True, False]


@pytest.mark.parametrize("rate", [0.1, 1, 5, 30])
async def test_it_may_as_often_as_its_rate_says(meter, clock, rate):
    eye, calls = meter(max_rate=rate), 0
    for _ in range(2000):
        calls += eye.take()
        await clock.advance(10 / rate / 2000)
    assert calls == 10


async def test_a_caller_who_comes_late_now_and_then_is_not_slowed_down(meter, clock):
    eye = meter(max_rate=10)
    calls = 0
    for _ in range(100):
        calls += eye.take()
        await clock.advance(0.11)
    assert calls == 100


async def test_after_a_rest_it_does_not_catch_up(meter, clock):
    eye = meter(max_rate=1)
    assert eye.take()
    await clock.advance(60)
    assert [eye.take() for _ in range(5)] == [True, False, False, False, False]
    await clock.advance(0.89)
    assert not eye.may()


async def test_it_says_how_long_to_wait_and_why(meter, clock):
    eye = meter(max_rate=2)
    eye.take()
    await clock.advance(0.2)
    assert not eye.may()
    assert eye.wait() == pytest.approx(0.3)
    assert eye.refusal() == "eye takes 2 calls a second at most (max_rate)"
    await clock.advance(eye.wait())
    assert eye.may()


async def test_the_calls_of_a_day_are_counted_and_come_back_at_midnight(meter, clock):
    eye = meter(max_calls_per_day=2)
    assert [eye.take() for _ in range(3)] == [True, True, False]
    assert eye.calls_left == 0
    assert eye.refusal() == "eye has used its 2 calls of today (max_calls_per_day)"
    assert eye.wait() == 12 * 3600
    await clock.advance(12 * 3600)
    assert (eye.calls_left, eye.take()) == (2, True)


async def test_none_a_day_is_never(meter):
    assert not meter(max_calls_per_day=0).take()


async def test_the_count_survives_a_restart(meter):
    eye = meter(max_calls_per_day=5)
    for _ in range(3):
        eye.take()
    await meter.tallies[0].close()
    assert meter(max_calls_per_day=5).calls_left == 2
    assert meter("ear", max_calls_per_day=5).calls_left == 5


@pytest.mark.parametrize("_time", range(20))
async def test_two_servers_that_count_at_once_lose_nothing(meter, _time):
    one, other = meter(max_calls_per_day=100), meter(max_calls_per_day=100)
    for _ in range(20):
        one.take()
        other.take()
        await asyncio.sleep(0)
    for tally in meter.tallies:
        await tally.close()
    assert meter(max_calls_per_day=100).calls_left == 60


async def test_what_another_server_has_counted_is_known_soon(meter, monkeypatch):
    one, other = meter(max_calls_per_day=2), meter(max_calls_per_day=2)
    assert other.calls_left == 2
    one.take()
    one.take()
    await meter.tallies[0].close()
    monkeypatch.setattr(tallies, "FRESH", 0.0)
    assert other.calls_left == 2  # which has it read in a thread
    await meter.tallies[1].close()
    assert other.calls_left == 0


async def test_old_days_are_forgotten(meter, clock, tmp_path):
    eye = meter(max_calls_per_day=5)
    for _ in range(40):
        eye.take()
        await clock.advance(24 * 3600)
    await meter.tallies[0].close()
    with sqlite3.connect(tmp_path / "calls.sqlite") as connection:
        (days,) = connection.execute("SELECT count(DISTINCT day) FROM calls").fetchone()
    connection.close()
    assert days <= 31


async def test_a_folder_that_cannot_be_written_is_said_and_the_limit_holds_all_the_same(clock, caplog, tmp_path):
    (tmp_path / "file").write_text("in the way")

    def folder():
        folder = tmp_path / "file" / "limits"
        folder.mkdir(parents=True)
        return folder

    tally = Tally(folder)
    eye = Meter("eye", SenseLimits(max_calls_per_day=2), clock, tally)
    assert [eye.take() for _ in range(3)] == [True, True, False]
    await tally.close()
    assert caplog.text.count("cannot be kept across a restart") == 1


async def test_a_file_that_is_no_database_is_said_and_left_alone(clock, caplog, tmp_path):
    (tmp_path / "calls.sqlite").write_text("my shopping list, much longer than the header of a database would be" * 20)
    tally = Tally(lambda: tmp_path)
    assert Meter("eye", SenseLimits(max_calls_per_day=2), clock, tally).take()
    await tally.close()
    assert "calls.sqlite: file is not a database" in caplog.text
    assert "shopping" in (tmp_path / "calls.sqlite").read_text()


async def test_nothing_is_opened_where_nothing_is_counted(meter, tmp_path):
    meter(max_rate=5).take()
    assert list(tmp_path.iterdir()) == []
