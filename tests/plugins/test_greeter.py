"""The plugin of the README."""

from __future__ import annotations

import pytest

from cortex_greeter import Greeter
from tests.support.world import World


@pytest.mark.parametrize(("text", "answers"), [("Hello, bot", 1), ("HELLO", 1), ("good morning", 0)])
async def test_it_says_hello_back_and_nothing_else(text, answers):
    world = World(Greeter(None))
    world.say(text)
    await world.settle()
    said = [message["text"] for message in await world.ear.rest()]
    assert said == ["Hello! Show me something."] * answers
