"""Plugins that the person has switched off, in one session: what they perceive, and who is told."""

from __future__ import annotations

import asyncio

from cortex import Cortex, Session, Show
from cortex.messages import Hello, Switch
from tests.support.talkers import Asker, Talker, Thinker, of
from tests.support.world import Ear, within

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
    assert None in world.router.ways("reading", world.session)
    world.session.switch({"Asker"})
    assert None not in world.router.ways("reading", world.session)


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


async def test_to_switch_one_on_leaves_the_others_off(bot):
    await bot.load(Asker, "asker")
    await bot.load(Talker, "talker")
    await bot.start()
    client = bot.core.connect()
    bot.core.greet(client, Hello(off=("asker", "talker")))
    bot.core.switch(client, Switch(plugin="talker", on=True))
    assert client.session.off == {"asker"}


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
