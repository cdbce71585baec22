"""A person before the page: the roles and names that the page promises, and what one can do with them."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

from playwright.async_api import expect

from tests.browser.support.traffic import PATIENCE, Traffic

if TYPE_CHECKING:
    from playwright.async_api import ConsoleMessage, Locator, Page

NAMES = {
    "en": {
        "wake": "Wake me",
        "seen": "What I see",
        "log": "Conversation",
        "box": "Say something",
        "eye": "Eye",
        "ear": "Ear",
        "voice": "Voice",
        "shut": "Eyes shut",
        "places": "Where pictures and words go",
    },
    "fr": {
        "wake": "Réveille-moi",
        "seen": "Ce que je vois",
        "log": "Conversation",
        "box": "Dites quelque chose",
        "eye": "Œil",
        "ear": "Oreille",
        "voice": "Voix",
        "shut": "Yeux fermés",
        "places": "Où vont les images et les paroles",
    },
}

COUNT = """(() => {
  const send = WebSocket.prototype.send;
  window.binary = 0;
  WebSocket.prototype.send = function (data) {
    if (typeof data !== "string") window.binary += 1;
    return send.call(this, data);
  };
})()"""


class Person:
    """One page, and the person who uses it."""

    def __init__(self, page: Page, address: str, language: str = "en") -> None:
        names = NAMES[language]
        self.address = address
        self.page = page
        self.traffic = Traffic(page)
        self.errors: list[str] = []
        """What the browser complained of: exceptions, failed loads, violations of the content security policy."""
        self.foreseen: list[str] = []
        """Patterns of complaints that the test is about."""
        self.wake = page.get_by_role("button", name=names["wake"])
        self.seen = page.get_by_role("status", name=names["seen"])
        self.log = page.get_by_role("log", name=names["log"])
        self.box = page.get_by_role("textbox", name=names["box"])
        self.eye = page.get_by_role("button", name=names["eye"], exact=True)
        self.ear = page.get_by_role("button", name=names["ear"], exact=True)
        self.voice = page.get_by_role("button", name=names["voice"], exact=True)
        self.shut = page.get_by_role("button", name=names["shut"], exact=True)
        self.places = page.get_by_role("note", name=names["places"])
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    @property
    def complaints(self) -> list[str]:
        """What the browser complained of, unforeseen."""
        return [error for error in self.errors if not any(re.search(pattern, error) for pattern in self.foreseen)]

    @property
    def story(self) -> str:
        """What happened last, for whoever reads why a test failed."""
        sent, received = (map(str, messages[-10:]) for messages in (self.traffic.sent, self.traffic.received))
        return "\n".join([f"{self.address} sent", *sent, "received", *received, "complained", *self.errors, ""])

    def line(self, text: str | re.Pattern[str]) -> Locator:
        """Return the lines of the conversation with this text."""
        return self.log.get_by_text(text, exact=True) if isinstance(text, str) else self.log.get_by_text(text)

    def told(self, pattern: str) -> Locator:
        """Return what the page tells outside the conversation: notices, alerts, the state of plugins."""
        return self.page.get_by_text(re.compile(pattern, re.IGNORECASE))

    # Doing

    async def opens(self) -> None:
        """Open the page."""
        await self.page.goto(self.address)

    async def opens_counted(self) -> None:
        """Open the page so that its binary messages are counted: Chromium tells a test of the others only."""
        await self.page.add_init_script(COUNT)
        await self.opens()

    async def pictures(self) -> int:
        """Return how many binary messages the page has sent since it was loaded."""
        count: int = await self.page.evaluate("binary")
        return count

    async def wakes(self) -> None:
        """Wake the bot, and wait until its senses are open."""
        await expect(self.wake).to_be_enabled()
        await self.wake.click()
        await expect(self.eye).to_have_attribute("aria-pressed", "true")

    async def types(self, text: str) -> None:
        """Type a sentence and press Enter."""
        await self.box.fill(text)
        await self.box.press("Enter")

    async def says(self, text: str) -> None:
        """Say a sentence aloud: the scripted recognition hears it."""
        await self.listened()
        await self.page.evaluate("text => ears.final(text)", text)

    async def listened(self, starts: int = 1) -> None:
        """Wait until recognition runs, started so many times."""
        await self._soon("starts => ears.listening(starts)", starts, f"recognition was not started {starts} times")

    async def hears(self, words: str) -> None:
        """Wait until the voice is asked to say something with these words in it."""
        await self._soon("words => mouth.said(words)", words, f"{words!r} was not said aloud")

    async def spoken(self) -> list[dict[str, Any]]:
        """Return what the voice was asked to say so far."""
        sayings: list[dict[str, Any]] = await self.page.evaluate("mouth.spoken")
        return sayings

    async def camera_stops(self) -> None:
        """Wait until the page has let go of every camera."""
        await self.page.wait_for_function("() => cameras.held === 0")

    async def _soon(self, script: str, argument: Any, otherwise: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await self.page.evaluate(script, argument)
        except TimeoutError:
            state = await self.page.evaluate("({mouth: window.mouth, ears: window.ears})")
            raise AssertionError(f"{otherwise}; {state}") from None
