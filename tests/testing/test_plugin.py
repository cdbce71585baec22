"""The plugin of pytest as its user meets it: it loads by itself, finds plugins, fails clearly, and is cheap."""

from __future__ import annotations

import subprocess
import sys

import pytest

PLUGIN = """
from cortex import *

class Speaker(Cortex):
    class Options(BaseOptions):
        text: str = "{name}"

    perceives = {{"reading"}}

    async def perceive(self, stimulus, session):
        {body}
        yield Say(self.options.text)

@hookimpl
def register_cortexes(register):
    register("{name}", Speaker)
"""


@pytest.fixture(name="project")
def _project(pytester):
    """An author's project, with a plugin `loud` that raises; pytest runs in it as the author would run it."""
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\nfilterwarnings = error\n")
    (pytester.path / "tests").mkdir()
    plugin(pytester.path / "loud.py", "loud", 'raise ValueError("I will not")')
    return pytester


def plugin(path, name, body="pass"):
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(PLUGIN.format(name=name, body=body), encoding="utf-8")


def run(project, source, *arguments, file="tests/test_it.py"):
    (project.path / file).write_text(source, encoding="utf-8")
    return project.runpytest_subprocess(*arguments)


def test_a_plugin_is_found_beside_the_test_above_it_and_in_a_src(project):
    plugin(project.path / "tests" / "beside.py", "beside")
    plugin(project.path / "above.py", "above")
    plugin(project.path / "package" / "__init__.py", "package")
    plugin(project.path / "src" / "inside.py", "inside")
    plugin(project.path / "src" / "acme" / "bots.py", "dotted")
    source = """
import pytest

@pytest.mark.parametrize("name", ["beside", "above", "package", "inside", "acme.bots"])
async def test_it(bot, name):
    await bot.load(name)
    await bot.read("hello")
    assert bot.said == [{"acme.bots": "dotted"}.get(name, name)]
    bot.clear()
    assert bot.said == []
"""
    run(project, source).assert_outcomes(passed=5)


def test_a_test_needs_no_mark_and_no_mode_and_may_have_them(project):
    source = """
import pytest

pytestmark = []

async def test_with_nothing(bot):
    await bot.load("echo")
    await bot.read("hello")
    assert bot.said == ["hello"]

@pytest.mark.asyncio
async def test_with_a_mark(bot, clock):
    await clock.advance(1)
    assert bot.clock is clock

class TestInAClass:
    async def test_it(self, clock):
        await clock.advance(1)

def test_without_await(bot):
    assert bot.said == []
"""
    run(project, source).assert_outcomes(passed=4)
    project.runpytest_subprocess("-o", "asyncio_mode=auto").assert_outcomes(passed=4)


@pytest.mark.parametrize("ini", ["", "asyncio_default_fixture_loop_scope = module\n"])
def test_pytest_asyncio_does_not_warn_of_a_scope_that_nobody_has_set_and_keeps_the_one_that_is(project, ini):
    project.makeini(f"[pytest]\n{ini}")
    source = """
import asyncio
import pytest_asyncio

async def test_it(bot):
    assert bot.said == []

@pytest_asyncio.fixture(scope="module")
async def shared():
    return asyncio.get_running_loop()

async def test_with_a_fixture_of_another_scope(shared, clock):
    assert shared is not asyncio.get_running_loop()
"""
    result = run(project, source, "-W", "error")
    result.assert_outcomes(passed=2)
    assert "loop_scope" not in result.stderr.str()
    scope = "module" if ini else "fixture-scope"
    result.stdout.fnmatch_lines([f"*asyncio_default_fixture_loop_scope={scope}*"])


