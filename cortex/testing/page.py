"""The page of the `page` fixture: a real Chromium before a bot with the plugins of the test. For JavaScript halves."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any

from playwright.async_api import async_playwright, expect

from cortex.clock import Clock
from cortex.messages import Deed
from cortex.testing import pictures
from cortex.testing.camera import Camera
from cortex.testing.chromium import CAMERA, Chromium
from cortex.testing.served import PATIENCE, Served

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from playwright.async_api import ConsoleMessage
    from playwright.async_api import Page as Tab

    from cortex.action import Action
    from cortex.stimulus import Stimulus
    from cortex.testing.recipe import Loadable, Recipe


class Page:
    """A page, its browser and its server. It opens with the first thing that is asked of it.

    Of the bundled senses and actuators it has `vision`, `reading` and `display`: a Chromium in a test has neither
    speech recognition nor voices. The camera sees a black sheet until it is shown something.
    """

    def __init__(self, recipe: Recipe, camera: Path) -> None:
        self.camera = Camera(camera)
        """What the fake camera sees: `page.camera.show(pictures.red())`."""
        self.errors: list[str] = []
        """What the browser complained of: exceptions, failed loads, errors and warnings on its console."""
        self.foreseen: list[str] = []
        """Patterns of complaints that the test is about; any other fails it."""
        self.options: dict[str, Any] = {"locale": "en-US", "viewport": {"width": 1280, "height": 800}}
        """Of the browser's context, such as `permissions` or `has_touch`, as Playwright names them."""
        self.flags: tuple[str, ...] = CAMERA
        """Flags of Chromium."""
        recipe.drop("hearing", "voice")
        recipe.configure({"server": {"host": "localhost", "port": 0}, "arbiter": {"stable": 1}})
        self._recipe = recipe
        self._stack = contextlib.AsyncExitStack()
        self._served: Served | None = None
        self._tab: Tab | None = None
        self._taken = 0

    async def __aenter__(self) -> Page:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    # Making it

    async def load(self, plugin: Loadable, name: str = "", /, **options: Any) -> None:
        """Enable a plugin, as `bot.load` does, before the page is opened."""
        self._not_open("load")
        self._recipe.add(plugin, name, options)

    def configure(self, **sections: Any) -> None:
        """Set sections of the config, before the page is opened."""
        self._not_open("configure")
        self._recipe.configure(sections)

    def _not_open(self, what: str) -> None:
        if self._served is not None:
            raise RuntimeError(f"{what} comes before the page is opened")

    async def open(self) -> Tab:
        """Start the server and the browser, and open the page; return Playwright's page once its modules are loaded.

        Raises:
            ConfigError: there is no such plugin, or an option is wrong.
        """
        if self._tab is not None:
            return self._tab
        self._not_open("open")
        self._served = served = Served(self._recipe.make(Clock()))
        self._stack.push_async_callback(served.stop)
        await served.start()
        if not self.camera.path.exists():
            self.camera.show(pictures.black())
        playwright = await self._stack.enter_async_context(async_playwright())
        chromium = Chromium(playwright, self.camera)
        self._stack.push_async_callback(chromium.close)
        browser = await chromium.browser(self.flags)
        context = await browser.new_context(**self.options)
        self._stack.push_async_callback(context.close)
        self._tab = tab = await context.new_page()
        tab.on("console", self._console)
        tab.on("pageerror", lambda error: self._complain(str(error)))
        await tab.goto(served.address)
        faculties = {
            name for plugin in served.core.plugins.all for name, thing in plugin.browser.items() if thing.client
        }
        await served.until(
            lambda: faculties <= served.reports.keys(),
            lambda: f"of {faculties} the page has loaded {set(served.reports)}; it complained of {self.errors}",
        )
        return tab

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._complain(f"{message.text} ({message.location.get('url', '')})")

    def _complain(self, text: str) -> None:
        self.errors.append(text)
        self.served.changed.set()

    # Using it

    @property
    def browser(self) -> Tab:
        """Playwright's page, once it is open."""
        if self._tab is None:
            raise RuntimeError("the page is not open yet: `await page.open()`")
        return self._tab

    @property
    def served(self) -> Served:
        """The server, once the page is open; `page.served.core` is the bot."""
        if self._served is None:
            raise RuntimeError("the page is not open yet: `await page.open()`")
        return self._served

    async def wake(self) -> None:
        """Press "Wake me", as a person does, so that what has a button opens."""
        tab = await self.open()
        button = tab.get_by_role("button", name="Wake me")
        await expect(button).to_be_enabled(timeout=PATIENCE * 1000)
        await button.click()

    async def opened(self, name: str) -> None:
        """Wait until a sense or an actuator is open.

        Raises:
            AssertionError: it does not open; the text says what it does instead.
        """
        await self.reported(name, "open")

    async def reported(self, name: str, state: str) -> str:
        """Wait until a sense or an actuator is `open`, `closed`, `failed`, `speaking` or `idle`; return the reason."""
        await self.open()
        reports = self.served.reports
        await self.served.until(
            lambda: reports.get(name, ("",))[0] == state,
            lambda: f"{name} is not {state}; reported were {reports}, and the browser complained of {self.errors}",
        )
        return reports[name][1]

    async def complained(self, pattern: str) -> str:
        """Wait until the browser complains of something that a pattern is found in, foreseen from now on; return it."""
        self.foreseen.append(pattern)
        await self.open()
        await self.served.until(
            lambda: any(re.search(pattern, error) for error in self.errors),
            lambda: f"the browser did not complain of {pattern!r}, but of {self.errors}",
        )
        return next(error for error in self.errors if re.search(pattern, error))

    async def act(self, action: Action) -> None:
        """Have the page carry out an action, as if a cortex had yielded it."""
        await self.open()
        for session in self.served.core.sessions.values():
            session.send(Deed(action=action, answers="", captured=0.0, cortex="", ms={}))

    @property
    def stimuli(self) -> list[Stimulus]:
        """What has arrived on the server, oldest first."""
        return self.served.stimuli

    async def next(self, sense: str) -> Stimulus:
        """Wait for the next stimulus of a sense that arrives on the server, and return it.

        Each is returned once; what arrived before it of other senses is passed over.

        Raises:
            AssertionError: none arrives in time.
        """
        await self.open()
        stimuli = self.served.stimuli

        def there() -> bool:
            while self._taken < len(stimuli) and stimuli[self._taken].sense != sense:
                self._taken += 1
            return self._taken < len(stimuli)

        await self.served.until(there, lambda: f"{sense} perceived nothing; the browser complained of {self.errors}")
        self._taken += 1
        return stimuli[self._taken - 1]

    @property
    def unexpected(self) -> list[str]:
        """What the browser complained of, unforeseen."""
        return [error for error in self.errors if not any(re.search(pattern, error) for pattern in self.foreseen)]
