"""A sense that perceives on the server: it is run again when it fails, and one sees that it does."""

from __future__ import annotations

import asyncio

import pytest

from cortex import Event, Sense
from cortex.health import FIRST_PAUSE, Health, State
from cortex.running import SOUND, Running
from cortex.testing import Clock
from tests.support.world import within


class Doorbell(Sense):
    """Rings as often as it is told to, then fails or is done."""

    def __init__(self, *acts):
        super().__init__(None)
        self.acts = list(acts)
        self.runs = 0
        self.forever = asyncio.Event()

    async def run(self, emit):
        self.runs += 1
        act = self.acts.pop(0) if self.acts else "ring"
        if act == "fail":
            raise ValueError("no such door")
        if act == "exit":
            raise SystemExit(1)
        if act == "cancel":
            raise asyncio.CancelledError
        if act == "ring":
            self.heard_by = emit(Event(sense="doorbell", name="door", text="Ding"))
        if act != "done":
            await self.forever.wait()


class Hall:
    """Where the doorbell rings."""

    def __init__(self, *acts):
        self.clock = Clock()
        self.bell = Doorbell(*acts)
        self.health = Health("doorbell")
        self.rung = []
        self.changes = 0
        self.running = Running("doorbell", self.bell, self.health, self._ring, self._changed, self.clock)

    def _ring(self, stimulus):
        self.rung.append(stimulus.text)
        return 3

    def _changed(self):
        self.changes += 1

    async def __aenter__(self):
        self.task = asyncio.create_task(self.running.run())
        await self.clock.advance(0)
        return self

    async def __aexit__(self, *_):
        self.task.cancel()
        await asyncio.wait([self.task])


async def test_what_it_perceives_is_emitted_and_it_learns_who_heard():
    async with Hall("ring") as hall:
        assert (hall.rung, hall.bell.heard_by, hall.health.state) == (["Ding"], 3, State.WORKING)


@pytest.mark.parametrize(
    ("act", "reason"), [("fail", "ValueError: no such door"), ("exit", "SystemExit: 1"), ("cancel", "CancelledError")]
)
async def test_one_that_fails_is_shown_and_run_again_after_a_pause(act, reason):
    async with Hall(act, "ring") as hall:
        assert hall.health.state is State.BENCHED
        assert reason in hall.health.reason
        changes = hall.changes
        await hall.clock.advance(FIRST_PAUSE - 1)
        assert hall.bell.runs == 1
        await hall.clock.advance(2)
        assert (hall.bell.runs, hall.rung, hall.health.state) == (2, ["Ding"], State.WORKING)
        assert hall.changes > changes


async def test_the_pauses_grow_while_it_keeps_failing():
    async with Hall(*["fail"] * 9) as hall:
        runs = []
        for _ in range(5):
            await hall.clock.advance(FIRST_PAUSE + 1)
            runs.append(hall.bell.runs)
        assert runs == [2, 2, 3, 3, 3]  # after 15 s, 30 s more, 60 s more


async def test_one_that_perceives_nothing_is_well_again_when_it_lasts():
    async with Hall("fail", "wait") as hall:
        await hall.clock.advance(FIRST_PAUSE + 1)
        assert (hall.bell.runs, hall.health.state) == (2, State.BENCHED)
        await hall.clock.advance(SOUND)
        assert hall.health.state is State.WORKING


async def test_one_that_is_done_is_not_run_again():
    async with Hall("done") as hall:
        await within(hall.task)
        assert (hall.bell.runs, hall.health.state) == (1, State.WORKING)


async def test_it_ends_at_once_when_the_server_stops():
    async with Hall("ring") as hall:
        hall.task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await within(hall.task)
