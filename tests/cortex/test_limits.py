"""The limits that the router holds cortexes to, and who comes and goes while it works. The clock is moved by hand."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
import pytest_asyncio

from cortex import Cortex, Frame, Label, Once, Say, Session, Show
from cortex.testing import Clock, pictures
from tests.support.world import World, unit, within


class Eye(Cortex):
    """Keeps what it has looked at."""

    perceives = frozenset({"vision"})

    def __init__(self):
        super().__init__(None)
        self.seen = []

    async def perceive(self, frame, session):
        self.seen.append(frame)
        yield Show((Label("mug", 0.9),))
        yield Say("I see a mug.", topic="mug")


class Ear(Cortex):
    """Says what it hears."""

    perceives = frozenset({"reading"})

    def __init__(self):
        super().__init__(None)

    async def perceive(self, sentence, session):
        return Say(sentence.text)


class Slow(Cortex):
    """Thinks until the test opens its gate."""

    perceives = frozenset({"reading", "vision"})

    def __init__(self):
        super().__init__(None)
        self.gate, self.began = asyncio.Event(), asyncio.Event()

    async def perceive(self, stimulus, session):
        yield Say("I begin")
        self.began.set()
        await self.gate.wait()
        yield Say("I end")


class Holder:
    """A client that sends a frame whenever it may."""

    def __init__(self, world):
        self.world, self.credits = world, world.credits["vision"]

    def give_credit(self, sense):
        self.world.clock.call_later(0, self._send)

    def _send(self):
        frame = Frame(sense="vision", picture=Once(lambda: np.zeros((4, 4, 3), np.uint8)))
        self.credits.arrived(frame, self)
        self.world.router.route(frame, self.world.session)


@pytest.fixture(name="clock")
def _clock():
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


def looks(world, number):
    """Have the eye look as often; each frame arrives and is looked at before the next."""

    async def show():
        for _ in range(number):
            world.show()
            await world.settle()

    return show()


# max_rate and max_calls_per_day


async def test_frames_over_the_rate_are_skipped_and_the_newest_is_looked_at_when_it_is_time(build, clock):
    eye = Eye()
    world = build(eye, max_rate=2)
    for _ in range(50):
        frame = world.show()
        await world.settle()
        await clock.advance(0.1)
    assert len(eye.seen) == 10
    assert frame not in eye.seen or eye.seen[-1] is frame


@pytest.mark.parametrize("rate", [0.5, 5])
async def test_the_eye_gets_its_credit_in_time_for_the_next_look(build, clock, rate):
    eye = Eye()
    world = build(eye, max_rate=rate)
    holder = Holder(world)
    world.router.pace("vision")
    clock.settle_with(world.settle, lambda: bool(world.router._tasks))
    world.credits["vision"].join(holder)
    await clock.advance(20)
    assert 18 * rate <= len(eye.seen) <= 20 * rate + 1


async def test_a_sentence_over_the_rate_is_refused_with_the_reason_and_the_others_answer(build, clock):
    world = build(Ear(), max_rate=1)
    world.router.hire(unit(Ear(), clock=clock), 1)
    for text in ("one", "two", "three"):
        world.say(text)
        await world.settle()
    told = [message for message in await world.ear.rest() if message["type"] in ("say", "error")]
    assert [message.get("text") for message in told if message["type"] == "say"] == ["one", "one", "two", "three"]
    (refusal,) = [message for message in told if message["type"] == "error"]
    assert refusal["code"] == "over-limit"
    assert refusal["message"] == "Ear takes 1 call a second at most (max_rate); it may answer again in 1 s"


async def test_a_sentence_that_two_cortexes_of_a_plugin_perceive_is_one_call(build, clock):
    world = build(Ear(), max_rate=1)
    other = unit(Ear(), clock=clock)
    other.meter = world.units[0].meter
    world.router.hire(other, 1)
    for text in ("one", "two", "three"):
        world.say(text)
        await world.settle()
        await clock.advance(5)
    said = [message["text"] for message in await world.ear.rest() if message["type"] == "say"]
    assert said == ["one", "one", "two", "two", "three", "three"]


async def test_it_is_told_again_after_it_has_answered_between(build, clock):
    world = build(Ear(), max_rate=1)
    for text in ("one", "two"):
        world.say(text)
        await world.settle()
    await clock.advance(1)
    for text in ("three", "four"):
        world.say(text)
        await world.settle()
    kinds = [message["type"] for message in await world.ear.rest()]
    assert kinds.count("error") == 2


async def test_the_calls_of_a_day_are_spent_on_looks_not_on_frames_that_were_skipped(
    build, clock, tmp_path, monkeypatch
):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    eye = Eye()
    world = build(eye, max_calls_per_day=3, on="change")
    await looks(world, 10)  # the same frame again and again
    assert (len(eye.seen), world.units[0].meter.calls_left) == (1, 2)


async def test_a_call_that_fails_counts(build, clock, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    class Bad(Ear):
        async def perceive(self, sentence, session):
            raise ValueError("no")

    world = build(Bad(), max_calls_per_day=2)
    for _ in range(3):
        world.say("hello")
        await world.settle()
    errors = [message["code"] for message in await world.ear.rest() if message["type"] == "error"]
    assert errors == ["cortex-failed", "cortex-failed", "over-limit"]


# on


async def test_on_change_a_room_that_stays_the_same_is_looked_at_once(build, clock):
    eye = Eye()
    world = build(eye, on="change")
    await looks(world, 5)
    assert len(eye.seen) == 1
    white = np.zeros((64, 64, 3), np.uint8)
    white[20:40, 20:40] = 255
    for _ in range(5):
        world.show(lambda: white)
        await world.settle()
        await clock.advance(0.1)
    assert len(eye.seen) == 2


async def test_on_change_every_session_has_a_picture_of_its_own(build, clock):
    eye = Eye()
    world = build(eye, on="change")
    for session in (world.session, Session(), Session()):
        world.show(session=session)
        world.show(session=session)
        await world.settle()
    assert len(eye.seen) == 3


async def test_on_ask_only_what_somebody_asks_about_is_looked_at(build, clock):
    eye = Eye()
    world = build(eye, on="ask")
    await looks(world, 3)
    assert eye.seen == []
    asked = world.show(asked=True)
    await world.settle()
    assert eye.seen == [asked]


async def test_who_has_snapped_the_frame_itself_is_not_said_to_be_over_its_limit(bot):
    class Reader(Cortex):
        perceives = frozenset({"vision", "reading"})

        async def perceive(self, stimulus, session):
            if stimulus.sense == "reading":
                yield Say("EXIT" if await session.snap() else "nothing")

    await bot.load(Reader, "reader", max_rate=0.1)
    await bot.read("read this")
    await bot.see(pictures.red())
    assert (bot.said, bot.problems) == (["EXIT"], [])


@pytest.mark.parametrize("on", ["ask", "change"])
async def test_a_look_reaches_one_that_does_not_look_at_every_frame(build, clock, on):
    eye = Eye()
    world = build(eye, on=on)
    await looks(world, 1)
    before = len(eye.seen)
    looking = asyncio.create_task(world.session.look())
    await asyncio.sleep(0)
    await looks(world, 1)
    assert (await within(looking)).labels[0].name == "mug"
    assert len(eye.seen) == before + 1


async def test_one_look_is_enough_to_speak_where_not_every_frame_is_looked_at(build, clock):
    world = build(Eye(), on="change")
    await looks(world, 1)
    assert (await world.ear.next("say"))["priority"] == "remark"


async def test_where_every_frame_is_looked_at_one_look_is_not_enough(build, clock):
    world = build(Eye())
    await looks(world, 2)
    assert "say" not in {message["type"] for message in await world.ear.rest()}
    await looks(world, 1)
    assert await world.ear.next("say")


async def test_what_is_said_of_a_frame_that_was_asked_about_is_an_answer(build, clock):
    world = build(Eye())
    world.show(asked=True)
    await world.settle()
    assert (await world.ear.next("say"))["priority"] == "answer"
    await looks(world, 5)  # and what was just answered is not remarked on
    assert "say" not in {message["type"] for message in await world.ear.rest()}


async def test_sentences_pass_whatever_is_looked_at(build, clock):
    world = build(Ear(), on="ask")
    world.say("hello")
    assert await world.ear.next("say", text="hello")


# A sense that is like another


async def test_the_cortexes_of_a_sense_perceive_what_is_like_it(build, clock):
    eye, ear = Eye(), Ear()
    world = build(eye, ear)
    world.router.likes = {"touch": "vision"}
    tap = world.show(sense="touch")
    world.show(sense="smell")
    await world.settle()
    assert eye.seen == [tap]


async def test_a_frame_of_a_sense_without_credits_waits_like_a_sentence(build, clock):
    slow = Slow()
    world = build(slow)
    world.router.likes = {"touch": "vision"}
    for _ in range(3):
        world.show(sense="touch")
    slow.gate.set()
    await world.settle()
    said = [message["type"] for message in await world.ear.rest()]
    assert "error" not in said


# Those who come and go


async def test_one_that_is_hired_perceives_at_its_place(build, clock):
    world = build(Ear())

    class Loud(Ear):
        async def perceive(self, sentence, session):
            return Say(sentence.text.upper())

    world.router.hire(unit(Loud(), clock=clock), 0)
    assert [each.name for each in world.router.units] == ["Loud", "Ear"]
    world.say("hello")
    assert {(await world.ear.next("say"))["text"] for _ in range(2)} == {"HELLO", "hello"}


async def test_one_that_is_dismissed_does_no_more(build, clock):
    slow = Slow()
    world = build(slow)
    world.say("one")
    await within(slow.began.wait())
    world.say("two")
    world.show()
    world.router.dismiss(world.units[0])
    await world.settle()
    slow.gate.set()
    await world.settle()
    assert [message.get("text") for message in await world.ear.rest()] == ["I begin"]
    world.say("three")
    await world.settle()
    assert len(await world.ear.rest()) == 1
    assert world.units[0].health.reason == ""


async def test_frames_that_waited_for_one_that_is_dismissed_earn_their_credit(build, clock):
    slow = Slow()
    world = build(slow)
    world.router.pace("vision")
    credits, given = world.credits["vision"], []

    class Client:
        def give_credit(self, sense):
            given.append(sense)

    client = Client()
    credits.join(client)
    world.say("think")
    await within(slow.began.wait())
    credits.arrived(world.show(), client)
    world.router.hire(unit(Eye(), clock=clock), 1)
    world.router.dismiss(world.units[0])
    world.router.pace("vision")
    await world.settle()
    await clock.advance(1)
    assert len(given) == 2
