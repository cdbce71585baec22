"""From stimuli to cortexes: fair turns, and one that is slow, hangs or raises is nobody else's trouble."""

from __future__ import annotations

import asyncio
import threading

import numpy as np
import pytest
import pytest_asyncio

from cortex import Cortex, Frame, Once, Say, Session, Show, StimulusError
from cortex.health import FAILURES, State
from tests.support.rascals import (
    HANGING,
    RAISING,
    cortex_of,
    hang,
    hang_and_ignore_that_it_was_cancelled,
    hang_in_a_generator,
    hang_in_a_stream,
    hang_in_a_thread,
    open_gates,
    raise_at_once,
)
from tests.support.world import Ear, World, within


class Echo(Cortex):
    """Well behaved: says what it hears."""

    perceives = frozenset({"reading"})

    async def perceive(self, stimulus, session):
        return Say(stimulus.text)


class Slow(Cortex):
    """Thinks until the test opens its gate; keeps what it has thought about."""

    perceives = frozenset({"reading", "vision"})

    def __init__(self):
        super().__init__(None)
        self.gate = asyncio.Event()
        self.began = asyncio.Queue()

    async def perceive(self, stimulus, session):
        await self.began.put(stimulus)
        await self.gate.wait()


@pytest_asyncio.fixture(name="build")
async def _build():
    """Makes the world of a test, and lets go of what hangs in it when the test is over."""
    worlds = []

    def build(*cortexes, **limits):
        worlds.append(World(*cortexes, **limits))
        return worlds[-1]

    yield build
    open_gates()
    for world in worlds:
        await world.router.stop(0.05)


@pytest.mark.parametrize("perceive", RAISING)
async def test_one_that_raises_neither_delays_nor_breaks_another(build, perceive):
    world = build(cortex_of(perceive), Echo(None))
    world.say("hello", id="s1")
    assert (await world.ear.next("say", cortex="Echo"))["text"] == "hello"
    problem = await world.ear.next("error", code="cortex-failed", answers="s1")
    assert problem["message"].startswith("Bad: ")


@pytest.mark.parametrize("perceive", HANGING)
async def test_one_that_hangs_neither_delays_nor_breaks_another(build, perceive):
    world = build(cortex_of(perceive), Echo(None))
    for number in range(10):
        world.say(f"hello {number}")
        assert (await world.ear.next("say", cortex="Echo"))["text"] == f"hello {number}"


@pytest.mark.parametrize("perceive", [hang, hang_in_a_stream, hang_in_a_thread, hang_in_a_generator])
async def test_one_that_hangs_is_given_up_and_the_client_is_told(build, perceive):
    world = build(cortex_of(perceive), timeout=0.05)
    world.say("hello", id="s1")
    problem = await world.ear.next("error", code="cortex-failed", answers="s1")
    assert problem["message"] == "Bad: TimeoutError: took longer than 0.05 s"
    await world.settle()


async def test_after_five_failures_it_is_benched_and_everybody_is_told_why(build):
    world = build(cortex_of(raise_at_once))
    for _ in range(FAILURES):
        world.say("hello")
    await world.settle()
    bad = world.units[0].health
    assert bad.state is State.BENCHED
    assert "I will not" in bad.reason
    assert world.changes == 1
    await world.ear.rest()
    world.say("hello again")
    await world.settle()
    assert not [message for message in await world.ear.rest() if message.get("answers") == "hello again"]


async def test_a_benched_cortex_that_has_learnt_its_lesson_comes_back(build):
    lessons = []

    async def perceive(self, stimulus, session):
        if not lessons:
            raise ValueError("no")
        return Say("now I can")

    world = build(cortex_of(perceive))
    for _ in range(FAILURES):
        world.say("hello")
    await world.settle()
    lessons.append("learnt")
    world.units[0].health._benched_until = 0  # its pause is over
    world.say("hello")
    await world.ear.next("say", text="now I can")
    await world.settle()
    assert world.units[0].health.state is State.WORKING
    assert world.changes == 2


