"""The plugin of the README."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(("text", "answers"), [("Hello, bot", 1), ("HELLO", 1), ("good morning", 0)])
async def test_it_says_hello_back_and_nothing_else(bot, text, answers):
    await bot.load("greeter")
    await bot.read(text)
    await bot.hear(text)
    assert bot.answers == ["Hello! Show me something."] * answers * 2
    assert len(bot.actions) == len(bot.answers)
