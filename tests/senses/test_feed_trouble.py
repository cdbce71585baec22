"""Feeds that are down, endless, strange or hostile. Their servers are real ones on this machine."""

from __future__ import annotations

import asyncio
import gzip
import sqlite3
import subprocess
import sys
import threading

import pytest

from cortex import PluginError
from senses.feed import Feed, Feeds, reading
from tests.support.newsstand import Newsstand, Page, channel, rss
from tests.support.world import within


async def test_a_feed_that_is_down_does_not_stop_another(reader, stand):
    stand.pages["/a"] = Page(rss("1"))
    with_nobody = Newsstand()
    address = with_nobody.url("/")
    with_nobody.close()
    await reader.follow(Down=address, News=stand.url("/a"))
    assert reader.trouble.startswith("Down: it cannot be reached: ")
    stand.pages["/a"] = Page(rss("2", "1"))
    while len(stand.visits) < 2:
        await reader.poll()
    assert reader.said == ["News: 2"]


async def test_a_server_that_hangs_up_or_sends_less_than_it_said_is_told(reader, stand):
    def silent(handler):
        handler.connection.close()

    def short(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "5000")
        handler.end_headers()
        handler.wfile.write(rss("1"))

    stand.pages |= {"/silent": silent, "/short": short}
    await reader.follow(Silent=stand.url("/silent"), Short=stand.url("/short"))
    assert "Silent: it cannot be reached" in reader.trouble
    assert "Short: it ended early" in reader.trouble


def endless(handler):
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"<item></item>" * 1000)


def bomb(handler):
    handler.send_response(200)
    handler.send_header("Content-Encoding", "gzip")
    handler.end_headers()
    handler.wfile.write(gzip.compress(b"<rss>" + b" " * 100_000_000))


