"""What a plugin may cost a day: at its prices, across restarts, told on the page."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import ClassVar

import pytest

from cortex import ConfigError, Cortex, Say


class Oracle(Cortex):
    """Asks somebody who wants to be paid: for each question, and for each word."""

    perceives = frozenset({"hearing", "reading"})
    uses: ClassVar[dict[str, str]] = {"question": "a question", "words": "a thousand words"}

    async def perceive(self, sentence, session):
        self.spend(question=1, words=len(sentence.text.split()) / 1000)
        yield Say("42")


class Thread(Oracle):
    """Does it in a worker thread."""

    def perceive(self, sentence, session):
        self.spend(question=1)
        yield Say("42")


@pytest.fixture(autouse=True)
def _today(clock):
    clock.set(datetime(2026, 11, 23, 12, 0))


def status(bot, name="oracle"):
    return next(each for each in bot.statuses if each.name == name)


@pytest.mark.parametrize("kind", [Oracle, Thread])
async def test_what_it_costs_is_told_and_past_the_limit_it_is_not_asked(bot, kind):
    await bot.load(kind, "oracle", max_cost_per_day=0.5, prices={"question": 0.25})
    await bot.hear("what is the answer")
    assert (bot.said, status(bot).cost_left) == (["42"], 0.25)
    await bot.hear("and the question")
    assert status(bot).cost_left == 0
    assert status(bot).reason == "oracle has spent its 0.5 of today (max_cost_per_day)"
    await bot.hear("really")
    assert bot.said == ["42", "42"]
    assert "oracle has spent its 0.5 of today (max_cost_per_day); it may answer again in 12.0 h" in bot.problems[-1]


async def test_parts_of_a_unit_cost_parts_of_its_price(bot):
    await bot.load(Oracle, "oracle", max_cost_per_day=1, prices={"words": 2})
    await bot.hear(" ".join(["word"] * 100))
    assert status(bot).cost_left == pytest.approx(0.8)


async def test_what_has_no_price_costs_nothing(bot):
    await bot.load(Oracle, "oracle", max_cost_per_day=1, prices={"words": 0})
    await bot.hear("hello")
    assert status(bot).cost_left == 1


async def test_it_is_still_spent_after_a_restart_and_no_longer_on_the_next_day(bot, clock):
    await bot.load(Oracle, "oracle", max_cost_per_day=0.2, prices={"question": 0.2})
    await bot.hear("one")
    await bot.restart()
    bot.clear()
    await bot.hear("two")
    assert bot.said == []
    assert status(bot).cost_left == 0
    assert len(bot.problems) == 1
    await clock.advance(13 * 3600)
    await bot.hear("three")
    assert bot.said == ["42"]


async def test_who_asks_again_and_again_for_one_sentence_can_tell_when_to_stop(bot):
    class Stubborn(Oracle):
        async def perceive(self, sentence, session):
            while self.may_spend():
                self.spend(question=1)
            yield Say("enough")

    await bot.load(Stubborn, "stubborn", max_cost_per_day=1, prices={"question": 0.3})
    await bot.hear("what is the answer")
    assert bot.said == ["enough"]
    assert status(bot, "stubborn").cost_left == 0
    assert Oracle(None).may_spend()  # where nobody counts


async def test_without_a_limit_there_is_nothing_to_tell(bot):
    await bot.load(Oracle, "oracle", prices={"question": 1})
    await bot.hear("one")
    assert status(bot).cost_left is None


async def test_a_limit_without_prices_is_refused_with_what_they_are_of(bot):
    with pytest.raises(ConfigError, match=r"max_cost_per_day: it needs `prices` to reckon with: of question \(a quest"):
        await bot.load(Oracle, "oracle", max_cost_per_day=1)


@pytest.mark.parametrize("price", [float("inf"), float("nan"), 1e300, -1])
async def test_a_price_that_cannot_be_reckoned_with_is_refused(bot, price):
    with pytest.raises(ConfigError, match=r"prices|question"):
        await bot.load(Oracle, "oracle", max_cost_per_day=1, prices={"question": price})


async def test_a_price_of_something_else_is_refused_with_the_nearest(bot):
    with pytest.raises(ConfigError, match=r"prices\.questoin: .*question"):
        await bot.load(Oracle, "oracle", prices={"questoin": 1})


async def test_who_uses_nothing_has_no_prices(bot):
    class Parrot(Cortex):
        perceives = frozenset({"reading"})

    with pytest.raises(ConfigError, match="max_cost_per_day"):
        await bot.load(Parrot, "parrot", max_cost_per_day=1)


async def test_to_spend_what_it_does_not_say_that_it_uses_is_its_mistake():
    with pytest.raises(ValueError, match="Oracle uses question, words; not 'money'"):
        Oracle(None).spend(money=1)


async def test_outside_a_bot_nobody_counts():
    await asyncio.to_thread(Oracle(None).spend, question=1)
