"""The core put together: senses on the server, senses like others, and what is exchanged while it works."""

from __future__ import annotations

import asyncio
import json
from typing import ClassVar

import pytest

from cortex import (
    Cortex,
    Event,
    Frame,
    Header,
    Once,
    PluginError,
    Post,
    RefusedError,
    Say,
    Sense,
    WireError,
    decode_picture,
    hookimpl,
)
from cortex import bot as core
from cortex.config import load_config
from cortex.health import State
from cortex.messages import Hello
from cortex.testing import pictures
from tests.support.world import within


class Tick(Sense):
    """Tells every minute that time goes by."""

    def __init__(self, options):
        super().__init__(options)
        self.heard_by = []

    async def run(self, emit):
        while True:
            await self.clock.sleep(60)
            self.heard_by.append(emit(Event(sense="tick", name="tick", text="Tick.")))


class Teller(Cortex):
    """Says what happens."""

    perceives = frozenset({"tick", "door"})

    async def perceive(self, event, session):
        return Say(event.text)


class Door(Sense):
    """Is knocked at over HTTP."""

    async def post(self, name, post):
        return Event(sense="door", name=name, text=post.json()["text"])


class Finger(Sense):
    """Touches what vision sees."""

    Header = Header
    like = "vision"

    def decode(self, header, payload):
        return Frame(**header.common(), picture=Once(lambda: decode_picture(payload)), asked=True)


class Eye(Cortex):
    """Says which colour there is most of."""

    perceives = frozenset({"vision"})

    def perceive(self, frame, session):
        colour = int(frame.image.mean(axis=(0, 1)).argmax())
        yield Say(("red", "green", "blue")[colour])


def status(bot, name):
    return next(status for status in bot.statuses if status.name.startswith(name))


async def test_a_sense_on_the_server_speaks_up_in_the_sessions_that_are_open(bot, clock):
    await bot.load(Tick)
    await bot.load(Teller)
    await bot.read("hello")
    await clock.advance(180)
    assert bot.remarks == ["Tick."] * 3


async def test_where_nobody_is_there_it_learns_so(bot, clock):
    await bot.load(Tick)
    await bot.load(Teller)
    await bot.start()
    await clock.advance(60)
    (tick,) = [sense for name, sense in bot.core.plugins.senses.items() if name == "tick"]
    assert tick.heard_by == [0]


async def test_the_rate_of_a_sense_is_that_of_what_it_perceives(bot, clock):
    await bot.load(Tick)
    await bot.load(Teller)
    for _ in range(5):
        await bot.read("hello")
    assert (status(bot, "reading").rate, status(bot, "reading").median_ms) == (0.5, None)
    await clock.advance(60)
    assert (status(bot, "reading").rate, status(bot, "tick").rate) == (0, 0.1)


async def test_over_its_rate_it_is_not_heard(bot, clock):
    await bot.load(Tick, max_rate=0.01)
    await bot.load(Teller)
    await bot.read("hello")
    await clock.advance(240)
    assert len(bot.remarks) == 2


async def test_one_that_nobody_perceives_says_so_on_the_page(bot):
    await bot.load(Tick)
    await bot.start()
    assert status(bot, "tick").reason == "no enabled cortex perceives tick"
    assert status(bot, "tick").state is State.WORKING


async def test_one_that_somebody_perceives_does_not(bot):
    await bot.load(Tick)
    await bot.load(Teller)
    await bot.start()
    assert status(bot, "tick").reason == ""


async def test_posts_over_the_rate_are_refused_with_the_time_to_wait(bot, clock):
    await bot.load(Door, max_rate=0.5)
    await bot.load(Teller)
    await bot.read("hello")
    assert await bot.post("door", "front", {"text": "Knock."}) == 1
    with pytest.raises(RefusedError, match="max_rate") as refused:
        await bot.post("door", "front", {"text": "Knock again."})
    assert (refused.value.status, refused.value.retry_after) == (429, 2)
    await clock.advance(2)
    assert await bot.post("door", "front", {"text": "Again."}) == 1
    assert bot.remarks == ["Knock.", "Again."]


async def test_a_post_that_is_refused_does_not_count(bot):
    await bot.load(Door, max_calls_per_day=1)
    await bot.read("hello")
    with pytest.raises(RefusedError, match="no JSON"):
        await bot.post("door", "front", b"{")
    assert status(bot, "door").calls_left == 1


async def test_what_is_like_vision_is_seen_by_those_who_see_and_answered(bot):
    await bot.load(Finger)
    await bot.load(Eye)
    await bot.perceive("finger", pictures.jpeg(pictures.green()))
    assert bot.answers == ["green"]


async def test_a_sense_of_a_browser_is_held_to_its_rate(bot, clock):
    await bot.load(Finger, max_rate=1)
    await bot.load(Eye)
    await bot.perceive("finger", pictures.jpeg(pictures.green()))
    with pytest.raises(WireError, match="takes 1 call a second at most"):
        await bot.perceive("finger", pictures.jpeg(pictures.blue()))
    await clock.advance(1)
    await bot.perceive("finger", pictures.jpeg(pictures.red()))
    assert bot.answers == ["green", "red"]