def large(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", str(10**15))
    handler.end_headers()
    while True:
        handler.wfile.write(b" " * 100_000)


@pytest.mark.parametrize("page", [endless, bomb, large])
async def test_a_feed_without_end_is_given_up_after_5_mb(reader, stand, page):
    stand.pages["/a"] = page
    await reader.follow(News=stand.url("/a"))
    assert reader.trouble == "News: it is larger than 5 MB"


class Slow:
    """A page that never ends, and tells when it is being read and when it is no more."""

    def __init__(self, stand, begin):
        self.begin = begin
        self.stand = stand
        self.asked, self.left = threading.Event(), threading.Event()

    def __call__(self, handler):
        try:
            handler.wfile.write(self.begin)
            self.asked.set()
            while not self.stand.closing.wait(0.01):
                handler.wfile.write(b"x")
        finally:
            self.left.set()


@pytest.mark.parametrize("begin", [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\n\r\n<rss>"])
async def test_a_feed_that_drips_is_given_up_after_30_seconds_and_its_connection_closed(reader, stand, begin):
    slow = stand.pages["/a"] = Slow(stand, begin)
    following = asyncio.create_task(reader.follow(News=stand.url("/a")))
    assert await asyncio.to_thread(slow.asked.wait, 5)
    await reader.clock.advance(29)
    assert (reader.trouble, slow.left.is_set()) == ("", False)
    await reader.clock.advance(1)
    await within(following)
    assert reader.trouble == "News: it took longer than 30 s"
    assert await asyncio.to_thread(slow.left.wait, 5)


async def test_the_sense_stops_at_once_while_a_feed_drips(reader, stand):
    slow = stand.pages["/a"] = Slow(stand, b"HTTP/1.1 200 OK\r\nX-Slow: ")
    following = asyncio.create_task(reader.follow(News=stand.url("/a")))
    assert await asyncio.to_thread(slow.asked.wait, 5)
    await reader.leave()
    assert await asyncio.to_thread(slow.left.wait, 5)
    following.cancel()


HTML = b"<!doctype html><html><head><title>A page</title></head><body><p>Hello<br>you</body></html>"
ENTITIES = b'<!ENTITY a "lol">' + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (HTML, "it is no feed but a web page"),
        (b"", "it is no feed"),
        (b"Hello.", "it is no feed"),
        (b'{"version": "https://jsonfeed.org/version/1"}', "it is no feed"),
        (bytes(range(256)) * 10, "it is no feed"),
        (b"<opml><body/></opml>", "it is no feed but a document of the kind 'opml'"),
        (b"<!DOCTYPE rss [" + ENTITIES + b"]><rss><channel><title>&j;</title></channel></rss>", "declares entities"),
        (b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hostname">]><rss>&x;</rss>', "declares entities"),
        (b"<rss>" + b"<a>" * 100_000, "than any feed needs"),
        (b"<rss><channel>" + b"<item/>" * 400_000 + b"</channel></rss>", "than any feed needs"),
        (b"<rss><channel></rss>" + b"<a>" * 400_000, "it is not well-formed"),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value,
)
async def test_what_is_no_feed_is_told_and_never_read_to_its_end(reader, stand, body, told):
    stand.pages |= {"/a": Page(body), "/b": Page(rss("1"))}
    await reader.follow(Bad=stand.url("/a"), Good=stand.url("/b"))
    assert told in reader.trouble
    assert "Good" not in reader.trouble


async def test_a_feed_that_keeps_the_parser_busy_for_hours_is_given_up(reader, stand, monkeypatch):
    monkeypatch.setattr(reading, "CPU_SECONDS", 1)
    author = b"a" * 4_000_000  # which the parser searches for an address, from every letter on to the end
    stand.pages["/a"] = Page(channel("<item><title>x</title><author>@</author></item>").replace(b"@", author))
    await reader.follow(News=stand.url("/a"))
    assert reader.trouble == "News: it takes too much time or memory to read"


async def test_what_was_no_feed_is_read_again_when_it_is_one(reader, stand):
    stand.pages["/a"] = Page(HTML, headers={"ETag": '"same"'})
    await reader.follow(News=stand.url("/a"))
    stand.pages["/a"] = Page(rss("1"))
    await reader.poll()
    assert "if-none-match" not in stand.visits[1].headers
    assert reader.trouble == ""


async def news_of(reader, stand, first, second, **headers):
    stand.pages["/a"] = Page(first, headers=headers)
    await reader.follow(A=Feed(url=stand.url("/a"), say="{title}", most=8))
    assert (reader.said, reader.trouble) == ([], "")
    stand.pages["/a"] = Page(second, headers=headers)
    await reader.poll()
    assert reader.trouble == ""
    return reader.said


async def test_entries_without_ids_are_known_by_their_addresses_or_by_what_they_say(reader, stand):
    old = "<item><title>same</title><link>http://x/1</link></item><item><title>no address</title></item>"
    new = "<item><title>same</title><link>http://x/2</link></item><item><title>other</title></item>"
    assert await news_of(reader, stand, channel(old), channel(new + old)) == ["same", "other"]


async def test_entries_without_titles_are_told_by_their_summaries_or_addresses_or_not_at_all(reader, stand):
    new = (
        "<item><guid>1</guid><description>&lt;p&gt;A  summary&lt;/p&gt;</description></item>"
        "<item><guid isPermaLink='false'>2</guid><link>http://x/2</link></item>"
        "<item><guid isPermaLink='false'>3</guid></item>"
    )
    assert await news_of(reader, stand, channel(""), channel(new)) == ["A summary", "http://x/2"]


async def test_titles_are_told_without_markup(reader, stand):
    new = (
        "<item><guid>1</guid><title>&lt;b&gt;Bold&lt;/b&gt; &amp;amp; &lt;script&gt;no()&lt;/script&gt;new</title>"
        "</item>"
        "<item><guid>2</guid><title><![CDATA[1 < 2 &eacute;\n<img src=x onerror=y>]]></title></item>"
        f"<item><guid>3</guid><title>{'long ' * 1000}</title></item>"
    )
    first, second, third = await news_of(reader, stand, channel(""), channel(new))
    assert (first, second) == ("Bold & new", "1 < 2 é")
    assert (len(third), third[-1]) == (300, "…")


async def test_two_entries_of_one_id_are_one(reader, stand):
    assert await news_of(reader, stand, rss(), rss("1", "1", "2", "1")) == ["1", "2"]


async def test_of_a_huge_number_of_entries_the_newest_thousand_count(reader, stand):
    told = await news_of(reader, stand, rss(), rss(*map(str, range(5000))))
    assert told == [*"01234567", "A: and 992 more"]


async def test_broken_feeds_and_old_encodings_are_read_as_far_as_they_can(reader, stand):
    broken = channel("<item><guid>1</guid><title>Caf&eacute;&nbsp;au lait</title></item>").replace(b"</channel>", b"")
    assert await news_of(reader, stand, rss(), broken) == ["Café au lait"]
    latin = b"<?xml version='1.0' encoding='windows-1252'?>" + channel("<item><title>d\u00e9j\u00e0 vu</title></item>")
    stand.pages["/a"] = Page(latin.decode().encode("cp1252"))
    await reader.poll()
    assert reader.said == ["déjà vu"]


async def test_a_file_of_what_was_seen_that_is_broken_is_told(reader, stand, tmp_path):
    folder = tmp_path / "state" / "cortex" / "feed"
    folder.mkdir(parents=True)
    (folder / "seen.sqlite").write_bytes(b"no database" * 1000)
    sense = Feeds(Feeds.Options(feeds={"A": Feed(url=stand.url("/a"))}))
    with pytest.raises(PluginError, match=r"seen\.sqlite cannot be used"):
        await sense.run(lambda event: 0)


async def test_nothing_in_the_folder_of_the_server_is_taken_for_a_module(reader, stand, tmp_path, monkeypatch):
    for module in ("feedparser.py", "senses/__init__.py", "msgspec.py"):
        (tmp_path / module).parent.mkdir(exist_ok=True)
        (tmp_path / module).write_text(f"open({str(tmp_path / 'executed')!r}, 'w')\nraise SystemExit\n")
    monkeypatch.chdir(tmp_path)
    stand.pages["/a"] = Page(rss("1"))
    await reader.follow(News=stand.url("/a"))
    assert reader.trouble == ""
    assert not (tmp_path / "executed").exists()


async def test_an_error_of_the_parsing_process_is_told_as_it_is(reader, stand, tmp_path, monkeypatch):
    (tmp_path / "feedparser.py").write_text("raise ImportError('no library of that name')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    stand.pages["/a"] = Page(rss("1"))
    await reader.follow(News=stand.url("/a"))
    assert reader.trouble == "News: the process that reads feeds has failed: ImportError: no library of that name"


def locked(tmp_path):
    """Hold the file of what was seen, as another server would."""
    other = sqlite3.connect(tmp_path / "state" / "cortex" / "feed" / "seen.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other


async def test_a_file_that_another_server_holds_is_trouble_until_it_is_free_and_no_news_is_lost(
    reader, stand, tmp_path
):
    stand.pages["/a"] = Page(rss("1"), headers={"ETag": '"1"'})
    await reader.follow(News=stand.url("/a"))
    stand.pages["/a"] = Page(rss("2", "1"), headers={"ETag": '"2"'})
    other = locked(tmp_path)
    await reader.poll()
    assert (reader.trouble, reader.said) == ("News: what was told cannot be remembered: database is locked", [])
    other.close()
    await reader.poll()
    assert stand.visits[-1].headers["if-none-match"] == '"1"'
    assert (reader.trouble, reader.said) == ("", ["News: 2"])


async def test_news_that_was_told_while_another_server_held_the_file_is_not_told_again(reader, stand, tmp_path):
    stand.pages["/a"] = Page(rss("1"))
    await reader.follow(News=stand.url("/a"))
    reader.listeners = 0
    stand.pages["/a"] = Page(rss("2", "1"))
    await reader.poll()
    other = locked(tmp_path)
    reader.listeners = 1
    await reader.poll()
    assert reader.said == ["News: 2"]
    assert "database is locked" in reader.trouble
    other.close()
    visits = len(stand.visits)
    while len(stand.visits) == visits:
        await reader.poll()
    assert (reader.trouble, reader.said) == ("", [])


async def test_a_first_poll_that_cannot_be_remembered_leaves_the_next_one_the_first(reader, stand, tmp_path):
    stand.pages["/a"] = Page(rss("1"))
    await reader.follow(Other=stand.url("/b"))
    other = locked(tmp_path)
    await reader.leave()
    await reader.follow(News=stand.url("/a"))
    assert "database is locked" in reader.trouble
    other.close()
    await reader.poll()
    assert (reader.trouble, reader.said) == ("", [])


async def test_without_the_parser_the_sense_says_what_it_lacks(monkeypatch, stand):
    monkeypatch.setitem(sys.modules, "feedparser", None)  # as if it were not installed
    with pytest.raises(ModuleNotFoundError, match="feedparser"):
        await Feeds(Feeds.Options(feeds={"A": Feed(url=stand.url("/a"))})).run(lambda event: 0)
    assert stand.visits == []


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ({"url": "ftp://example.org/a"}, "http:// or https://"),
        ({"url": "example.org/a"}, "http:// or https://"),
        ({"url": "http://"}, "http:// or https://"),
        ({"url": "http://u:p@example.org/a"}, "user name"),
        ({"url": "http://example.org/a b"}, "space"),
        ({"url": "http://example.org:port/a"}, "port"),
        ({"every": "10s"}, "60 s at least"),
        ({"every": "often"}, "a duration"),
        ({"say": "{tilte}"}, "{feed}, {title}"),
        ({"say": " "}, "cannot be empty"),
        ({"more": "{title}"}, "{feed}, {count}"),
    ],
)
def test_options_that_cannot_be_are_refused_when_the_bot_starts(option, told):
    with pytest.raises(ValueError, match=told.replace("{", "\\{")):
        Feed(**{"url": "http://example.org/", **option})


def test_the_parser_is_never_imported_into_the_server():
    code = "import sys, senses.feed; print('feedparser' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout.strip() == b"False"
