"""What is new elsewhere. The servers of the feeds are real ones on this machine, which stand in for the web's."""

from __future__ import annotations

import email.utils
import gzip

import pytest

from senses.feed import Feed
from tests.support.newsstand import Page, channel, rss

QUARTER = 15 * 60


# News


async def test_the_first_poll_tells_nothing_and_the_next_what_is_new(reader, stand):
    stand.pages["/a"] = Page(rss("old", "older"))
    pause = await reader.follow(News=stand.url("/a"))
    assert (reader.said, reader.trouble) == ([], "")
    assert QUARTER <= pause <= QUARTER * 1.1
    stand.pages["/a"] = Page(channel("<item><title>new</title><link>http://x/new</link></item>") + b"\n")
    await reader.poll()
    [event] = reader.events
    assert (event.sense, event.name, event.text) == ("feed", "News", "News: new")
    assert event.data == {"feed": "News", "title": "new", "link": "http://x/new"}
    await reader.poll()
    assert len(reader.events) == 1


async def test_a_feed_that_was_empty_at_first_has_all_its_news_told(reader, stand):
    stand.pages["/a"] = Page(rss())
    await reader.follow(News=stand.url("/a"))
    stand.pages["/a"] = Page(rss("first ever"))
    await reader.poll()
    assert reader.said == ["News: first ever"]


async def test_of_much_news_the_newest_is_told_and_the_rest_counted(reader, stand):
    stand.pages["/a"] = Page(rss("0"))
    options = {"most": 2, "say": "{title}!", "more": "{count} de plus de {feed}", "language": "fr"}
    await reader.follow(News=Feed(url=stand.url("/a"), **options))
    stand.pages["/a"] = Page(rss(*"7654321", "0"))
    await reader.poll()
    assert {event.language for event in reader.events} == {"fr"}
    assert reader.said == ["7!", "6!", "5 de plus de News"]
    await reader.poll()
    assert reader.said == []


async def test_dates_tell_which_news_is_the_newest(reader, stand):
    def entries(*days):
        items = "".join(
            f"<entry><id>{d}</id><title>of {d}</title><updated>2026-01-0{d}T00:00:00Z</updated></entry>" for d in days
        )
        return Page(f'<feed xmlns="http://www.w3.org/2005/Atom">{items}</feed>'.encode())

    stand.pages["/a"] = entries(1)
    await reader.follow(A=Feed(url=stand.url("/a"), most=2))
    stand.pages["/a"] = entries(1, 2, 4, 3)
    await reader.poll()
    assert reader.said == ["A: of 4", "A: of 3", "A: and 1 more"]


async def test_nothing_is_told_twice_after_a_restart_and_what_came_meanwhile_is_told(reader, stand):
    stand.pages["/a"] = Page(rss("1"))
    await reader.follow(News=stand.url("/a"))
    stand.pages["/a"] = Page(rss("2", "1"))
    await reader.poll()
    assert reader.said == ["News: 2"]
    await reader.leave()
    stand.pages["/a"] = Page(rss("3", "2", "1"))
    await reader.follow(News=stand.url("/a"))
    assert reader.said == ["News: 3"]


async def test_another_address_under_the_same_name_is_another_feed(reader, stand):
    stand.pages |= {"/a": Page(rss("1")), "/b": Page(rss("2"))}
    await reader.follow(News=stand.url("/a"))
    await reader.leave()
    await reader.follow(News=stand.url("/b"))
    assert reader.said == []


async def test_news_waits_until_somebody_is_there_and_is_told_once(reader, stand):
    stand.pages["/a"] = Page(rss("1"))
    await reader.follow(News=stand.url("/a"))
    reader.listeners = 0
    stand.pages["/a"] = Page(rss("2", "1"))
    assert await reader.poll() <= 5
    await reader.leave()  # even over a restart
    await reader.follow(News=stand.url("/a"))
    stand.pages["/a"] = Page(rss("5", "4", "3", "2", "1"))
    while len(stand.visits) < 4:
        await reader.poll()
    reader.listeners = 1
    await reader.poll()
    assert reader.said == ["News: 5", "News: 4", "News: 3", "News: and 1 more"]
    await reader.poll()
    assert reader.said == []


async def test_a_number_of_news_that_is_refused_waits_until_it_is_taken(reader, stand):
    stand.pages["/a"] = Page(rss("0"))
    await reader.follow(News=stand.url("/a"))
    stand.pages["/a"] = Page(rss(*"7654321", "0"))
    reader.takes = 3
    await reader.poll()
    assert reader.said == ["News: 7", "News: 6", "News: 5"]
    reader.takes = 0
    await reader.poll()
    assert reader.said == []
    reader.takes = 1
    await reader.poll()
    assert reader.said == ["News: and 4 more"]


async def test_a_sense_that_may_call_once_at_a_time_tells_no_more_titles_than_it_was_told_to(reader, stand):
    stand.pages["/a"] = Page(rss("0"))
    await reader.follow(News=Feed(url=stand.url("/a"), most=2))
    stand.pages["/a"] = Page(rss(*"4321", "0"))
    said = []
    for _ in range(4):
        reader.takes = 1
        await reader.poll()
        said += reader.said
    assert said == ["News: 4", "News: 3", "News: and 2 more"]


