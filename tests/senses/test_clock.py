"""Alarms. The time of day is that of Berlin, where the clocks are put forward and back."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import datetime

import pytest
import pytest_asyncio

from cortex.config import load_config
from cortex.plugins import Plugins
from cortex.testing import Clock
from senses.clock import Alarm, Alarms
from senses.clock.schedule import daily, interval, once

pytestmark = pytest.mark.skipif(not hasattr(time, "tzset"), reason="the time zone cannot be set here")

EVERY_DAY = range(7)


@pytest.fixture(autouse=True)
def _berlin(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


def at(text):
    return datetime.fromisoformat(text).timestamp()


def shown(seconds):
    return None if seconds is None else datetime.fromtimestamp(seconds).astimezone().isoformat()


class Evening:
    """A clock with alarms, and somebody who listens, or nobody."""

    def __init__(self, clock):
        self.clock = clock
        self.events = []
        self.listeners = 1
        self.task = None

    def set(self, moment):
        self.clock.set(datetime.fromisoformat(moment))

    async def begin(self, moment, **alarms):
        self.set(moment)
        sense = Alarms(Alarms.Options(alarms={name: Alarm(**alarm) for name, alarm in alarms.items()}))
        sense.clock = self.clock
        self.task = asyncio.create_task(sense.run(self.emit))
        await self.clock.advance(0)

    def emit(self, event):
        if self.listeners:
            self.events.append(event)
        return self.listeners

    async def said_after(self, seconds):
        await self.clock.advance(seconds)
        said, self.events = [event.text for event in self.events], []
        return said


@pytest_asyncio.fixture(name="evening")
async def _evening():
    evening = Evening(Clock())
    yield evening
    evening.task.cancel()
    await asyncio.gather(evening.task, return_exceptions=True)


async def test_an_alarm_goes_off_at_its_time_every_day(evening):
    await evening.begin("2026-03-02T07:29:00", wake={"at": "07:30", "say": "Get up, it is {time}.", "language": "en"})
    assert await evening.said_after(59.9) == []
    await evening.clock.advance(0.2)
    [event] = evening.events
    assert (event.sense, event.name, event.text, event.language) == ("clock", "wake", "Get up, it is 07:30.", "en")
    assert await evening.said_after(3 * 86400) == ["Get up, it is 07:30."] * 4  # the first one is still there


async def test_an_alarm_of_some_days_is_silent_on_the_others(evening):
    await evening.begin("2026-03-02T00:00:00", work={"at": "8:05", "days": ("mon", "fri")})  # a Monday
    assert await evening.said_after(86400) == ["08:05"]
    assert await evening.said_after(3 * 86400) == []
    assert await evening.said_after(86400) == ["08:05"]


async def test_an_interval_counts_from_the_start(evening):
    await evening.begin("2026-03-02T12:00:07", stretch={"every": "20m", "say": "Stretch!"})
    assert await evening.said_after(1199) == []
    assert await evening.said_after(2) == ["Stretch!"]
    assert await evening.said_after(3600) == ["Stretch!"] * 3


async def test_a_date_comes_once_and_then_the_sense_is_done(evening):
    await evening.begin("2026-12-24T17:59:00", eve={"on": "2026-12-24 18:00", "say": "Merry Christmas!"})
    assert await evening.said_after(61) == ["Merry Christmas!"]
    assert evening.task.done()


async def test_a_date_that_is_past_never_comes_and_is_logged(evening, caplog):
    await evening.begin("2026-12-24T18:01:00", eve={"on": "2026-12-24 18:00"})
    assert (await evening.said_after(86400), evening.task.done()) == ([], True)
    assert "the alarm eve is in the past" in caplog.text


async def test_without_alarms_the_sense_is_done_at_once(evening):
    await evening.begin("2026-12-24T18:01:00")
    assert evening.task.done()


# Clocks that jump


async def test_what_a_machine_slept_through_is_told_once_within_five_minutes(evening):
    await evening.begin("2026-03-02T07:00:00", wake={"at": "07:30"}, often={"every": "10s", "say": "tick"})
    evening.set("2026-03-02T07:34:00")
    assert sorted((await evening.said_after(0.01), await evening.said_after(9.9))[0]) == []
    assert sorted(await evening.said_after(6)) == ["07:30", "tick"]


async def test_what_was_missed_by_more_than_that_is_not_told(evening):
    await evening.begin("2026-03-02T07:00:00", wake={"at": "07:30"})
    evening.set("2026-03-02T07:36:00")
    assert await evening.said_after(60) == []
    assert await evening.said_after(86400) == ["07:30"]


async def test_a_clock_that_is_set_back_a_little_tells_nothing_twice(evening):
    await evening.begin("2026-03-02T07:29:59", wake={"at": "07:30"})
    assert await evening.said_after(2) == ["07:30"]
    evening.set("2026-03-02T07:29:50")
    assert await evening.said_after(60) == []


async def test_a_clock_that_is_set_back_far_has_its_alarms_again(evening):
    await evening.begin("2027-03-02T07:29:59", wake={"at": "07:30"})
    assert await evening.said_after(2) == ["07:30"]
    evening.set("2026-03-02T07:29:00")
    assert await evening.said_after(120) == ["07:30"]


async def test_an_alarm_that_nobody_hears_waits_for_somebody_for_five_minutes(evening):
    await evening.begin("2026-03-02T07:29:59", wake={"at": "07:30"})
    evening.listeners = 0
    assert await evening.said_after(120) == []
    evening.listeners = 2
    assert await evening.said_after(5) == ["07:30"]
    assert await evening.said_after(600) == []
    evening.listeners = 0
    await evening.said_after(86400)
    evening.listeners = 1
    assert await evening.said_after(60) == []


# Daylight saving


async def test_a_time_that_does_not_exist_comes_once_that_day(evening):
    await evening.begin("2026-03-28T12:00:00", night={"at": "02:30"})
    assert await evening.said_after(86400) == ["03:30"]  # 02:30 is skipped: the clocks go from 02:00 to 03:00
    assert await evening.said_after(86400) == ["02:30"]


async def test_a_time_that_comes_twice_counts_once(evening):
    await evening.begin("2026-10-24T12:00:00", night={"at": "02:30"})
    assert await evening.said_after(86400) == ["02:30"]
    assert await evening.said_after(86400) == ["02:30"]


def test_the_times_of_a_day_follow_the_local_clock():
    schedule = daily("02:30", EVERY_DAY)
    assert shown(schedule.next(at("2026-03-28T12:00"))) == "2026-03-29T03:30:00+02:00"
    assert shown(schedule.next(at("2026-03-29T12:00"))) == "2026-03-30T02:30:00+02:00"
    assert shown(schedule.next(at("2026-10-24T12:00"))) == "2026-10-25T02:30:00+02:00"
    assert shown(schedule.next(at("2026-10-25T02:31"))) == "2026-10-26T02:30:00+01:00"
    assert shown(schedule.last(at("2026-10-25T12:00"))) == "2026-10-25T02:30:00+02:00"


@pytest.mark.parametrize("now", ["2026-03-29T01:59", "2026-03-29T03:30", "2026-07-01T00:00", "2026-12-31T23:59"])
@pytest.mark.parametrize("schedule", [daily("00:00", EVERY_DAY), daily("23:59", [6]), interval(600, 77.0)])
def test_the_last_time_is_never_after_now_and_the_next_never_before(schedule, now):
    moment = at(now)
    assert schedule.last(moment) <= moment < schedule.next(moment)
    assert schedule.last(schedule.next(moment)) == schedule.next(moment)


def test_a_date_is_the_last_one_from_then_on():
    schedule = once("2026-12-24 18:00")
    moment = at("2026-12-24T18:00")
    assert (schedule.next(moment - 1), schedule.last(moment - 1)) == (moment, None)
    assert (schedule.next(moment), schedule.last(moment)) == (None, moment)


def test_an_unquoted_time_which_yaml_reads_as_a_number_is_understood():
    assert daily(17 * 60 + 30, EVERY_DAY).next(at("2026-03-02T12:00")) == at("2026-03-02T17:30")


# What is wrong


@pytest.mark.parametrize(
    ("alarm", "told"),
    [
        ({}, "exactly one of at, every and on, and has none"),
        ({"at": "07:30", "every": "20m"}, "exactly one of at, every and on, and has at and every"),
        ({"at": "7.30"}, "a time of the day such as '07:30'"),
        ({"at": "24:00"}, "a time of the day"),
        ({"at": "07:60"}, "a time of the day"),
        ({"at": 1440}, "a time of the day"),
        ({"at": -5}, "a time of the day"),
        ({"every": "5s"}, "10 s at least"),
        ({"every": "20"}, "a duration such as 20m"),
        ({"every": "-1h"}, "a duration"),
        ({"every": "20 minutes"}, "a duration"),
        ({"on": "2026-02-30 10:00"}, "a date and time such as"),
        ({"on": "tomorrow"}, "a date and time"),
        ({"every": "1h", "days": ("mon",)}, "days go with at"),
        ({"at": "07:30", "say": ""}, "say is empty"),
        ({"at": "07:30", "say": "It is {tiem}."}, "{time}"),
    ],
)
def test_an_alarm_that_cannot_be_is_refused_when_the_bot_starts(alarm, told, tmp_path):
    with pytest.raises(ValueError, match=told.replace("{", "\\{")):
        Alarm(**alarm)
    file = tmp_path / "bot.yaml"
    config = {"senses": {"clock": {"alarms": {"good": {"at": "07:30"}, "morning": alarm}}}, "plugins": {}}
    file.write_text(json.dumps(config), encoding="utf-8")
    [problem] = Plugins(load_config(file)).problems
    assert "senses.clock.alarms.morning" in problem
    assert told in problem


def test_a_day_that_does_not_exist_is_refused(tmp_path):
    file = tmp_path / "bot.yaml"
    config = {"senses": {"clock": {"alarms": {"a": {"at": "07:30", "days": ["someday"]}}}}, "plugins": {}}
    file.write_text(json.dumps(config), encoding="utf-8")
    [problem] = Plugins(load_config(file)).problems
    assert "'someday'" in problem
