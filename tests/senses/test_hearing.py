"""Sentences that were heard."""

from __future__ import annotations

import pytest

from cortex import Cortex, Sentence, WireError


class Listener(Cortex):
    """Keeps what it hears."""

    perceives = frozenset({"hearing"})
    interim = True

    def start(self):
        self.heard = []

    async def perceive(self, sentence, session):
        self.heard.append(sentence)


async def heard(bot, *headers):
    """Return the sentences that a cortex is handed, for the headers that a browser sends."""
    await bot.load(Listener)
    for header in headers:
        await bot.perceive("hearing", **header)
    (listener,) = [unit.cortex for unit in bot.core.units]
    return listener.heard


async def test_a_sentence_is_final_unless_it_says_otherwise_and_came_through_the_air(bot):
    sentence, unfinished = await heard(
        bot, {"text": " hello ", "language": "en-GB"}, {"text": "hel", "final": False, "confidence": 0.5}
    )
    assert isinstance(sentence, Sentence)
    assert (sentence.text, sentence.language, sentence.final, sentence.aloud) == ("hello", "en-GB", True, True)
    assert not unfinished.final


async def test_it_keeps_its_id_and_its_time(bot):
    (sentence,) = await heard(bot, {"text": "hello", "id": "s1", "captured": 2500.0})
    assert (sentence.id, sentence.captured) == ("s1", 2.5)


async def test_a_sentence_without_an_id_gets_one(bot):
    one, other = await heard(bot, {"text": "a", "id": None}, {"text": "a", "id": None})
    assert one.id
    assert one.id != other.id


async def test_silence_is_refused(bot):
    with pytest.raises(WireError, match="empty"):
        await bot.hear(" ")


async def test_the_page_is_told_how_to_listen(bot):
    await bot.load("hearing", language="fr-FR")
    assert bot.core.plugins.senses["hearing"].settings() == {"language": "fr-FR", "interim": True}
