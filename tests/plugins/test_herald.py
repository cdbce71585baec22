"""The herald, and the senses that it listens to, in a whole bot."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from cortex import Event, RefusedError, Stimulus, WireError
from tests.support.newsstand import Newsstand, Page, rss

TOKEN = {"authorization": "Bearer a-token-of-some-length"}
HOOKS = {"door": {"token": "a-token-of-some-length", "language": "en-GB"}}


def event(text, sense="webhook", **fields):
    return Event(sense=sense, name="door", text=text, **fields)


async def test_it_says_what_happens_in_every_session_in_the_language_of_the_event(bot):
    await bot.load("herald")
    other = await bot.meet()
    assert await bot.happens(event("Es hat geklingelt.", language="de")) == 2
    assert (bot.said, other.said) == (["Es hat geklingelt."], ["Es hat geklingelt."])
    [deed] = bot.deeds
    assert (deed.action.language, deed.action.topic, deed.priority) == ("de", "webhook door", "remark")


async def test_it_hears_only_the_senses_that_it_was_told_to(bot):
    await bot.load("herald", senses=["feed"])
    await bot.happens(event("from a hook"))
    await bot.happens(event("from a feed", sense="feed"))
    assert bot.said == ["from a feed"]


async def test_what_is_no_event_leaves_it_silent(bot):
    await bot.load("herald", senses=["reading", "knocking"])
    await bot.read("hello")
    await bot.happens(Stimulus(sense="knocking"))
    assert (bot.said, bot.problems) == ([], [])


async def test_events_wait_while_the_voice_speaks_and_the_oldest_of_a_flood_are_dropped(bot, clock):
    await bot.load("herald")
    bot.speech = 2.0
    for number in range(20):
        await bot.happens(event(str(number)))
    assert bot.said == ["0"]
    await clock.advance(60)
    assert bot.said == ["0", *map(str, range(12, 20))]


async def test_a_hook_that_is_called_is_heard(bot):
    await bot.load("webhook", hooks=HOOKS)
    await bot.load("herald")
    assert await bot.post("webhook", "door", {"text": "The door opened."}, TOKEN) == 1
    assert bot.said == ["The door opened."]
    with pytest.raises(RefusedError):
        await bot.post("webhook", "door", {"text": "The door opened."})


async def refusal(bot):
    try:
        await bot.post("webhook", "door", {"text": "ring"}, TOKEN)
    except RefusedError as error:
        return error
    return None


async def test_a_hook_that_is_called_too_often_is_told_when_to_come_again(bot):
    await bot.load("webhook", hooks=HOOKS, max_rate=2)
    await bot.load("herald")
    caught = [None]
    while caught[-1] is None and len(caught) < 10:
        caught.append(await refusal(bot))
    assert len(caught) > 2
    assert caught[-1].status == 429
    assert caught[-1].retry_after > 0


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the time zone cannot be set here")
async def test_an_alarm_is_heard_at_its_time(bot, clock, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        clock.set(datetime(2026, 1, 5, 7, 0, tzinfo=UTC))
        await bot.load("clock", alarms={"wake": {"at": "07:30", "days": ["mon"], "say": "It is {time}."}})
        await bot.load("herald")
        await bot.read("I'm here")
        await clock.advance(1799)
        assert bot.said == []
        await clock.advance(7 * 86400)
        assert bot.said == ["It is 07:30."]
    time.tzset()


@pytest.fixture(name="stand")
def _stand(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    stand = Newsstand()
    yield stand
    stand.close()


async def test_news_is_heard_and_a_feed_that_fails_is_shown(bot, clock, stand):
    stand.pages["/a"] = Page(rss("old"))
    await bot.load("feed", feeds={"News": {"url": stand.url("/a"), "every": "1m"}, "Gone": {"url": stand.url("/b")}})
    await bot.load("herald")
    await bot.read("I'm here")
    [status] = [status for status in bot.statuses if status.name == "feed"]
    assert (status.state, status.reason) == ("working", "Gone: its server answers 404")
    stand.pages["/a"] = Page(rss("new", "old"))
    await clock.advance(66)
    assert bot.said == ["News: new"]


@pytest.mark.parametrize("sense", ["webhook", "clock", "feed"])
async def test_a_client_cannot_pose_as_a_sense_of_the_server(bot, sense):
    await bot.load(sense)
    await bot.load("herald")
    with pytest.raises(WireError, match="no sense"):
        await bot.perceive(sense)
