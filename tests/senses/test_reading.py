"""Sentences that were typed."""

from __future__ import annotations

import pytest

from cortex import Cortex, Sentence, WireError


class Reader(Cortex):
    """Keeps what it reads."""

    perceives = frozenset({"reading"})

    def start(self):
        self.read = []

    async def perceive(self, sentence, session):
        self.read.append(sentence)


async def test_a_sentence_is_read_as_it_was_typed_and_is_never_the_bots_own_voice(bot):
    await bot.load(Reader)
    await bot.perceive("reading", text=" ça va ? ", language="fr", id="s1")
    (sentence,) = bot.core.units[0].cortex.read
    assert isinstance(sentence, Sentence)
    assert (sentence.text, sentence.language, sentence.id) == ("ça va ?", "fr", "s1")
    assert (sentence.final, sentence.aloud) == (True, False)


@pytest.mark.parametrize("text", ["", "\n", "x" * 10_001])
async def test_nothing_and_too_much_are_refused(bot, text):
    with pytest.raises(WireError) as caught:
        await bot.perceive("reading", text=text, id="s1")
    assert (caught.value.code, caught.value.answers) == ("bad-text", "s1")
