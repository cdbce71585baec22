"""Thoughts: stimuli that a cortex makes of what it perceived, for the cortexes that perceive those."""

from __future__ import annotations

import asyncio
import json

import pytest

from cortex import Attend, Cortex, Event, Frame, Meaning, Named, Picture, Say, Seen, Show
from cortex.clock import Clock
from cortex.health import State
from cortex.messages import Deed
from cortex.testing import pictures


class Linguist(Cortex):
    """Takes every sentence for a wish."""

    perceives = frozenset({"hearing", "reading"})

    async def perceive(self, stimulus, session):
        return Meaning(
            sense=stimulus.sense, id=stimulus.id, captured=stimulus.captured, text=stimulus.text, intent=stimulus.text
        )


class Pupil(Cortex):
    """Learns."""

    perceives = frozenset({"meaning:learn"})

    def perceive(self, stimulus, session):
        yield Say(f"I learn: {stimulus.intent}.")


class Painter(Cortex):
    """Sees."""

    perceives = frozenset({"vision"})

    def perceive(self, frame, session):
        show = Show(text="a thing")
        yield Seen(
            sense=frame.sense,
            id=frame.id,
            captured=frame.captured,
            picture=frame.picture,
            asked=frame.asked,
            show=show,
            embedding=None,
            eye=None,
        )


class Critic(Cortex):
    """Shows what others have seen."""

    perceives = frozenset({"seen"})

    def perceive(self, stimulus, session):
        yield stimulus.show
        yield Say(f"I see {stimulus.show.text}.", topic="thing")


async def test_a_thought_is_perceived_by_another_cortex_and_answers_the_sentence(bot):
    await bot.load(Linguist)
    await bot.load(Pupil)
    await bot.hear("learn")
    assert bot.answers == ["I learn: learn."]
    assert bot.deeds[-1].cortex == "pupil"


async def test_a_thought_that_nobody_perceives_is_lost_without_a_word(bot):
    await bot.load(Linguist)
    await bot.load(Pupil)
    await bot.hear("forget")
    assert bot.said == []
    assert bot.problems == []


async def test_what_is_said_of_a_frame_that_was_seen_is_a_remark_or_an_answer_as_of_the_frame_itself(bot):
    await bot.load(Painter)
    await bot.load(Critic)
    await bot.see(pictures.red(), times=2)
    assert bot.shown[-1].text == "a thing"
    assert bot.remarks == ["I see a thing."]
    await bot.see(pictures.red(), asked=True)
    assert bot.answers == ["I see a thing."]


async def test_a_look_is_over_once_what_was_seen_is_shown(bot):
    looks = []

    class Asker(Cortex):
        perceives = frozenset({"reading"})

        async def perceive(self, stimulus, session):
            looks.append(await session.look())

    for kind in (Painter, Critic, Asker):
        await bot.load(kind)
    await bot.read("what is this", wait=False)
    await bot.until(lambda: Attend("vision", "look") in bot.actions)
    await bot.see(pictures.red())
    assert [look.text for look in looks] == ["a thing"]


async def test_the_times_of_a_thought_count_for_what_answers_it(bot):
    await bot.load(Linguist)
    await bot.load(Pupil)
    await bot.hear("learn")
    assert set(bot.deeds[-1].ms) == {"wait", "decode", "infer"}
    assert all(took >= 0 for took in bot.deeds[-1].ms.values())


async def test_what_was_decoded_once_counts_once(bot):
    decoded = []

    class Watcher(Critic):
        def perceive(self, seen, session):
            decoded.append(seen.picture.seconds)
            return super().perceive(seen, session)

    await bot.load(Painter)
    await bot.load(Watcher)
    await bot.see(pictures.red())
    assert bot.deeds[-1].ms["decode"] == round(decoded[0] * 1000, 2) > 0


async def test_a_cortex_that_perceives_its_own_thoughts_is_told_so(bot):
    class Narcissus(Linguist):
        perceives = frozenset({"reading", "meaning:me"})

    await bot.load(Narcissus)
    await bot.read("me")
    assert "narcissus perceives 'meaning:me', which it thinks itself" in bot.problems[0]


async def test_thoughts_that_go_in_a_circle_come_to_an_end(bot):
    def thinker(here, there):
        class Thinker(Cortex):
            perceives = frozenset({f"meaning:{here}"})

            async def perceive(self, stimulus, session):
                return Meaning(sense="reading", id=stimulus.id, text="?", intent=there)

        return Thinker

    await bot.load(Linguist)
    await bot.load(thinker("a", "b"), "one")
    await bot.load(thinker("b", "a"), "other")
    await bot.read("a")
    assert len(bot.problems) == 1
    assert "thoughts go in a circle" in bot.problems[0]


async def test_a_session_tells_whether_a_thought_would_be_perceived(bot):
    await bot.load(Pupil)
    await bot.start()
    assert bot.session.perceived("meaning:learn")
    assert not bot.session.perceived("meaning:forget")


