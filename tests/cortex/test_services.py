"""Cortexes that ask somebody elsewhere: services that are away, people who speak over them, what is switched off."""

from __future__ import annotations

import asyncio
import json

import pytest

from cortex import Cortex, PluginError, Say, ServiceError, Session, Show
from cortex.health import State
from cortex.messages import Hello, Report
from cortex.testing import pictures
from tests.support.talkers import Asker, Joiner, Talker, Thinker, of
from tests.support.world import Ear, within

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


async def test_a_service_that_wants_to_be_left_alone_for_ever_is_tried_again_after_an_hour(build, clock):
    asker = Asker()
    world = build(asker)
    asker.error = ServiceError("too many requests", retry_after=1e12)
    world.say("hello")
    await world.settle()
    assert world.units[0].health.reason == "too many requests (tried again in 3600 s)"
    asker.error = None
    await clock.advance(3600)
    world.say("hello")
    await world.settle()
    assert len(of("say", await world.ear.rest())) == 1


async def test_thoughts_are_for_it_again_once_it_may_be_tried(build, clock):
    asker = Asker()
    world = build(asker)
    asker.error = ServiceError("it is away")
    world.say("hello")
    await world.settle()
    assert None not in world.router.ways("reading", world.session)
    await clock.advance(15)
    assert None in world.router.ways("reading", world.session)


async def test_it_leaves_one_line_in_the_log_and_no_traceback(build, clock, caplog):
    asker = Asker()
    world = build(asker)
    asker.error = ServiceError("it is away")
    for _ in range(3):
        world.say("hello")
        await world.settle()
        await clock.advance(60)
    told = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert told == ["Asker is benched: it is away (tried again in 15 s)"]
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


async def test_it_is_hushed_though_the_voice_was_idle_when_the_next_sentence_was_under_way(build):
    talker = Talker()
    world = build(talker)
    first = world.say("one")
    await world.ear.next("say")
    world.session.reported(Report(name="voice", state="speaking"), world.ear.client)
    talker.goes_on.set()
    await world.settle()
    world.session.reported(Report(name="voice", state="idle"), world.ear.client)  # after the first sentence
    world.session.reported(Report(name="voice", state="speaking"), world.ear.client)
    world.say("stop", final=False)
    assert [hush["of"] for hush in of("hush", await world.ear.rest())] == [first.id]


async def test_it_is_hushed_once(build):
    talker = Talker()
    talker.goes_on.set()
    world = build(talker)
    world.say("one")
    await world.settle()
    for _ in range(3):
        world.say("wait", final=False)
    assert len(of("hush", await world.ear.rest())) == 1


@pytest.mark.parametrize("how", ["spoken over", "switched off"])
async def test_who_ends_a_thought_that_waits_for_the_join_does_not_end_the_join(build, how):
    joiner = Joiner()
    joiner.goes_on.set()
    world = build(joiner)
    world.router.welcome(world.session, world.units[0])
    world.say("one")
    await joiner.began.wait()
    if how == "spoken over":
        world.say("wait", final=False)
    else:
        world.session.switch({"Joiner"})
        world.router.switched(world.session)
        world.session.switch(set())
    joiner.may_join.set()
    world.say("two")
    await world.settle()
    heard = await world.ear.rest()
    assert [say["text"] for say in of("say", heard)] == ["two: first", "two: second"]
    assert (joiner.joined, of("error", heard)) == (True, [])


async def test_the_end_of_a_session_ends_what_one_may_speak_over(build):
    talker = Talker()
    world = build(talker)
    world.say("one")
    await world.ear.next("say")
    world.router.forget(world.session)
    await world.settle()
    assert talker.ended == ["one"]


async def test_what_is_switched_off_is_hushed(build):
    talker = Talker()
    world = build(talker)
    first = world.say("one")
    await world.ear.next("say")
    world.session.switch({"Talker"})
    world.router.switched(world.session)
    await world.settle()
    assert [hush["of"] for hush in of("hush", await world.ear.rest())] == [first.id]
    assert talker.ended == ["one"]


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


# A single look


async def test_where_no_cortex_watches_a_single_look_gets_its_credit_and_no_more(bot):
    class Reader(Cortex):
        perceives = frozenset({"reading"})

    await bot.load(Reader, "reader")
    await bot.start()
    client = bot.core.connect()
    bot.core.greet(client, Hello())
    assert not any('"credit"' in text for text in await within(client.outbox.take()))
    looking = asyncio.create_task(client.session.snap())
    told = await within(client.outbox.take())
    assert [json.loads(text)["type"] for text in told] == ["credit", "attend"]
    header = json.dumps({"type": "stimulus", "sense": "vision", "id": "f1"}).encode()
    bot.core.receive(client, header + b"\n" + pictures.jpeg(pictures.red()))
    assert (await within(looking)).id == "f1"
    await bot.clock.advance(60)
    client.outbox.put('{"type": "end"}')
    assert not any('"credit"' in text for text in await within(client.outbox.take()))


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


async def test_the_defaults_of_its_limits_are_the_plugins_own(bot):
    class Costly(Cortex):
        perceives = frozenset({"vision"})
        on = "ask"
        timeout = 90.0

        def perceive(self, frame, session):
            yield Show(text="seen")

    await bot.load(Costly, "costly")
    await bot.start()
    assert [status.limits for status in bot.statuses if status.name == "costly"] == [{"timeout": 90.0, "on": "ask"}]
    await bot.see(pictures.red())
    assert bot.shown == []
    await bot.see(pictures.red(), asked=True)
    assert len(bot.shown) == 1
