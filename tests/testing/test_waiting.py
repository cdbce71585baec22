"""What the bot of the fixture waits for, what it leaves to the test, and its voice."""

from __future__ import annotations

import asyncio
import time

import pytest

from cortex import Attend, Cortex, Event, RefusedError, Say, Sense
from cortex.testing import pictures
from tests.testing.cortexes import GREETING, Looker, Repeater, Teller, Waiter

# What only the test can bring


async def test_who_waits_for_the_clock_is_not_waited_for(bot, clock):
    await bot.load(Waiter, timeout=100)
    await bot.read("tea")
    assert bot.said == ["Wait."]
    await clock.advance(60)
    assert bot.said == ["Wait.", "A minute ago you wrote 'tea'."]


async def test_who_waits_for_the_clock_in_another_task_is_not_waited_for_either(bot, clock):
    class Gatherer(Waiter):
        async def perceive(self, stimulus, session):
            await asyncio.gather(self.clock.sleep(5), asyncio.create_task(self.clock.sleep(9)))
            yield Say("Done.")

    await bot.load(Gatherer)
    await bot.read("tea")
    await clock.advance(5)
    assert bot.said == []
    await clock.advance(4)
    assert bot.said == ["Done."]


async def test_who_wants_a_look_is_shown_something_or_times_passes(bot, clock):
    class Asker(Cortex):
        perceives = frozenset({"reading"})

        async def perceive(self, stimulus, session):
            view = await session.look(5)
            yield Say("nothing" if view is None else view.labels[0].name)

    await bot.load(Asker)
    await bot.load(Looker)
    await bot.read("look")
    assert bot.actions == [Attend("vision", "look")]
    await bot.see(pictures.white())
    assert "255.0" in bot.said
    bot.clear()
    await bot.read("look again")
    await clock.advance(5)
    assert bot.said == ["nothing"]


class Hanging(Cortex):
    perceives = frozenset({"reading"})

    async def perceive(self, stimulus, session):
        await asyncio.Event().wait()


async def test_who_hangs_is_given_up_at_the_time_limit(bot, clock):
    await bot.load(Hanging, timeout=2)
    await bot.read("x", wait=False)
    await clock.advance(1.9)
    assert bot.problems == []
    await clock.advance(0.1)
    assert bot.problems == ["hanging: TimeoutError: took longer than 2 s"]


async def test_who_hangs_is_named_when_it_is_waited_for(bot, monkeypatch):
    monkeypatch.setattr("cortex.testing.settling.PATIENCE", 0.05)
    await bot.load(Hanging)
    with pytest.raises(AssertionError, match=r"hanging still thinks; with `wait=False`"):
        await bot.read("x")


# The voice


async def test_its_voice_takes_no_time_unless_the_test_says_so(bot):
    await bot.load(Looker)
    for shade in (pictures.white(), pictures.black(), pictures.grey()):
        await bot.see(shade)
    assert bot.remarks == ["Brightness 255.", "Brightness 0.", "Brightness 128."]


async def test_while_it_speaks_remarks_on_pictures_are_dropped_and_those_on_events_wait(bot, clock):
    await bot.load(Looker)
    await bot.load(Teller)
    bot.speech = 2.0
    await bot.see(pictures.white())
    assert bot.speaking
    await bot.see(pictures.black())
    await bot.happens(Event(sense="webhook", name="door", text="The door is open."))
    await bot.happens(Event(sense="webhook", name="door", text="The door is shut."))
    assert bot.said == ["Brightness 255."]
    await clock.advance(1.9)
    assert len(bot.said) == 1
    await clock.advance(0.1)
    assert bot.said[1:] == ["The door is open."]
    await clock.advance(2)
    assert bot.said[2:] == ["The door is shut."]
    await clock.advance(2)
    assert not bot.speaking


async def test_a_person_says_the_same_words_as_the_bot_without_being_taken_for_it(bot, clock):
    await bot.load("greeter")
    began = clock.now()
    await bot.hear("hello")
    assert clock.now() == began
    await bot.hear("hello")
    assert bot.said == [GREETING] * 2
    assert clock.now() - began == pytest.approx(2.01)


async def test_its_own_words_are_ignored_while_it_speaks(bot, clock):
    await bot.load(Repeater)
    bot.speech = 3
    await bot.hear("nice weather today")
    await bot.hear("nice weather")
    assert bot.said == ["nice weather today"]


async def test_a_client_can_report_that_its_voice_is_closed(bot):
    await bot.load(Looker)
    await bot.report("voice", "open")
    await bot.report("voice", "closed")
    await bot.see(pictures.white())
    assert bot.said == []


# What the server perceives


async def test_what_happens_is_said(bot):
    await bot.load(Teller)
    assert await bot.happens(Event(sense="webhook", name="door", text="The door is open.")) == 1
    assert bot.remarks == ["The door is open."]


class Door(Sense):
    def post(self, name, post):
        if post.headers.get("authorization") != "Bearer secret":
            raise RefusedError(401, "wrong token")
        return Event(sense="webhook", name=name, text=post.json()["text"])


async def test_a_post_goes_to_its_sense(bot):
    await bot.load(Door, "webhook")
    await bot.load(Teller)
    assert await bot.post("webhook", "door", {"text": "Ding."}, {"Authorization": "Bearer secret"}) == 1
    assert bot.said == ["Ding."]
    for arguments, status in (
        (("webhook", "door", {"text": "x"}), 401),
        (("webhook", "door", b"{", {"authorization": "Bearer secret"}), 400),
        (("webhook", "door", bytes(300_000)), 413),
        (("wobhook", "door"), 404),
    ):
        with pytest.raises(RefusedError) as refused:
            await bot.post(*arguments)
        assert refused.value.status == status


class Ticking(Sense):
    async def run(self, emit):
        for number in range(1000):
            await self.clock.sleep(60)
            await asyncio.to_thread(time.sleep, 0.01)
            emit(Event(sense="webhook", name="tick", text=f"Minute {number + 1}."))


async def test_a_sense_on_the_server_goes_by_the_clock(bot, clock):
    await bot.load(Ticking)
    await bot.load(Teller)
    await bot.start()
    await bot.read("x")
    await clock.advance(59)
    assert bot.said == []
    await clock.advance(61)
    assert bot.said == ["Minute 1.", "Minute 2."]


class Listening(Sense):
    async def run(self, emit):
        await asyncio.sleep(0.05)  # the world takes its time
        emit(Event(sense="webhook", name="news", text="News."))
        await asyncio.Event().wait()


async def test_what_the_world_brings_can_be_waited_for(bot, monkeypatch):
    monkeypatch.setattr("cortex.testing.settling.GRACE", 0.0)
    await bot.load(Listening)
    await bot.load(Teller)
    await bot.read("x")
    await bot.until(lambda: bot.said)
    assert bot.said == ["News."]
    with pytest.raises(AssertionError, match=r"did not come to that within 0\.01 s; said \['News\.'\]"):
        await bot.until(lambda: len(bot.said) > 1, 0.01)
