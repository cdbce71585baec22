"""The echo."""

from __future__ import annotations

from cortex_echo import Echo
from tests.support.world import World


async def test_it_says_every_sentence_again_in_its_language():
    world = World(Echo(None))
    for text in ("one", "deux"):
        world.say(text, language="fr")
    await world.settle()
    said = [(message["text"], message["language"], message["priority"]) for message in await world.ear.rest()]
    assert said == [("one", "fr", "answer"), ("deux", "fr", "answer")]
