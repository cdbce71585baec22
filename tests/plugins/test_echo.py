"""The echo."""

from __future__ import annotations

from cortex import Say


async def test_it_says_every_sentence_again_in_its_language(bot):
    await bot.load("echo")
    await bot.read("one", "fr")
    await bot.hear("deux", "fr")
    assert bot.actions == [Say("one", "fr"), Say("deux", "fr")]
    assert bot.answers == ["one", "deux"]