def test_a_plugin_that_fails_makes_the_test_fail_with_its_error_in_sight(project):
    source = """
import pytest
from cortex import ConfigError

async def test_that_looks_at_nothing(bot):
    await bot.load("loud")
    await bot.read("hello")

async def test_that_expected_something_else(bot):
    await bot.load("loud")
    await bot.read("hello")
    assert bot.said == ["loud"]

async def test_that_looks(bot):
    await bot.load("loud")
    await bot.read("hello")
    assert bot.problems == ["loud: ValueError: I will not"]

async def test_with_a_wrong_option(bot):
    await bot.load("loud", txet="x")

async def test_with_a_wrong_name(bot):
    await bot.load("luod")
"""
    result = run(project, source)
    result.assert_outcomes(passed=1, failed=4)
    output = result.stdout.str()
    assert "something went wrong that the test did not look at in `problems`:\n  loud: ValueError: I will not" in output
    assert "ValueError: I will not" in output[output.index("Captured log") :]
    assert "loud.py" in output  # in the traceback
    assert "plugins.loud.txet: unknown key 'txet' (did you mean 'text'?)" in output
    assert "plugins.luod: no installed plugin has this name" in output
    assert "did you mean 'loud'?" in output


def test_a_plugin_of_the_name_of_another_is_met_with_both(project):
    plugin(project.path / "echo.py", "echo")
    result = run(project, "async def test_it(bot):\n    await bot.load('echo')\n")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*two plugins have this name: *echo.py and cortex_echo of cortex-senses*"])


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("-p", "no:asyncio"), "the fixtures of cortex.testing need pytest-asyncio, which is switched off"),
        (("-p", "without_asyncio"), "the fixtures of cortex.testing need pytest-asyncio, which is not installed"),
    ],
)
def test_without_pytest_asyncio_it_says_what_to_install(project, arguments, reason):
    hide = "import importlib.util\nfind = importlib.util.find_spec\n"
    hide += "importlib.util.find_spec = lambda name, *rest: None if name == 'pytest_asyncio' else find(name, *rest)\n"
    (project.path / "without_asyncio.py").write_text(hide)
    project.makeini("[pytest]\npythonpath = .\n")
    result = run(project, "async def test_it(bot):\n    await bot.read('hello')\n", "-p", "no:asyncio", *arguments)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*{reason}*cortex-senses?dev?*"])


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({"missing": "playwright"}, "Playwright is not installed: *cortex-senses?dev?*"),
        ({"missing": "chromium"}, "there is no Chromium: *playwright install chromium*"),
    ],
)
def test_without_a_browser_a_page_is_skipped_with_what_to_install(project, monkeypatch, environment, reason):
    lose = {
        "playwright": "find = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *rest: None if name == 'playwright' else find(name, *rest)\n",
        "chromium": "import shutil\nshutil.which = lambda name, *rest, **more: None\n",
    }
    (project.path / "conftest.py").write_text(f"import importlib.util\n{lose[environment['missing']]}")
    monkeypatch.delenv("CORTEX_REQUIRE_BROWSER", raising=False)
    monkeypatch.delenv("CORTEX_CHROMIUM", raising=False)
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(project.path / "none"))
    result = run(project, "async def test_it(page):\n    await page.open()\n", "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines([f"*{reason}*"])


def test_a_browser_that_is_demanded_is_no_reason_to_skip(project, monkeypatch):
    monkeypatch.setenv("CORTEX_REQUIRE_BROWSER", "1")
    monkeypatch.setenv("CORTEX_CHROMIUM", str(project.path / "none"))
    result = run(project, "async def test_it(page):\n    await page.open()\n")
    result.assert_outcomes(failed=1)
    assert "Executable doesn't exist" in result.stdout.str() or "Failed to launch" in result.stdout.str()


def test_a_project_that_does_not_use_it_does_not_pay_for_it(project):
    source = """
import sys

async def helper():
    pass

def test_it():
    heavy = {"numpy", "PIL", "quart", "uvicorn", "playwright", "yaml", "cortex.bot", "cortex.plugins", "cortex.router"}
    assert sys.modules.keys() & heavy == set()
    assert "cortex.testing.plugin" in sys.modules
"""
    run(project, source).assert_outcomes(passed=1)
    code = "import sys, cortex.testing.plugin; print(*sys.modules.keys() & {'numpy', 'quart', 'cortex.bot'})"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_fixtures_of_the_same_names_of_ones_own_are_left_alone(project):
    source = """
import pytest

@pytest.fixture
def bot():
    return "mine"

@pytest.fixture
def page():
    return "mine"

def test_it(bot, page):
    assert bot == page == "mine"

async def test_that_nobody_runs(bot):
    assert False
"""
    project.makeini("[pytest]\n")
    result = run(project, source)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*async def functions are not natively supported*"])
