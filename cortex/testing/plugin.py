"""pytest's door: the fixtures `bot`, `clock` and `page`. Light: the core is imported by a test that uses one."""

from __future__ import annotations

import importlib.util
import inspect
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator

    from cortex.testing.bot import Bot
    from cortex.testing.clock import Clock
    from cortex.testing.page import Page
    from cortex.testing.recipe import Recipe

OURS = {"bot", "page", "clock"}
SCOPE = "asyncio_default_fixture_loop_scope"
NO_ASYNCIO = (
    "the fixtures of cortex.testing need pytest-asyncio, which {reason}: `pip install 'cortex-senses[dev]'` brings it"
)


def _asynchronous(fixture: Callable[..., Any]) -> Any:
    """Make a fixture of an async generator, or, where pytest-asyncio is missing, one that says so."""
    if importlib.util.find_spec("pytest_asyncio") is not None:
        import pytest_asyncio

        return pytest_asyncio.fixture(fixture)

    @pytest.fixture(name=fixture.__name__)
    def missing() -> None:
        pytest.fail(NO_ASYNCIO.format(reason="is not installed"), pytrace=False)

    return missing


@pytest.fixture
def clock() -> Clock:
    """The time that the `bot` goes by: `await clock.advance(seconds)` moves it."""
    from cortex.testing.clock import Clock

    return Clock()


@pytest.fixture
def _cortex_recipe(request: pytest.FixtureRequest, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Recipe:
    """What the bot is made of, nothing of which is the developer's own: its state lies in a folder of the test."""
    if not request.config.pluginmanager.hasplugin("asyncio"):
        pytest.fail(NO_ASYNCIO.format(reason="is switched off"), pytrace=False)
    from cortex.testing.recipe import Recipe, folders_round

    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return Recipe(folders_round(request.path, request.config.rootpath), tmp_path / "config.yaml")


@_asynchronous
async def bot(_cortex_recipe: Recipe, clock: Clock) -> AsyncIterator[Bot]:
    """The real core without a server: load plugins, let it perceive, and look at what it said and showed."""
    from cortex.testing.bot import Bot

    _cortex_recipe.configure({"arbiter": {"stable": 1}})
    under_test = Bot(_cortex_recipe, clock)
    yield under_test
    await under_test.stop()


@_asynchronous
async def page(_cortex_recipe: Recipe, tmp_path: Any) -> AsyncIterator[Page]:
    """A page in a real Chromium, of a server with the plugins that the test loads."""
    from cortex.testing.chromium import explain_missing
    from cortex.testing.page import Page

    if reason := explain_missing():
        pytest.skip(reason)
    async with Page(_cortex_recipe, tmp_path / "camera.y4m") as opened:
        yield opened


def pytest_load_initial_conftests(early_config: pytest.Config, parser: pytest.Parser) -> None:
    """Where nobody sets the scope of pytest-asyncio's loops, of which it warns, let it be what it is by itself."""
    asyncio = early_config.pluginmanager.get_plugin("asyncio")
    if hasattr(asyncio, "_DEFAULT_FIXTURE_LOOP_SCOPE_UNSET"):  # the warning
        default = getattr(asyncio, "_MATCH_FIXTURE_SCOPE", "function")  # older versions know no name for it
        parser.addini(SCOPE, "the same, with the default of cortex.testing", default=default)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_pycollect_makeitem() -> Generator[None, Any, Any]:
    """Have pytest-asyncio run the asynchronous tests that use a fixture of ours, whatever its mode."""
    items = yield
    for item in items if isinstance(items, list) else []:
        if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.function) and _uses_ours(item):
            item.add_marker(pytest.mark.asyncio)
    return items


def _uses_ours(item: pytest.Function) -> bool:
    if not item.config.pluginmanager.hasplugin("asyncio") or item.get_closest_marker("asyncio") is not None:
        return False
    known = item._fixtureinfo.name2fixturedefs  # noqa: SLF001 - pytest-asyncio asks there too
    return any(name in known and known[name][-1].func.__module__ == __name__ for name in OURS)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail a test in which something went wrong that it did not look at."""
    result = yield
    for thing in getattr(item, "funcargs", {}).values():
        if type(thing).__module__.startswith("cortex.testing.") and (unexpected := getattr(thing, "unexpected", None)):
            text = "\n".join(f"  {problem}" for problem in unexpected)
            pytest.fail(f"something went wrong that the test did not look at in `problems`:\n{text}", pytrace=False)
    return result
