"""From the bytes of a feed to its entries. What it is handed may be anything, and may mean harm. Knows no network."""

from __future__ import annotations

import calendar
import hashlib
import io
import re
from html.parser import HTMLParser
from typing import Any, NamedTuple
from xml.parsers import expat

from senses.texts import one_line, shortened

ROOTS = ("rss", "feed", "rdf", "channel", "cdf")
MAX_DEPTH = 100  # of elements in each other; the parser's time and memory grow with it
MAX_ELEMENTS = 300_000
MAX_ATTRIBUTES = 100  # of an element
MAX_ENTRIES = 1000  # the newest ones
MAX_BROKEN = 500_000  # bytes of a feed that is not well-formed, which costs the parser much more
MAX_TITLE = 300  # characters
MAX_ID = 500  # the same; of a longer one the hash is taken
MAX_LINK = 2000  # the same; a longer one is none
# What the parser has been seen to raise, or may: it is lenient, not complete.
SURPRISES = (ArithmeticError, AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)

MARKUP = re.compile(r"</?[A-Za-z!][^>]*>|&#?\w+;")


class FeedError(Exception):
    """What came is no feed that can be read; the text says why. Caught by the poller, which shows it."""


class Entry(NamedTuple):
    """One piece of news."""

    id: str
    title: str
    """In one line, without markup; empty where it has neither a title nor a summary nor an address."""
    link: str


def entries_of(body: bytes, content_type: str) -> list[Entry]:
    """Return the entries of a feed, the newest first, each id once.

    Raises:
        FeedError: it is no feed, or one that is made to do harm.
    """
    import feedparser  # an extra

    _inspect(body)
    try:
        feed = feedparser.parse(
            io.BytesIO(body),
            response_headers={"content-type": content_type},
            sanitize_html=False,  # all markup goes, see `plain`
            resolve_relative_uris=False,
        )
        if not feed.version and not feed.entries:
            raise FeedError("it is no feed")
        found = feed.entries
        if found and all(_moment(entry) for entry in found):
            found = sorted(found, key=_moment, reverse=True)
        entries = [_entry(entry) for entry in found[:MAX_ENTRIES]]
    except SURPRISES as error:
        raise FeedError(f"it cannot be read: {type(error).__name__}: {error}") from error
    unique: dict[str, Entry] = {}
    for entry in entries:
        unique.setdefault(entry.id, entry)
    return list(unique.values())


def _inspect(body: bytes) -> None:
    """Refuse what is no feed, and what would cost the parser more than it is worth."""
    depth = elements = 0

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, elements
        depth, elements = depth + 1, elements + 1
        if elements == 1 and name.rpartition(":")[2].lower() not in ROOTS:
            what = "a web page" if name.lower() == "html" else f"a document of the kind {shortened(name, 40)!r}"
            raise FeedError(f"it is no feed but {what}")
        if depth > MAX_DEPTH or elements > MAX_ELEMENTS or len(attributes) > MAX_ATTRIBUTES:
            raise FeedError("it has more elements or attributes than any feed needs")

    def closed(_: str) -> None:
        nonlocal depth
        depth -= 1

    def declared(*_: object) -> None:
        raise FeedError("it declares entities of its own, which no feed needs")

    parser = expat.ParserCreate()
    parser.UseForeignDTD(True)  # entities of HTML, such as &nbsp;, are the parser's business
    parser.ExternalEntityRefHandler = lambda *_: 1  # nothing is fetched
    parser.StartElementHandler, parser.EndElementHandler, parser.EntityDeclHandler = opened, closed, declared
    try:
        parser.Parse(body.lstrip(), True)
    except (
        expat.ExpatError,
        ValueError,
        LookupError,
    ) as error:  # not well-formed, or an encoding that it does not know
        if not elements and not re.search(rb"<(?:\w+:)?(?:rss|feed|rdf)\b", body[:4096], re.IGNORECASE):
            page = re.search(rb"<(?:!doctype )?html\b", body[:4096], re.IGNORECASE)
            raise FeedError("it is no feed but a web page" if page else "it is no feed") from error
        if len(body) > MAX_BROKEN:
            raise FeedError(f"it is not well-formed: {error}") from error


def _moment(entry: Any) -> int:
    """Return when an entry was published, seconds since 1970; 0 where it does not say."""
    when = entry.get("published_parsed") or entry.get("updated_parsed")
    return calendar.timegm(when) if when else 0


def _entry(entry: Any) -> Entry:
    link = one_line(entry.get("link") or "")
    link = (
        link if link.startswith(("http://", "https://")) and len(link) < MAX_LINK else ""
    )  # an id of RSS is taken for an address, too
    title = plain(entry.get("title") or "") or plain(entry.get("summary") or "") or link
    content = "\n".join((link or title, "" if link else entry.get("summary") or ""))
    known = entry.get("id") or ""
    if not known or len(known) > MAX_ID:
        known = hashlib.sha256((known or content).encode("utf-8", "replace")).hexdigest()
    return Entry(known, title, link)


def plain(text: str) -> str:
    """Return a text in one line, without markup, short enough to be said."""
    text = text[: MAX_TITLE * 10]
    if MARKUP.search(text):
        reader = _Reader()
        reader.feed(text)
        reader.close()
        text = "".join(reader.texts)
    return shortened(one_line(text), MAX_TITLE)


class _Reader(HTMLParser):
    """Keeps the words of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._hidden += tag in ("script", "style")
        if tag in ("br", "p", "div", "li"):
            self.texts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style") and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.texts.append(data)