async def test_a_benched_cortex_perceives_nothing(bot):
    class Clumsy(Cortex):
        perceives = frozenset({"reading", "meaning:learn"})

        async def perceive(self, stimulus, session):
            raise ValueError("oh")

    await bot.load(Clumsy)
    for _ in range(5):
        await bot.read("hello")
    assert len(bot.problems) == 5
    assert bot.core.units[0].health.state is State.BENCHED
    assert not bot.session.perceived("meaning:learn")


async def test_a_cortex_that_has_used_its_calls_of_today_perceives_nothing_more(bot):
    await bot.load(Linguist)
    await bot.load(Pupil, max_calls_per_day=1)
    await bot.hear("learn")
    assert not bot.session.perceived("meaning:learn")
    await bot.hear("learn")
    assert "has used its 1 call of today" in bot.problems[0]
    assert len(bot.answers) == 1


async def test_of_seen_frames_the_latest_waits(bot):
    gate, begun, painted = asyncio.Event(), asyncio.Queue(), asyncio.Queue()

    class Quick(Cortex):
        perceives = frozenset({"vision"})

        async def perceive(self, stimulus, session):
            for thought in Painter(None).perceive(stimulus, session):
                yield thought
            painted.put_nowait(stimulus.id)

    class Slow(Cortex):
        perceives = frozenset({"seen"})

        async def perceive(self, stimulus, session):
            begun.put_nowait(stimulus.id)
            await gate.wait()

    await bot.load(Quick)
    await bot.load(Slow)
    frames = []
    for _ in range(4):
        await bot.see(pictures.red(), wait=False)
        frames.append(await painted.get())
    assert await begun.get() == frames[0]
    gate.set()
    assert await begun.get() == frames[-1]
    assert begun.empty()


def test_a_named_frame_and_an_event_go_by_their_kinds():
    named = Named(sense="vision", picture=None, name="mug", score=0.9, by="taught")
    assert named.kind == "named"
    assert Event(sense="webhook", name="door", text="!").kind == "webhook"
    assert Frame(sense="touch", picture=None).kind == "touch"


async def test_who_hesitates_speaks_only_where_nobody_else_has(bot):
    class Shy(Cortex):
        perceives = frozenset({"reading"})

        async def perceive(self, stimulus, session):
            yield Say("I do not know.", hesitate=0.5)

    class Bold(Cortex):
        perceives = frozenset({"reading"})

        async def perceive(self, stimulus, session):
            await self.clock.sleep(0.2)
            if stimulus.text == "hello":
                yield Say("Hello.")

    await bot.load(Shy)
    await bot.load(Bold)
    for text in ("hello", "why?"):
        await bot.read(text)
        await bot.clock.advance(1)
    assert bot.answers == ["Hello.", "I do not know."]
    assert not bot.session.hesitating


# A picture to keep


async def test_a_snap_is_the_next_frame_itself(bot):
    frames = []

    class Photographer(Cortex):
        perceives = frozenset({"reading"})

        async def perceive(self, stimulus, session):
            frame = await session.snap()
            frames.append(frame)
            yield Picture(pictures.jpeg(pictures.red()), "Red.")

    await bot.load(Photographer)
    await bot.read("take a picture", wait=False)
    await bot.until(lambda: Attend("vision", "look") in bot.actions)
    await bot.see(pictures.red())
    assert frames[0].image.shape == (240, 320, 3)


async def test_a_snap_without_a_camera_is_nothing(bot):
    frames = []

    class Photographer(Cortex):
        perceives = frozenset({"reading"})

        async def perceive(self, stimulus, session):
            frames.append(await session.snap())

    await bot.load(Photographer)
    await bot.read("take a picture", wait=False)
    await bot.until(lambda: Attend("vision", "look") in bot.actions)
    await bot.report("vision", "failed", "no camera")
    await bot.until(lambda: frames)
    assert frames == [None]


async def test_the_bot_knows_what_it_said_last(bot):
    await bot.load("echo")
    await bot.start()
    assert bot.session.said() is None
    await bot.hear("hello")
    assert bot.session.said() == Say("hello")


def test_an_action_with_a_payload_is_a_binary_message(deed):
    header, newline, payload = deed(Picture(b"\xff\xd8\n\xff", "a\nb")).partition(b"\n")
    fields = json.loads(header)
    assert newline
    assert payload == b"\xff\xd8\n\xff"
    assert fields["type"] == "picture"
    assert fields["caption"] == "a\nb"
    assert "payload" not in fields


@pytest.fixture(name="deed")
def _deed():
    from cortex.wire import CortexV1

    def encode(action):
        return CortexV1().encode(Deed(action=action, answers="s", captured=Clock().time(), cortex="x", ms={}))

    return encode
