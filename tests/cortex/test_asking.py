"""One cortex asks another: what it is told, and when it is told nothing."""

from __future__ import annotations

import asyncio

import pytest

from cortex import Attend, Cortex, Meaning, Say, ServiceError, Session, Show
from tests.support.world import within


class Asked(Cortex):
    """Answers a thought; tells as well what it thinks of that."""

    perceives = frozenset({"meaning:read"})

    async def perceive(self, meaning, session):
        yield Attend("vision")
        yield Say(f"it says {meaning.text}")
        yield Show(text="EXIT")


def read(text="this"):
    return Meaning(sense="reading", text=text, intent="read")


class Curious(Cortex):
    """Asks another cortex, and tells what it was told."""

    perceives = frozenset({"reading"})

    async def perceive(self, sentence, session):
        told = await session.ask(read(sentence.text), 5)
        yield Say(f"I was told: {', '.join(action.text for action in told) or 'nothing'}")


async def test_what_another_cortex_says_is_for_whoever_asked(bot):
    await bot.load(Asked, "asked")
    await bot.load(Curious, "curious")
    await bot.read("hello")
    assert bot.said == ["I was told: it says hello, EXIT"]
    assert Attend("vision") in bot.actions
    assert bot.shown == []


async def test_where_nobody_can_answer_there_is_nothing_to_wait_for(bot):
    await bot.load(Curious, "curious")
    await bot.read("hello")
    assert bot.said == ["I was told: nothing"]


async def test_one_that_fails_leaves_the_asker_with_nothing(bot):
    class Failing(Asked):
        async def perceive(self, meaning, session):
            raise ServiceError("it is away")

    await bot.load(Failing, "failing")
    await bot.load(Curious, "curious")
    await bot.read("hello")
    assert bot.said == ["I was told: nothing"]
    assert bot.problems == ["failing: it is away"]


class Slow(Cortex):
    """Answers a thought once the test lets it."""

    perceives = frozenset({"meaning:read"})

    def __init__(self, options=None):
        super().__init__(options)
        self.goes_on = asyncio.Event()

    async def perceive(self, meaning, session):
        await self.goes_on.wait()
        yield Say(f"it says {meaning.text}")


async def test_one_that_takes_too_long_is_waited_for_no_longer(build, clock):
    world = build(Slow())
    session = Session(clock=clock, asks=world.router.ask)
    assert await within(session.ask(read(), 0.01)) == []


@pytest.mark.parametrize("number", [0, 1], ids=["thinks of it", "has it waiting"])
async def test_nobody_waits_for_one_that_is_switched_off_meanwhile(build, number):
    world = build(Slow())
    session = Session(asks=world.router.ask)
    asking = [asyncio.create_task(session.ask(read(text), 60)) for text in ("one", "two")]
    await asyncio.sleep(0)
    session.switch({"Slow"})
    world.router.switched(session)
    assert await within(asking[number]) == []
