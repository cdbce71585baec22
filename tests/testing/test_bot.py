"""What the bot of the fixture perceives, and what comes of it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import numpy as np
import pytest

from cortex import Action, Actuator, Cortex, Header, Say, Sense, Stimulus, WireError, state_folder
from cortex.testing import pictures
from tests.testing.cortexes import Failing, Looker, Repeater

# Perceiving


@pytest.mark.parametrize("kind", [lambda image: image, np.asarray, pictures.png])
async def test_a_picture_arrives_as_it_is(bot, kind):
    seen = []

    class Keeper(Cortex):
        perceives = frozenset({"vision"})

        def perceive(self, frame, session):
            seen.append(frame.image)

    await bot.load(Keeper)
    await bot.see(kind(pictures.noise()))
    np.testing.assert_array_equal(seen[0], np.asarray(pictures.noise()))


async def test_frames_come_a_tenth_of_a_second_apart(bot, clock):
    times = []

    class Keeper(Cortex):
        perceives = frozenset({"vision"})

        def perceive(self, frame, session):
            times.append(frame.captured)

    await bot.load(Keeper)
    began = clock.time()
    await bot.see(pictures.red(), times=3)
    assert times == pytest.approx([began, began + 0.1, began + 0.2])


async def test_a_remark_needs_as_many_frames_as_the_arbiter_is_told(bot):
    await bot.load(Looker)
    bot.configure(arbiter={"stable": 3})
    await bot.see(pictures.white(), times=2)
    assert (bot.said, len(bot.shown)) == ([], 2)
    await bot.see(pictures.white())
    assert bot.said == ["Brightness 255."]


async def test_a_picture_that_is_asked_about_is_a_frame_that_says_so(bot):
    asked = []

    class Keeper(Cortex):
        perceives = frozenset({"vision"})

        def perceive(self, frame, session):
            asked.append(frame.asked)

    await bot.load(Keeper)
    await bot.see(pictures.red())
    await bot.see(pictures.red(), asked=True)
    assert asked == [False, True]


async def test_a_picture_that_is_none_is_a_problem(bot):
    await bot.load(Looker)
    await bot.see(b"no picture")
    (problem,) = bot.problems
    assert "no JPEG, PNG or WebP" in problem


class Knock(Stimulus, frozen=True, kw_only=True):
    times: int


class KnockHeader(Header, frozen=True, kw_only=True):
    times: int = 1


class Knocking(Sense):
    Header = KnockHeader

    def decode(self, header, payload):
        return Knock(**header.common(), times=header.times + len(payload))


class Porter(Cortex):
    perceives = frozenset({"knock"})

    def perceive(self, knock, session):
        return Say(f"{knock.times} times.")


async def test_any_sense_can_perceive(bot):
    await bot.load(Knocking, "knock")
    await bot.load(Porter)
    await bot.perceive("knock", times=3)
    await bot.perceive("knock", b"ab")
    assert bot.said == ["3 times.", "3 times."]


async def test_what_a_sense_does_not_take_is_raised(bot):
    await bot.load(Knocking, "knock")
    with pytest.raises(WireError, match="`int`"):
        await bot.perceive("knock", times="often")
    with pytest.raises(WireError, match="no sense 'nock' is enabled"):
        await bot.perceive("nock")
    with pytest.raises(WireError, match="empty"):
        await bot.read("  ")


async def test_a_language_that_is_spoken_is_that_of_the_session(bot):
    await bot.load("greeter")
    await bot.hear("bonjour", "fr-FR")
    assert bot.session.language == "fr-FR"


async def test_what_a_recogniser_may_still_change_goes_only_to_who_wants_it(bot):
    await bot.load(Repeater)
    await bot.hear("hel", final=False)
    assert bot.said == []


async def test_everybody_has_thought_when_a_perception_is_over(bot):
    class Slow(Cortex):
        perceives = frozenset({"reading"})

        def perceive(self, stimulus, session):
            time.sleep(0.05)
            yield Say("slowly")

    class Slower(Slow):
        async def perceive(self, stimulus, session):
            await asyncio.sleep(0.1)
            yield Say("more slowly")

    await bot.load(Slow)
    await bot.load(Slower)
    await bot.read("x")
    assert sorted(bot.said) == ["more slowly", "slowly"]


# Problems


async def test_what_a_plugin_raises_is_among_the_problems(bot):
    await bot.load(Failing)
    await bot.read("obey")
    assert bot.problems == ["failing: ValueError: I will not obey"]


async def test_five_failures_bench_it_until_the_clock_has_gone_on(bot, clock):
    await bot.load(Failing)
    for _ in range(5):
        await bot.read("obey")
    assert bot.statuses[-1].state == "benched"
    assert len(bot.problems) == 5
    await bot.read("obey")
    assert len(bot.problems) == 5
    await clock.advance(15)
    await bot.read("obey")
    assert len(bot.problems) == 6


async def test_what_is_cleared_is_forgotten(bot):
    await bot.load("echo")
    await bot.load(Failing)
    await bot.read("one")
    bot.clear()
    assert bot.said == []
    assert bot.problems == ["failing: ValueError: I will not one"]
    bot.clear()
    await bot.read("two")
    assert bot.said == ["two"]
    assert bot.problems == ["failing: ValueError: I will not two"]


# Actions and people


class Buzz(Action, frozen=True, tag="buzz"):
    ms: int = 200


class Buzzer(Actuator):
    carries = (Buzz,)


class Shaker(Cortex):
    perceives = frozenset({"reading"})

    async def perceive(self, stimulus, session):
        return Buzz(300)


async def test_an_action_is_carried_out_where_its_actuator_is_enabled(bot):
    await bot.load(Shaker)
    await bot.load(Buzzer)
    await bot.read("x")
    assert bot.actions == [Buzz(300)]
    (deed,) = bot.deeds
    assert (deed.cortex, deed.answers) == ("shaker", "reading-1")


@dataclass
class Count:
    value: int = 0


class Counter(Cortex):
    perceives = frozenset({"reading"})

    async def perceive(self, stimulus, session):
        session.state(Count).value += 1
        return Say(f"{session.state(Count).value} {session.language}".strip())


async def test_another_person_has_a_session_of_its_own(bot):
    await bot.load(Counter)
    await bot.read("a")
    other = await bot.meet("fr")
    await other.read("b")
    await bot.read("c")
    assert (bot.said, other.said) == (["1", "2"], ["1 fr"])
    assert bot.session is not other.session


async def test_a_session_can_be_prepared_before_anything_is_perceived(bot):
    await bot.load(Counter)
    bot.session.language = "fr-FR"
    bot.session.state(Count).value = 4
    await bot.load("greeter")
    await bot.read("x")
    assert bot.said == ["5 fr-FR"]


async def test_after_a_restart_it_has_its_state_but_no_session(bot, clock):
    await bot.load(Counter, max_calls_per_day=3)
    await bot.read("a")
    await bot.read("b")
    first = bot.session
    await bot.restart()
    await bot.read("c")
    await bot.read("d")
    assert bot.said == ["1", "2", "1"]
    assert "counter has used its 3 calls of today" in bot.problems[0]
    assert bot.session is not first
    assert bot.statuses[-1].calls_left == 0


async def test_after_a_restart_it_can_have_other_options(bot):
    await bot.load(Looker, top=1)
    await bot.see(pictures.red())
    await bot.restart()
    await bot.load(Looker, top=2)
    await bot.see(pictures.red())
    assert [show.text for show in bot.shown] == ["x", "xx"]


async def test_its_state_is_not_the_developers_own(bot, tmp_path):
    assert state_folder("somebody").is_relative_to(tmp_path)
