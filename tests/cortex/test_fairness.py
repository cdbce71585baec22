"""What limited cortexes owe to those who share the limit, and what a limit must not swallow."""

from __future__ import annotations

import asyncio
import threading
import time

import numpy as np
import pytest
import pytest_asyncio

from cortex import Cortex, Label, Say, Session, Show
from cortex.credit import Credits
from cortex.limits import SenseLimits
from cortex.meter import Meter
from cortex.tally import Tally
from cortex.testing import Clock
from tests.support.world import World, unit, within

ROOM = np.zeros((64, 64, 3), np.uint8)
MUG = ROOM.copy()
MUG[20:40, 20:40] = 255


class Eye(Cortex):
    perceives = frozenset({"vision"})

    def __init__(self):
        super().__init__(None)
        self.seen = []

    async def perceive(self, frame, session):
        self.seen.append((frame, session))
        yield Show((Label("mug", 0.9),))
        yield Say("I see a mug.", topic="mug")


@pytest.fixture(name="clock")
def _clock(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return Clock()


@pytest_asyncio.fixture(name="build")
async def _build(clock):
    worlds = []

    def build(*cortexes, **limits):
        worlds.append(World(*cortexes, clock=clock, **limits))
        return worlds[-1]

    yield build
    for world in worlds:
        await world.router.stop(0)


async def test_sessions_that_share_a_rate_are_looked_at_in_turn(build, clock):
    eye = Eye()
    world = build(eye, max_rate=1)
    sessions = [world.session, Session(), Session()]
    for _ in range(300):
        for session in sessions:
            world.show(session=session)
            await world.settle()
        await clock.advance(0.1)
    looks = [sum(of is session for _, of in eye.seen) for session in sessions]
    assert max(looks) - min(looks) <= 2
    assert sum(looks) >= 24


async def test_two_cortexes_of_one_plugin_share_its_rate(build, clock):
    left, right = Eye(), Eye()
    world = build(left, max_rate=2)
    other = unit(right, clock=clock)
    other.meter = world.units[0].meter
    world.router.hire(other, 1)
    for _ in range(100):
        world.show()
        await world.settle()
        await clock.advance(0.1)
    assert 18 <= len(left.seen) <= 21
    assert left.seen == right.seen  # what both think about is one call


async def test_a_change_that_came_while_the_rate_was_used_up_is_looked_at_later(build, clock):
    eye = Eye()
    world = build(eye, max_rate=1, on="change")
    second = Session()
    for _ in range(30):
        for session in (world.session, second):
            world.show(lambda: ROOM, session=session)
        await world.settle()
        await clock.advance(0.1)
    eye.seen.clear()
    for _ in range(30):
        for session in (world.session, second):
            world.show(lambda: MUG, session=session)
        await world.settle()
        await clock.advance(0.1)
    assert {session for _, session in eye.seen} == {world.session, second}


async def test_after_a_rest_a_rate_of_one_a_second_is_one_call_and_not_two(build, clock):
    meter = Meter("eye", SenseLimits(max_rate=1), clock, Tally())
    assert meter.take()
    await clock.advance(60)
    assert [meter.take(), meter.take()] == [True, False]


async def test_a_frame_that_came_for_a_look_is_not_looked_at_after_it(build, clock):
    class Slow(Eye):
        gate = asyncio.Event()

        async def perceive(self, frame, session):
            self.seen.append((frame, session))
            await self.gate.wait()
            yield Show((Label("mug", 0.9),))

    eye = Slow()
    world = build(eye, on="ask")
    looking = asyncio.create_task(world.session.look())
    await asyncio.sleep(0)
    for _ in range(3):
        world.show()
        await asyncio.sleep(0)
    eye.gate.set()
    await within(looking)
    await world.settle()
    assert len(eye.seen) == 1


async def test_a_sense_that_is_like_another_gets_credits_for_its_cortexes(build, clock):
    world = build(Eye())
    world.router.likes = {"touch": "vision"}
    world.credits["touch"] = credits = Credits("touch", clock.now, clock.call_later)
    world.router.pace("touch")
    given = []

    class Client:
        def give_credit(self, sense):
            given.append(sense)

    credits.join(Client())
    assert given == ["touch"]


async def test_a_look_that_fails_is_tried_again_though_nothing_changed(build, clock):
    class Bad(Eye):
        async def perceive(self, frame, session):
            self.seen.append((frame, session))
            if len(self.seen) == 1:
                raise ValueError("no")

    eye = Bad()
    world = build(eye, on="change")
    for _ in range(4):
        world.show(lambda: ROOM)
        await world.settle()
    assert len(eye.seen) == 2


async def test_a_tap_is_compared_with_no_frame_of_the_camera(build, clock):
    eye = Eye()
    world = build(eye, on="change")
    world.router.likes = {"touch": "vision"}
    world.show(lambda: ROOM)
    await world.settle()
    world.show(lambda: MUG[15:30, 15:30], sense="touch", asked=True)
    await world.settle()
    for _ in range(3):
        world.show(lambda: ROOM)
        await world.settle()
    assert len(eye.seen) == 2


async def test_a_person_who_asks_about_a_picture_is_told_of_the_limit(build, clock):
    world = build(Eye(), max_calls_per_day=0)
    world.show()
    world.show(asked=True)
    world.show(asked=True)
    await world.settle()
    assert [message["code"] for message in await world.ear.rest()] == ["over-limit"]


async def test_the_picture_is_compared_though_threads_of_the_plugin_never_return(build, clock):
    world = build(Eye(), on="change")
    names = []

    def make():
        names.append(threading.current_thread().name)
        return ROOM

    world.show(make)
    await world.settle()
    assert names[0].startswith("cortex decode")


async def test_what_is_dismissed_while_it_ignores_that_is_waited_for_no_longer(build, clock):
    class Deaf(Eye):
        gate, began = asyncio.Event(), asyncio.Event()

        async def perceive(self, frame, session):
            self.began.set()
            while not self.gate.is_set():
                try:
                    await self.gate.wait()
                except asyncio.CancelledError:
                    continue
            raise ValueError("too late")

    eye = Deaf()
    world = build(eye)
    world.show()
    await within(eye.began.wait())
    world.router.dismiss(world.units[0])
    try:
        await within(world.router.settle())
    finally:
        eye.gate.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert await world.ear.rest() == []
    assert world.units[0].health.reason == ""


async def test_a_thing_that_stays_is_remarked_on_once_by_one_that_looks_now_and_then(build, clock):
    eye = Eye()
    world = build(eye, on="change")
    for number in range(6):
        picture = MUG.copy()
        picture[50:60, 8 * number : 8 * number + 8] = 200
        world.show(lambda picture=picture: picture)
        await world.settle()
        await clock.advance(0.1)
        world.show(lambda picture=picture: picture)
        await world.settle()
        await clock.advance(60)
    assert len(eye.seen) > 3
    assert [message["type"] for message in await world.ear.rest()].count("say") == 1


# The count of the day


async def test_many_calls_at_once_are_written_in_one_thread(tmp_path):
    tally = Tally(lambda: tmp_path)
    before = threading.active_count()
    most = 0
    for _ in range(500):
        tally.count("eye", "2026-11-22")
        await asyncio.sleep(0)
        most = max(most, threading.active_count() - before)
    await tally.close()
    assert most <= 1
    assert Tally(lambda: tmp_path).of("eye", "2026-11-22") == 500


async def test_a_file_that_another_process_keeps_locked_does_not_stop_the_event_loop(tmp_path):
    import sqlite3

    first = Tally(lambda: tmp_path)
    first.count("eye", "2026-11-22")
    await first.close()
    lock = sqlite3.connect(tmp_path / "calls.sqlite", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    began = time.monotonic()
    tally = Tally(lambda: tmp_path)
    assert tally.of("eye", "2026-11-22") == 1
    assert tally.of("eye", "2026-11-23") == 0
    tally.count("eye", "2026-11-22")
    assert tally.of("eye", "2026-11-22") == 2
    assert time.monotonic() - began < 2
    lock.execute("ROLLBACK")
    lock.close()
    await tally.close()
    assert Tally(lambda: tmp_path).of("eye", "2026-11-22") == 2


async def test_what_could_not_be_written_is_written_with_the_next_call(tmp_path, caplog):
    blocker = tmp_path / "limits"
    blocker.write_text("in the way")

    def folder():
        blocker.mkdir(exist_ok=True)
        return blocker

    tally = Tally(folder)
    tally.count("eye", "2026-11-22")
    await asyncio.wait({tally._writing})
    assert "cannot be kept" in caplog.text
    blocker.unlink()
    tally.count("eye", "2026-11-22")
    await tally.close()
    assert Tally(folder).of("eye", "2026-11-22") == 2