async def test_settings_that_would_tell_every_browser_a_secret_are_refused(bot, monkeypatch):
    from cortex import BaseOptions

    class Leaky(Sense):
        """Has a token that its browser half does not need."""

        class Options(BaseOptions):
            """What it needs."""

            token: str = ""
            """A secret."""

        client = "leaky.js"

    monkeypatch.setenv("TOKEN", "a-very-secret-token")
    with pytest.raises(PluginError, match="would tell every browser a secret"):
        await bot.load(Leaky, token={"$env": "TOKEN"})


class Parrot(Cortex):
    """Perceives what its own plugin's sense does."""

    perceives = frozenset({"tick"})

    async def perceive(self, event, session):
        return Say(f"I heard: {event.text}")


class Nest:
    """A plugin with a sense on the server and a cortex that perceives it."""

    __name__ = "nest"

    @staticmethod
    @hookimpl
    def register_senses(register):
        register("tick", Tick)

    @staticmethod
    @hookimpl
    def register_cortexes(register):
        register("parrot", Parrot)


async def test_what_a_plugin_perceives_by_itself_is_counted_once(bot, clock, tmp_path):
    core = core_of(tmp_path, clock, {"nest": {"max_calls_per_day": 5, "max_rate": 1}}, nest=Nest())
    await core.start()
    client = core.connect()
    core.greet(client, Hello())
    await clock.advance(60)
    await core.router.settle()
    told = [json.loads(text) for text in await client.outbox.take()]
    assert [message["text"] for message in told if message["type"] == "say"] == ["I heard: Tick."]
    assert [status.calls_left for status in core.statuses if status.name == "nest"] == [4]
    await core.stop()


def core_of(folder, clock, plugins, **brought):
    file = folder / "bot.yaml"
    file.write_text(json.dumps({"senses": None, "actuators": {"voice": None}, "plugins": plugins}))
    return core.Bot(load_config(file), clock=clock, brought=brought)


async def test_of_posts_that_come_together_the_rate_lets_one_through(bot, clock):
    class Slow(Door):
        """Takes its time in a thread."""

        def post(self, name, post):
            return Event(sense="slow", name=name, text="Knock.")

    await bot.load(Slow, max_rate=1)
    await bot.read("hello")
    posts = [bot.core.post("slow", "front", Post(headers={}, body=b"{}")) for _ in range(10)]
    results = await asyncio.gather(*posts, return_exceptions=True)
    assert sorted(str(getattr(result, "status", result)) for result in results) == ["1", *["429"] * 9]


async def test_a_sense_that_tries_again_and_again_is_refused_in_one_line(bot, clock, caplog):
    await bot.load(Tick, max_calls_per_day=1)
    await bot.load(Teller)
    await bot.read("hello")
    await clock.advance(3600)
    assert caplog.text.count("has used its 1 call of today") == 1


class Sleeper(Cortex):
    """Takes its time to start, and to stop."""

    perceives = frozenset({"reading"})
    log: ClassVar = []
    starting: ClassVar = []
    stopping: ClassVar = []
    ended = asyncio.Event()

    async def start(self):
        for gate in Sleeper.starting:
            await gate.wait()
        Sleeper.log.append("started")

    async def stop(self):
        for gate in Sleeper.stopping:
            await gate.wait()
        Sleeper.log.append("stopped")
        Sleeper.ended.set()

    def join(self, session):
        Sleeper.log.append("joined")


@pytest.fixture(name="sleeper")
async def _sleeper(clock, tmp_path):
    """A bot with a plugin that a test can hold up."""
    for each in (Sleeper.log, Sleeper.starting, Sleeper.stopping):
        each.clear()
    Sleeper.ended = asyncio.Event()

    class Plugin:
        __name__ = "sleeper"

        @staticmethod
        @hookimpl
        def register_cortexes(register):
            register("sleeper", Sleeper)

    bot = core_of(tmp_path, clock, {"sleeper": None}, sleeper=Plugin())
    yield bot
    for gate in (*Sleeper.starting, *Sleeper.stopping):
        gate.set()
    await bot.stop()


async def test_a_client_may_connect_while_a_plugin_is_being_reloaded(sleeper):
    await sleeper.start()
    gate = asyncio.Event()
    Sleeper.stopping.append(gate)
    reloading = asyncio.create_task(sleeper.reload("sleeper"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    client = sleeper.connect()
    sleeper.greet(client, Hello())
    gate.set()
    assert (await within(reloading)).state is State.WORKING
    await within(sleeper.router.settle())
    assert Sleeper.log == ["started", "stopped", "started", "joined"]


async def test_what_had_not_started_when_it_was_exchanged_is_stopped_once_it_has(sleeper):
    gate = asyncio.Event()
    Sleeper.starting.append(gate)
    await sleeper.start(patience=0.01)
    Sleeper.starting.clear()
    assert (await within(sleeper.reload("sleeper"))).state is State.WORKING
    assert Sleeper.log == ["started"]  # the new one
    gate.set()
    await within(Sleeper.ended.wait())
    assert Sleeper.log == ["started", "started", "stopped"]
    assert sleeper.statuses[0].state is State.WORKING
