"""What is said where the plugin that would take a sentence is there but cannot, and what is talk instead."""

from __future__ import annotations

import pytest

from cortex import Cortex, Label, PluginError, Say, ServiceError, Show
from cortex.messages import Switch
from cortex.testing import pictures

COULD = "The plugin “reader”, which could tell, "


class Reader(Cortex):
    """Reads for who asks, if it can."""

    perceives = frozenset({"meaning:read", "meaning:people"})

    async def perceive(self, meaning, session):
        yield Say("MIND THE GAP")


class Gone(Reader):
    """Asks a service that is away."""

    async def perceive(self, meaning, session):
        raise ServiceError("the service is away")
        yield


class Broken(Reader):
    """Does not start."""

    def start(self):
        raise PluginError("there is nothing to read with")


class Eye(Cortex):
    """Shows what it sees, if it can."""

    perceives = frozenset({"vision"})

    async def perceive(self, frame, session):
        yield Show((Label("macaw", 0.9),))


class Talk(Cortex):
    """Talks of whatever nobody else takes."""

    perceives = frozenset({"meaning:talk"})

    async def perceive(self, meaning, session):
        yield Say(f"Let us talk: {meaning.text}")


def switch(bot, plugin, *, on):
    bot.core.switch(bot._client, Switch(plugin=plugin, on=on))


async def test_one_that_is_switched_off(bot):
    await bot.load("dialogue")
    await bot.load(Reader, "reader")
    await bot.read("read this")
    switch(bot, "reader", on=False)
    await bot.read("read this")
    await bot.read("lis ça", "fr-FR")
    switch(bot, "reader", on=True)
    await bot.read("read this")
    off = [COULD + "is switched off.", "Le plugin « reader », qui saurait le dire, est coupé."]
    assert bot.answers == ["MIND THE GAP", *off, "MIND THE GAP"]


async def test_one_whose_service_is_away_and_comes_back(bot, clock):
    await bot.load("dialogue")
    await bot.load(Gone, "reader")
    await bot.read("read this")
    assert bot.problems == ["reader: the service is away"]
    await bot.read("read this")
    await bot.read("who do you see")
    assert bot.answers == [COULD + "does not work just now. The page says why."] * 2


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"max_calls_per_day": 1}, COULD + "has used up what it may do today."),
        ({"max_rate": 0.1}, "The plugin “reader”, which could tell, may not be asked so often. Try again in a moment."),
    ],
)
async def test_one_that_may_not_be_asked_now(bot, limits, said):
    await bot.load("dialogue")
    await bot.load(Reader, "reader", **limits)
    await bot.read("read this")
    await bot.read("read this")
    assert bot.answers == ["MIND THE GAP", said]


async def test_one_that_did_not_start(bot):
    await bot.load("dialogue")
    await bot.load(Broken, "reader")
    with pytest.raises(PluginError, match="there is nothing to read with"):
        await bot.start()
    await bot.read("read this")
    assert bot.answers == [COULD + "did not start. The page says why."]


async def test_an_eye_that_is_switched_off(bot):
    await bot.load("dialogue")
    await bot.load(Eye, "eye")
    await bot.read("hello")
    switch(bot, "eye", on=False)
    await bot.read("what do you see")
    assert bot.answers[1:] == ["The plugin “eye”, which could tell, is switched off."]


async def test_where_talk_is_hindered_that_is_said_instead_of_being_puzzled(bot):
    await bot.load("dialogue")
    await bot.load(Talk, "talk", max_calls_per_day=1)
    await bot.read("why are black holes black")
    await bot.read("why are white dwarfs white")
    await bot.clock.advance(2)
    told = "The plugin “talk”, which could tell, has used up what it may do today."
    assert bot.answers == ["Let us talk: why are black holes black", told]


@pytest.mark.parametrize("text", ["what do you see", "what is this", "who do you see", "read this", "lis ça"])
async def test_where_nothing_else_sees_who_talks_is_asked_what_is_in_view(bot, text):
    await bot.load("dialogue")
    await bot.load(Talk, "talk")
    await bot.read(text)
    assert bot.answers == [f"Let us talk: {text}"]


async def test_who_talks_is_not_asked_what_another_one_sees(bot):
    await bot.load("dialogue")
    await bot.load(Talk, "talk")
    await bot.load(Eye, "eye")
    await bot.read("what do you see")
    await bot.see(pictures.photo())
    assert bot.answers == ["I see: macaw."]


SHUT = "My eyes are shut on the page."


@pytest.mark.parametrize("text", ["open your eyes", "what do you see", "take a picture"])
async def test_eyes_that_the_person_keeps_shut_are_not_said_to_be_open(bot, text):
    await bot.load("dialogue")
    await bot.load(Eye, "eye")
    await bot.report("vision", "closed", SHUT)
    await bot.read(text)
    await bot.report("vision", "failed", SHUT)  # as the page does where a look is wanted
    assert bot.answers == [SHUT]
    await bot.report("vision", "closed")
    await bot.read("open your eyes")
    assert bot.answers[-1] == "My eyes are open."
