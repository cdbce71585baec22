"""Pages, politely asked for: one connection a host, redirects followed and remembered, limits kept. Knows no feed."""

from __future__ import annotations

import asyncio
import string
from collections import defaultdict
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin, urlsplit

from senses.feed.request import Answer, FetchError, Request
from senses.feed.thread import in_thread

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cortex import Sense

TOTAL = 30.0  # seconds for a page, all its redirects together
MAX_REDIRECTS = 5
PERMANENT = (301, 308)
REDIRECTS = (301, 302, 303, 307, 308)


def checked_url(url: str) -> str:
    """Return an address that may be asked for.

    Raises:
        ValueError: it is not http or https, has no host, or names a user.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("expected an address that begins with http:// or https://")
    if parts.username is not None:
        raise ValueError("an address with a user name in it is not supported")
    if any(letter <= " " for letter in url):
        raise ValueError("there is a space in the address")
    _ = parts.port  # raises where it is no number
    return url


class Web:
    """What all feeds share."""

    def __init__(self, sense: Sense) -> None:
        self._sense = sense
        self._lines: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._moved: dict[str, str] = {}

    async def get(self, url: str, known: tuple[str, Mapping[str, str]]) -> Answer:
        """Ask for a page; `known` are an address and what to tell its server of the version that is known.

        Raises:
            FetchError: it cannot be had.
        """
        here, moved, left = self._moved.get(url, url), True, TOTAL
        for _ in range(MAX_REDIRECTS + 1):
            async with self._lines[urlsplit(here).netloc]:
                began = self._sense.clock.now()
                answer = await self._ask(Request(here, known[1] if known[0] == here else {}), left)
                left -= self._sense.clock.now() - began
            location = answer.headers.get("Location", "")
            if answer.status not in REDIRECTS or not location:
                return answer
            try:
                # Some servers send what is no address before it is quoted.
                here = checked_url(urljoin(here, quote(location, safe=string.punctuation, encoding="latin-1")))
            except ValueError as error:
                raise FetchError(f"it was moved to where it cannot be asked for: {error}") from error
            moved = moved and answer.status in PERMANENT
            if moved:
                self._moved[url] = here
        self._moved.pop(url, None)
        raise FetchError(f"it was moved more than {MAX_REDIRECTS} times in a row")

    async def _ask(self, request: Request, seconds: float) -> Answer:
        answer = in_thread(request.run)

        def give_up() -> None:
            if not answer.done():
                answer.set_exception(FetchError(f"it took longer than {TOTAL:.0f} s"))

        timer = self._sense.clock.call_later(max(0.0, seconds), give_up)
        try:
            return await answer
        finally:
            timer.cancel()
            request.end()