# Manners


async def test_a_page_that_has_not_changed_is_not_sent_again(reader, stand):
    stand.pages["/a"] = Page(rss("1"), headers={"ETag": '"v1"', "Last-Modified": "Mon, 05 Jan 2026 09:00:00 GMT"})
    await reader.follow(News=stand.url("/a"))
    assert "if-none-match" not in stand.visits[0].headers
    assert stand.visits[0].headers["user-agent"].startswith("Cortex/")
    stand.pages["/a"] = Page(status=304)
    pause = await reader.poll()
    assert stand.visits[1].headers["if-none-match"] == '"v1"'
    assert stand.visits[1].headers["if-modified-since"] == "Mon, 05 Jan 2026 09:00:00 GMT"
    assert (reader.trouble, pause >= QUARTER) == ("", True)


async def test_a_feed_that_moved_for_good_is_asked_for_at_its_new_address_only(reader, stand):
    stand.pages["/a"] = Page(status=301, headers={"Location": "/b c"})
    stand.pages["/b%20c"] = Page(status=308, headers={"Location": stand.url("/d")})
    stand.pages["/d"] = Page(rss("1"), headers={"ETag": '"d"'})
    await reader.follow(News=stand.url("/a"))
    await reader.poll()
    assert stand.paths() == ["/a", "/b%20c", "/d", "/d"]
    assert stand.visits[3].headers["if-none-match"] == '"d"'


async def test_a_feed_that_moved_for_now_is_asked_for_at_its_own_address(reader, stand):
    stand.pages |= {"/a": Page(status=302, headers={"Location": "/b"}), "/b": Page(rss("1"), headers={"ETag": '"b"'})}
    await reader.follow(News=stand.url("/a"))
    await reader.poll()
    assert stand.paths() == ["/a", "/b", "/a", "/b"]
    assert "if-none-match" not in stand.visits[2].headers  # that was another's


async def test_a_feed_that_moves_for_ever_is_given_up_after_five_times(reader, stand):
    stand.pages["/a"] = Page(status=301, headers={"Location": "/a"})
    await reader.follow(News=stand.url("/a"))
    assert len(stand.visits) == 6
    assert "moved more than 5 times" in reader.trouble


@pytest.mark.parametrize(
    "place", ["file:///etc/hostname", "ftp://127.0.0.1/a", "http://u:p@127.0.0.1/", "http://[", ""]
)
async def test_a_feed_that_moves_elsewhere_than_to_the_web_is_not_followed(reader, stand, place):
    stand.pages["/a"] = Page(status=302, headers={"Location": place})
    await reader.follow(News=stand.url("/a"))
    assert reader.trouble.startswith("News: ")
    assert len(stand.visits) == 1


@pytest.mark.parametrize("status", [429, 503])
async def test_a_server_that_asks_for_time_gets_it(reader, stand, status):
    stand.pages["/a"] = Page(status=status, headers={"Retry-After": "7200"})
    pause = await reader.follow(News=stand.url("/a"))
    assert 7200 <= pause <= 7200 * 1.1
    assert reader.trouble == f"News: its server answers {status}"
    until = email.utils.formatdate(reader.clock.time() + pause + 9000, usegmt=True)
    stand.pages["/a"] = Page(status=status, headers={"Retry-After": until})
    assert 8999 <= await reader.poll() <= 9000 * 1.1
    stand.pages["/a"] = Page(status=status, headers={"Retry-After": "soon"})
    assert await reader.poll() <= 6 * 3600 * 1.1


async def test_pauses_grow_while_a_feed_fails_and_are_short_again_when_it_does_not(reader, stand):
    pause = await reader.follow(News=stand.url("/missing"))
    pauses = [pause, *[await reader.poll() for _ in range(8)]]
    assert pauses[0] <= QUARTER * 1.1
    assert pauses[1] >= QUARTER * 2
    assert pauses[2] >= QUARTER * 4
    assert 6 * 3600 <= max(pauses) <= 6 * 3600 * 1.1
    assert reader.trouble == "News: its server answers 404"
    stand.pages["/missing"] = Page(rss("1"))
    assert await reader.poll() <= QUARTER * 1.1
    assert reader.trouble == ""


async def test_a_feed_that_is_gone_is_left_alone_for_a_day(reader, stand):
    stand.pages["/a"] = Page(status=410)
    pause = await reader.follow(News=stand.url("/a"))
    assert pause >= 86400
    assert "gone for good" in reader.trouble


async def test_one_server_is_asked_for_one_thing_at_a_time(reader, stand):
    for name in "abcdef":
        stand.pages[f"/{name}"] = Page(rss(name))
    await reader.follow(**{name: stand.url(f"/{name}") for name in "abcdef"})
    assert (len(stand.visits), stand.most_at_once) == (6, 1)


async def test_a_packed_page_is_unpacked(reader, stand):
    stand.pages["/a"] = Page(gzip.compress(rss("1")), headers={"Content-Encoding": "gzip"})
    await reader.follow(News=stand.url("/a"))
    stand.pages["/a"] = Page(gzip.compress(rss("2", "1")), headers={"Content-Encoding": "gzip"})
    await reader.poll()
    assert (stand.visits[0].headers["accept-encoding"], reader.said) == ("gzip", ["News: 2"])