async def test_of_the_frames_that_come_while_it_thinks_only_the_latest_is_looked_at(build):
    slow = Slow()
    world = build(slow)
    first = world.show()
    assert await within(slow.began.get()) is first
    frames = [world.show() for _ in range(100)]
    slow.gate.set()
    assert await within(slow.began.get()) is frames[-1]
    await world.settle()
    assert slow.began.empty()


async def test_sentences_that_come_while_it_thinks_are_all_kept_in_their_order(build):
    slow = Slow()
    world = build(slow)
    sentences = [world.say(str(number)) for number in range(20)]
    slow.gate.set()
    await world.settle()
    assert [slow.began.get_nowait() for _ in sentences] == sentences


async def test_past_sixty_four_sentences_the_oldest_is_dropped_and_the_client_is_told(build):
    slow = Slow()
    world = build(slow)
    first = world.say("first")
    await within(slow.began.get())
    sentences = [world.say(str(number), id=f"s{number}") for number in range(66)]
    slow.gate.set()
    await world.settle()
    assert [slow.began.get_nowait() for _ in range(64)] == sentences[2:]
    problems = [message for message in await world.ear.rest() if message["type"] == "error"]
    assert [(problem["code"], problem["answers"]) for problem in problems] == [("dropped", "s0"), ("dropped", "s1")]
    assert first.id not in str(problems)


async def test_a_slow_cortex_gets_its_latest_frame_and_a_quick_one_gets_them_all(build):
    class Quick(Cortex):
        perceives = frozenset({"vision"})

        async def perceive(self, stimulus, session):
            return Show(text=stimulus.id)

    slow = Slow()
    world = build(slow, Quick(None))
    for _ in range(5):
        frame = world.show()
        await world.ear.next("show", text=frame.id)
    assert slow.began.qsize() == 1


async def test_within_one_session_it_thinks_of_one_stimulus_at_a_time(build):
    slow = Slow()
    world = build(slow)
    world.say("one")
    world.say("two")
    await within(slow.began.get())
    await asyncio.sleep(0)
    assert slow.began.empty()
    slow.gate.set()
    await within(slow.began.get())


async def test_sessions_take_turns_at_a_cortex_that_thinks_for_one_at_a_time(build):
    order = []

    class Narrow(Cortex):
        perceives = frozenset({"reading"})
        concurrency = 1

        async def perceive(self, stimulus, session):
            order.append(stimulus.text)
            await asyncio.sleep(0)

    world = build(Narrow(None))
    talkative, shy = Session(), Session()
    for number in range(10):
        world.say(f"talk {number}", talkative)
    world.say("hm", shy)
    await world.settle()
    assert order.index("hm") == 1


async def test_one_sessions_answers_do_not_go_to_another(build):
    world = build(Echo(None))
    other = Ear(Session())
    world.say("mine")
    world.say("theirs", other.client.session)
    assert (await other.next("say"))["text"] == "theirs"
    await world.settle()
    assert [message["text"] for message in await world.ear.rest()] == ["mine"]


async def test_a_picture_is_made_once_for_all_who_look_and_not_on_the_event_loop(build):
    made = []

    class Left(Cortex):
        perceives = frozenset({"vision"})

        async def perceive(self, stimulus, session):
            return Show(text=str(stimulus.image.shape))

    class Right(Left):
        def perceive(self, stimulus, session):
            return Show(text=str(stimulus.image.shape))

    def make():
        made.append(threading.get_ident())
        return np.zeros((4, 4, 3), np.uint8)

    world = build(Left(None), Right(None))
    world.show(make)
    await world.settle()
    assert len(made) == 1
    assert made[0] != threading.get_ident()
    assert [message["text"] for message in await world.ear.rest()] == ["(4, 4, 3)"] * 2


