"""Real parts: `cortex run` in a process, plugins from outside, a Chromium whose camera plays what the test shows it."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright, expect

from cortex.testing.chromium import CAMERA, Chromium, explain_missing
from cortex.testing.page import Page
from tests.browser.support import blackboard
from tests.browser.support.outsiders import install
from tests.browser.support.person import Person
from tests.browser.support.scene import Scene
from tests.browser.support.server import Server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    Serve = Callable[..., Awaitable[Server]]
    Visit = Callable[..., Awaitable[Person]]

HERE = Path(__file__).parent
DATA = HERE.parents[2] / "shared" / "data"
COLOURS = {"plugins": {"dialogue": None, "colours": None, "greeter": None}}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def outsiders(tmp_path_factory) -> Path:
    """The folder where the plugins from outside are installed."""
    return install(tmp_path_factory.mktemp("site") / "packages")


@pytest.fixture(scope="session")
def camera(tmp_path_factory) -> Scene:
    return Scene(tmp_path_factory.mktemp("camera") / "scene.y4m")


@pytest.fixture
def scene(camera: Scene) -> Iterator[Scene]:
    """What the camera sees: night, until the test shows it something."""
    camera.show_colour("black")
    return camera


@pytest.fixture(scope="session")
def data() -> Path:
    """The photographs and the MobileNet that the team shares."""
    if not DATA.is_dir():
        pytest.skip(f"{DATA} is not there")
    return DATA


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium(camera: Scene) -> AsyncIterator[Chromium]:
    expect.set_options(timeout=15_000)
    async with async_playwright() as playwright:
        chromium = Chromium(playwright, camera)
        yield chromium
        await chromium.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def server(tmp_path_factory, outsiders: Path) -> AsyncIterator[Server]:
    """The server that most tests share: it names colours, obeys commands and greets."""
    server = Server(tmp_path_factory.mktemp("server"), outsiders, COLOURS)
    await server.start()
    yield server
    assert await server.stop() == 0


@pytest_asyncio.fixture(loop_scope="session")
async def serve(tmp_path_factory, outsiders: Path) -> AsyncIterator[Serve]:
    """Start a server with a config of the test's own."""
    async with contextlib.AsyncExitStack() as stack:

        async def start(config: dict[str, Any], *arguments: str) -> Server:
            server = Server(tmp_path_factory.mktemp("server"), outsiders, config, *arguments)
            stack.push_async_callback(server.stop)
            await server.start()
            return server

        yield start


@pytest_asyncio.fixture(loop_scope="session")
async def visit(chromium: Chromium, server: Server, serve: Serve) -> AsyncIterator[Visit]:
    """Open the page, of the shared server where no address is given.

    `ears` and `mouth` say whether the stand-ins for speech at the browser's edge are there. Pages are left before the
    servers of `serve` end, and whatever a browser complained of that the test did not foresee fails it.
    """
    people: list[Person] = []
    async with contextlib.AsyncExitStack() as stack:

        async def open_page(
            address: str = "",
            *,
            flags: tuple[str, ...] = CAMERA,
            ears: bool = True,
            mouth: bool = True,
            language: str = "en",
            opened: bool = True,
            **options: Any,
        ) -> Person:
            browser = await chromium.browser(flags)
            locale = {"en": "en-US", "fr": "fr-FR"}[language]
            context = await browser.new_context(
                **{"locale": locale, "viewport": {"width": 1280, "height": 800}, **options}
            )
            stack.push_async_callback(context.close)
            for name, wanted in {"cameras": True, "ears": ears, "mouth": mouth}.items():
                if wanted:
                    await context.add_init_script(path=HERE / "support" / f"{name}.js")
            person = Person(await context.new_page(), address or server.address, language)
            people.append(person)
            if opened:
                await person.opens()
            return person

        yield open_page
    for person in people:
        sys.stderr.write(person.story)  # shown where the test failed
    for person in people:
        assert person.complaints == []


@pytest_asyncio.fixture(loop_scope="session")
async def board(_cortex_recipe: Any, tmp_path: Path) -> AsyncIterator[Page]:
    """The page with the blackboard of `teach`, whose server's half the test plays."""
    if reason := explain_missing():
        pytest.skip(reason)
    async with Page(_cortex_recipe, tmp_path / "camera.y4m") as page:
        await page.load(blackboard, "blackboard")
        yield page
