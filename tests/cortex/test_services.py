"""Cortexes that ask somebody elsewhere: services that are away, people who speak over them, what is switched off."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
import pytest_asyncio

from cortex import Cortex, PluginError, Say, ServiceError, Session, Show
from cortex.health import State
from cortex.messages import Hello, Report, Switch
from cortex.testing import Clock, pictures
from tests.support.world import Ear, World, within


class Asker(Cortex):
    """Asks a service that is there, or is not."""

    perceives = frozenset({"reading", "vision"})

    def __init__(self, options=None):
        super().__init__(options)
        self.error: Exception | None = None

    async def perceive(self, sentence, session):
        if self.error is not None:
            raise self.error
        yield Say("fine")


class Talker(Cortex):
    """Says one thing after the other, as the test lets it; one may speak over it."""

    perceives = frozenset({"reading"})
    interruptible = True

    def __init__(self, options=None):
        super().__init__(options)
        self.goes_on = asyncio.Event()
        self.ended: list[str] = []

    async def perceive(self, sentence, session):
        try:
            yield Say(f"{sentence.text}: first")
            await self.goes_on.wait()
            yield Say(f"{sentence.text}: second")
        finally:
            self.ended.append(sentence.text)


class Thinker(Cortex):
    """Thinks in a thread until the test opens its gate."""

    perceives = frozenset({"reading"})

    def __init__(self, options=None):
        super().__init__(options)
        self.gate = threading.Event()

    def perceive(self, sentence, session):
        self.gate.wait(5)
        yield Say(f"thought of {sentence.text}")


@pytest.fixture(name="clock")
def _clock():
    return Clock()


@pytest_asyncio.fixture(name="build")
async def _build(clock):
    worlds = []

    def build(*cortexes: Cortex, **limits: Any) -> World:
        worlds.append(World(*cortexes, clock=clock, **limits))
        worlds[-1].session._voices = frozenset({"voice"})
        worlds[-1].ear.client.learn({name: frozenset({"voice"}) for name in ("say", "show", "hush")})
        return worlds[-1]

    yield build
    for world in worlds:
        await world.router.stop(0)


def of(kind, heard):
    return [message for message in heard if message["type"] == kind]


# Away


async def test_a_service_that_is_away_is_told_once_in_its_own_words_and_asked_again_later(build, clock):
    asker = Asker()
    world = build(asker)
    asker.error = ServiceError("nas:11434 cannot be reached: is it on?")
    for _ in range(5):
        world.say("hello")
        await world.settle()
        await clock.advance(20)
    health = world.units[0].health
    assert health.state is State.BENCHED
    assert health.reason == "nas:11434 cannot be reached: is it on? (tried again in 60 s)"
    (problem,) = of("error", await world.ear.rest())
    assert (problem["code"], problem["message"]) == (
        "service-failed",
        "Asker: nas:11434 cannot be reached: is it on?",
    )
    asker.error = None
    await clock.advance(60)
    world.say("and now")
    await world.settle()
    assert (health.state, health.reason) == (State.WORKING, "")
    assert [say["text"] for say in of("say", await world.ear.rest())] == ["fine"]


async def test_what_the_service_says_of_when_to_try_again_is_kept_to(build, clock):
    asker = Asker()
    world = build(asker)
    asker.error = ServiceError("too many requests", retry_after=300)
    world.say("hello")
    await world.settle()
    asker.error = None
    await clock.advance(290)
    world.say("hello")
    await world.settle()
    assert of("say", await world.ear.rest()) == []
    await clock.advance(10)
    world.say("hello")
    await world.settle()
    assert len(of("say", await world.ear.rest())) == 1


async def test_it_leaves_no_traceback_in_the_log(build, caplog):
    asker = Asker()
    world = build(asker)
    asker.error = ServiceError("it is away")
    world.say("hello")
    await world.settle()
    assert "Asker is benched: it is away" in caplog.text
    assert "Traceback" not in caplog.text


# Spoken over


async def test_who_speaks_over_an_answer_ends_it_for_good(build):
    talker = Talker()
    world = build(talker)
    first = world.say("one")
    await world.ear.next("say", text="one: first")
    world.say("two")
    hush = await world.ear.next("hush")
    assert (hush["of"], hush["answers"]) == (first.id, first.id)
    await world.ear.next("say", text="two: first")
    assert talker.ended == ["one"]
    talker.goes_on.set()
    await world.settle()
    assert [say["text"] for say in of("say", await world.ear.rest())] == ["two: second"]
    assert world.units[0].health.state is State.WORKING


async def test_what_the_recogniser_may_still_change_is_enough_to_end_it(build):
    talker = Talker()
    world = build(talker)
    world.say("one")
    await world.ear.next("say")
    world.say("wait", final=False)
    await world.ear.next("hush")
    talker.goes_on.set()
    await world.settle()
    assert of("say", await world.ear.rest()) == []


async def test_all_was_thought_of_already_but_it_still_speaks(build):
    talker = Talker()
    talker.goes_on.set()
    world = build(talker)
    world.say("one")
    await world.settle()
    world.say("two")
    await world.settle()
    assert len(of("hush", await world.ear.rest())) == 1


async def test_what_was_said_to_the_end_need_not_be_hushed(build):
    talker = Talker()
    talker.goes_on.set()
    world = build(talker)
    world.say("one")
    await world.settle()
    world.session.reported(Report(name="voice", state="idle"), world.ear.client)
    world.say("two")
    await world.settle()
    assert of("hush", await world.ear.rest()) == []


async def test_others_are_not_ended(build, clock):
    talker = Talker()
    talker.interruptible = False
    talker.goes_on.set()
    world = build(talker)
    world.say("one")
    world.say("two")
    await world.settle()
    heard = await world.ear.rest()
    assert [say["text"] for say in of("say", heard)] == ["one: first", "one: second", "two: first", "two: second"]
    assert of("hush", heard) == []


async def test_another_session_goes_on(build):
    talker = Talker()
    world = build(talker)
    other = Session(clock=world.clock)
    ear = Ear(other)
    world.say("mine")
    world.say("theirs", other)
    await world.ear.next("say")
    await ear.next("say")
    world.say("stop", final=False)
    talker.goes_on.set()
    await world.settle()
    assert [say["text"] for say in of("say", await ear.rest())] == ["theirs: second"]


async def test_what_waited_for_its_turn_is_dropped_and_the_turns_go_on(build):
    talker = Talker()
    talker.concurrency = 1
    world = build(talker)
    other = Session(clock=world.clock)
    ear = Ear(other)
    world.say("theirs", other)
    await ear.next("say")
    world.say("one")  # has to wait for them
    world.say("two")
    talker.goes_on.set()
    await world.settle()
    assert [say["text"] for say in of("say", await world.ear.rest())] == ["two: first", "two: second"]


async def test_a_thread_cannot_be_ended_so_it_cannot_be_spoken_over(bot):
    class Deaf(Thinker):
        interruptible = True

    with pytest.raises(PluginError, match="Deaf is interruptible: its perceive has to be an `async def`"):
        await bot.load(Deaf, "deaf")


# Switched off


async def test_what_is_switched_off_perceives_nothing_of_this_session_and_all_of_others(build):
    asker = Asker()
    world = build(asker)
    other = Session(clock=world.clock)
    ear = Ear(other)
    world.session.switch({"Asker"})
    world.say("hello")
    world.show()
    world.say("hello", other)
    await world.settle()
    assert of("say", await world.ear.rest()) == []
    assert len(of("say", await ear.rest())) == 1


async def test_it_takes_no_thoughts_while_it_is_off(build):
    world = build(Asker())
    assert world.router.takes("reading", world.session)
    world.session.switch({"Asker"})
    assert not world.router.takes("reading", world.session)


async def test_what_it_was_thinking_of_is_given_up(build):
    talker = Talker()
    world = build(talker)
    world.say("one")
    await world.ear.next("say")
    world.session.switch({"Talker"})
    world.router.switched(world.session)
    talker.goes_on.set()
    await world.settle()
    assert of("say", await world.ear.rest()) == []
    world.session.switch(set())
    world.say("two")
    await world.settle()
    assert [say["text"] for say in of("say", await world.ear.rest())] == ["two: first", "two: second"]


async def test_what_a_thread_still_thinks_of_is_not_said(build):
    thinker = Thinker()
    world = build(thinker)
    world.say("one")
    await asyncio.sleep(0)
    world.session.switch({"Thinker"})
    world.router.switched(world.session)
    world.session.switch(set())
    thinker.gate.set()
    world.say("two")
    await world.settle()
    assert [say["text"] for say in of("say", await world.ear.rest())] == ["thought of two"]


async def test_a_client_switches_a_plugin_off_and_every_client_is_told(bot):
    class Eye(Cortex):
        perceives = frozenset({"vision"})

        def perceive(self, frame, session):
            yield Show(text="seen")

    await bot.load(Eye, "eye")
    await bot.start()
    core, session = bot.core, bot.session
    laptop, phone = core.connect(), core.connect()
    core.greet(laptop, Hello(session=session.id))
    core.greet(phone, Hello(session=session.id))
    core.switch(laptop, Switch(plugin="eye", on=False))
    assert session.off == {"eye"}
    told = [text for text in await within(phone.outbox.take()) if '"switched"' in text]
    assert told == ['{"type":"switched","off":["eye"]}']
    core.switch(phone, Switch(plugin="eye", on=True))
    assert session.off == set()


async def test_a_client_that_comes_back_still_has_off_what_it_had_off(bot):
    await bot.load(Asker, "asker")
    await bot.start()
    client = bot.core.connect()
    bot.core.greet(client, Hello(off=("asker", "gone")))
    assert client.session.off == {"asker"}


async def test_a_plugin_that_is_not_there_cannot_be_switched(bot):
    await bot.load(Asker, "asker")
    await bot.start()
    client = bot.core.connect()
    bot.core.receive(client, '{"type":"hello"}')
    bot.core.receive(client, '{"type":"switch","plugin":"voice","on":false}')
    told = "".join(await within(client.outbox.take()))
    assert '"unknown-plugin"' in told
    assert "no plugin 'voice' with a cortex is enabled" in told


# Told of itself


async def test_a_cortex_tells_its_trouble_while_it_goes_on(bot):
    class Worried(Cortex):
        perceives = frozenset({"reading"})

        async def perceive(self, sentence, session):
            self.trouble("" if sentence.text == "better" else "the quota is nearly used up")
            yield Say("yes")

    await bot.load(Worried, "worried")
    await bot.read("how are you")
    (status,) = [each for each in bot.statuses if each.name == "worried"]
    assert (status.state, status.reason) == (State.WORKING, "the quota is nearly used up")
    await bot.read("better")
    (status,) = [each for each in bot.statuses if each.name == "worried"]
    assert status.reason == ""


async def test_the_default_of_which_frames_it_looks_at_is_the_plugins_own(bot):
    class Costly(Cortex):
        perceives = frozenset({"vision"})
        on = "ask"

        def perceive(self, frame, session):
            yield Show(text="seen")

    await bot.load(Costly, "costly")
    await bot.see(pictures.red())
    assert bot.shown == []
    await bot.see(pictures.red(), asked=True)
    assert len(bot.shown) == 1