@pytest.mark.parametrize(("polite", "ahead"), [(True, True), (False, False)])
async def test_a_frame_that_came_by_credit_is_decoded_while_it_waits(build, polite, ahead):
    world = build(Slow())
    credits, client, decoded = world.credits["vision"], world.ear.client, asyncio.Event()
    loop = asyncio.get_running_loop()

    def make():
        loop.call_soon_threadsafe(decoded.set)
        return np.zeros((4, 4, 3), np.uint8)

    world.show()
    await within(world.units[0].cortex.began.get())  # it thinks, and will for a while
    world.router.pace("vision")
    credits.join(client)
    frame = Frame(sense="vision", picture=Once(make))
    if polite:
        credits.arrived(frame, client)
    tasks = len(world.router._tasks)
    world.router.route(frame, world.session)
    assert len(world.router._tasks) - tasks == ahead
    if ahead:
        await within(decoded.wait())
    world.units[0].cortex.gate.set()
    await world.settle()
    assert decoded.is_set()


async def test_a_broken_picture_is_told_once_counts_against_nobody_and_the_next_is_looked_at(build):
    class Left(Cortex):
        perceives = frozenset({"vision"})

        def perceive(self, stimulus, session):
            return Show(text="seen")

    class Right(Left):
        pass

    def broken():
        raise StimulusError("bad-image", "no picture")

    world = build(Left(None), Right(None))
    for _ in range(2 * FAILURES):
        frame = world.show(broken)
        assert (await world.ear.next("error"))["answers"] == frame.id
        await world.settle()
    assert [one.health.state for one in world.units] == [State.WORKING] * 2
    world.show()
    await world.ear.next("show", text="seen")
    await world.settle()
    assert not [message for message in await world.ear.rest() if message["type"] == "error"]


async def test_interim_words_go_only_to_those_who_want_them(build):
    class Eager(Echo):
        interim = True

    world = build(Echo(None), Eager(None))
    world.say("hel", final=False)
    await world.settle()
    assert [message["cortex"] for message in await world.ear.rest()] == ["Eager"]


async def test_what_waits_for_a_session_that_has_ended_is_forgotten(build):
    slow = Slow()
    world = build(slow)
    world.say("one")
    await within(slow.began.get())
    world.say("two")
    world.router.forget(world.session)
    slow.gate.set()
    await world.settle()
    assert slow.began.empty()


async def test_a_session_that_ends_while_its_turn_begins_takes_no_turn_from_others(build):
    slow = Slow()
    slow.concurrency = 1
    slow.gate.set()
    world = build(slow)
    world.say("one")
    world.router.forget(world.session)
    await world.settle()
    world.say("two", Session())
    await world.settle()
    assert slow.began.qsize() == 2


async def test_a_cortex_has_met_a_session_before_it_perceives(build):
    class Host(Cortex):
        perceives = frozenset({"reading"})
        met = ()

        async def join(self, session):
            await asyncio.sleep(0)
            self.met = (*self.met, session)

        async def perceive(self, stimulus, session):
            return Say(str(session in self.met))

    world = build(Host(None))
    world.router.welcome(world.session, world.units[0])
    world.say("hello")
    await world.ear.next("say", text="True")


async def test_a_credit_comes_back_though_nobody_looks(build):
    world = build(cortex_of(raise_at_once, "vision"))
    bad_unit = world.units[0]
    bad_unit.health.failed("blocked", 1e12, grave=True)
    ear, credits = world.ear, world.credits["vision"]
    world.router.pace("vision")
    credits.join(ear.client)
    await ear.next("credit")
    frame = world.show()
    credits.arrived(frame, ear.client)
    await ear.next("credit")


async def test_stopping_gives_up_what_is_being_thought_about(build):
    slow = Slow()
    world = build(slow, cortex_of(hang_and_ignore_that_it_was_cancelled))
    world.say("hello")
    await within(slow.began.get())
    await within(world.router.stop(0.05))
    world.say("too late")
    assert slow.began.empty()
