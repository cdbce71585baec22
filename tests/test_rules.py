"""The ten rules of docs/rules.md, and that every bundled plugin keeps them. `make check` looks at the types."""

from __future__ import annotations

import ast
import asyncio
import importlib
import inspect
import re
import subprocess
import sys
import threading
import tomllib
from importlib.metadata import entry_points, requires
from pathlib import Path

import pytest

from cortex import API_VERSION, Event, RefusedError
from cortex.config import load_config
from cortex.documentation import options_of
from cortex.plugins import Plugins
from cortex.testing import pictures
from tests.support.newsstand import Newsstand, Page, rss

ROOT = Path(__file__).parents[1]
DOCS = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md")}
OURS = {point.name: point.module for point in entry_points(group="cortex") if point.dist.name == "cortex-senses"}
OPTIONS = ["classifier", "dialogue", "teach", "recorder", "rekognition", "google-vision", "llm"]
"""Pages of plugins that have options of their own."""
ELSEWHERE = ["rekognition", "google_vision", "llm"]
"""Plugins that ask a service, which is not there in a test."""
CORTEXES = ["classifier", "dialogue", "greeter", "herald", "echo"]
MYPY = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
OUTSIDERS = [
    *(path for path in (ROOT / "examples").glob("*/cortex_*/__init__.py")),
    *(path for path in (ROOT / "cortex" / "scaffold" / "templates").glob("*/knock_knock.py")),
]
BROUGHT = ["jax", "flatbuffers", "keras", "google", "grpc", "boto3", "botocore", "httpx2"]
"""What comes with what is declared, under another name."""
TOKEN = "a-token-of-the-front-door"

each = pytest.mark.parametrize("name", OURS)


def sources(name):
    """The Python files of a plugin."""
    file = Path(inspect.getfile(importlib.import_module(OURS[name])))
    return sorted(file.parent.rglob("*.py")) if file.name == "__init__.py" else [file]


def section(name):
    """What docs/bundled.md says of a plugin."""
    found = re.search(rf"^## {name}\n(.*?)(?=^## |\Z)", DOCS["bundled.md"], re.MULTILINE | re.DOTALL)
    assert found, f"docs/bundled.md has no section {name}"
    return found[1]


def loaded(name, tmp_path):
    """The plugin, as the lines of the docs enable it."""
    example = re.search(r"```yaml\n(.*?)```", section(name), re.DOTALL)
    assert example, f"the section {name} of docs/bundled.md has no lines for config.yaml"
    file = tmp_path / "config.yaml"
    file.write_text(example[1], encoding="utf-8")
    config = load_config(file)
    plugins = Plugins(config)
    assert [*config.problems, *plugins.problems] == []
    return next(plugin for plugin in plugins.all if plugin.name == name)


def test_ten_rules_stand_in_the_docs():
    assert re.findall(r"^\| (\d+) \| \*\*", DOCS["rules.md"], re.MULTILINE) == [str(number) for number in range(1, 11)]


def test_every_bundled_plugin_is_looked_at():
    assert set(re.findall(r"^## (\w+)$", DOCS["bundled.md"], re.MULTILINE)) == set(OURS)
    assert len(OURS) >= 13


@each
def test_1_typed(name):
    checked = [ROOT / file for file in MYPY["files"]]
    for path in sources(name):
        assert any(path.is_relative_to(folder) for folder in checked), path
    assert MYPY["strict"]


@pytest.mark.parametrize("path", OUTSIDERS, ids=lambda path: path.parent.name)
def test_1_what_is_not_part_of_cortex_declares_its_api(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    declared = {target.id: step.value for step in tree.body if isinstance(step, ast.Assign) for target in step.targets}
    assert ast.literal_eval(declared["cortex_api"]) == API_VERSION
    assert f'cortex_api = "{API_VERSION}"' in DOCS["rules.md"]


def test_1_every_example_and_every_template_is_looked_at():
    kinds = {path.parent.name for path in OUTSIDERS}
    assert kinds == {"cortex_touch", "cortex_vibrate", "cortex", "sense", "actuator"}


@each
def test_2_documented(name):
    for path in sources(name):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert ast.get_docstring(tree), path
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                assert ast.get_docstring(node), f"{path}: {node.name}"


@each
def test_3_options_documented(name, tmp_path, monkeypatch):
    monkeypatch.setenv("DOOR_TOKEN", TOKEN)
    plugin = loaded(name, tmp_path)
    things = [*plugin.senses.values(), *plugin.cortexes.values(), *plugin.actuators.values()]
    pages = ("config", "events", "model-servers", *OPTIONS)
    text = "".join(DOCS[f"{page}.md"] for page in pages)
    for option in options_of([type(thing).Options for thing in things]):
        assert option.help, f"{name}.{option.key} has no docstring"
        key = option.key.replace("*", "NAME")
        assert re.search(rf"`(?:\w+\.)*{re.escape(key)}`", text), f"{name}.{key} stands in no page"


@each
def test_4_tested_without_a_network(name):
    tests = [ROOT / "tests" / folder / f"test_{name}.py" for folder in ("plugins", "senses")]
    actuators = [ROOT / "tests" / "testing", ROOT / "tests" / "browser"]
    found = [path.read_text(encoding="utf-8") for path in tests if path.is_file()]
    if name in ("display", "voice"):  # what they do, they do in the browser
        found = [path.read_text(encoding="utf-8") for folder in actuators for path in folder.rglob("test_*.py")]
        assert any(name in text for text in found)
        return
    assert found
    assert "async def test_" in found[0]


async def stimulate(bot, name, number, *, asked=False):
    """Let a cortex perceive what it perceives."""
    if name == "classifier":
        await bot.see(pictures.photo(), asked=asked)
    elif name == "herald":
        await bot.happens(Event(sense="clock", name="tea", text=f"Tea number {number}."))
    else:
        await bot.read("hello")


def work_of(bot, name):
    """For each call of it that came to something, the stimulus."""
    return {deed.answers for deed in bot.deeds if deed.cortex == name}


def assert_refusal_told(bot, name, limit):
    """Who said something was told why there is no answer, and of nothing else; frames come again by themselves."""
    assert all(f"({limit})" in problem for problem in bot.problems)
    codes = {problem.code for problem in bot._notes.problems}
    if name == "herald":  # nobody has asked for its events
        assert codes <= {"over-limit"}
    else:
        assert codes == (set() if name == "classifier" else {"over-limit"})


@pytest.mark.parametrize("name", CORTEXES)
async def test_5_calls_a_day(bot, name):
    await bot.load(name, max_calls_per_day=1)
    for number in range(3):
        await stimulate(bot, name, number)
        await bot.clock.advance(5)
    [status] = [status for status in bot.statuses if status.name == name]
    assert status.calls_left == 0
    assert len(work_of(bot, name)) == 1
    assert_refusal_told(bot, name, "max_calls_per_day")


@pytest.mark.parametrize("name", CORTEXES)
async def test_5_rate(bot, name):
    await bot.load(name, max_rate=0.5)
    await stimulate(bot, name, 0)
    bot.clear()
    await stimulate(bot, name, 1)
    assert work_of(bot, name) == set()
    assert_refusal_told(bot, name, "max_rate")


@pytest.mark.parametrize("on", ["ask", "change"])
async def test_5_on(bot, on):
    """Of the bundled cortexes the classifier alone looks at frames."""
    await bot.load("classifier", on=on)
    for _ in range(3):
        await bot.see(pictures.photo())
    assert len(work_of(bot, "classifier")) == (0 if on == "ask" else 1)
    bot.clear()
    await bot.see(pictures.photo(), asked=True)
    assert len(work_of(bot, "classifier")) == 1
    assert bot.answers


@pytest.mark.parametrize("name", CORTEXES)
async def test_5_timeout(bot, name):
    """It is over well within its time: after that, by the clock, nothing of it is given up."""
    await bot.load(name, timeout=1)
    await stimulate(bot, name, 0)
    assert len(work_of(bot, name)) == 1
    await bot.clock.advance(10)
    assert bot.problems == []


async def test_5_webhook(bot):
    await bot.load("webhook", max_rate=0.1, hooks={"door": {"token": TOKEN}})
    await bot.load("herald")
    headers = {"Authorization": f"Bearer {TOKEN}"}
    assert await bot.post("webhook", "door", {"text": "one"}, headers) == 1
    with pytest.raises(RefusedError) as refused:
        await bot.post("webhook", "door", {"text": "two"}, headers)
    assert (refused.value.status, 9 < refused.value.retry_after <= 10) == (429, True)
    await bot.clock.advance(10)
    assert await bot.post("webhook", "door", {"text": "three"}, headers) == 1
    assert bot.said == ["one", "three"]


async def test_5_clock(bot):
    await bot.load("clock", max_calls_per_day=1, alarms={"tea": {"every": "10s", "say": "Tea."}})
    await bot.load("herald")
    await bot.read("hello")
    await bot.clock.advance(60)
    assert bot.said == ["Tea."]


async def test_5_feed(bot, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    stand = Newsstand()
    stand.pages["/a"] = Page(rss("old"))
    await bot.load("feed", max_calls_per_day=1, feeds={"News": {"url": stand.url("/a"), "every": "1m"}})
    await bot.load("herald")
    await bot.read("hello")
    stand.pages["/a"] = Page(rss("newest", "new", "old"))
    await bot.clock.advance(140)
    stand.close()
    assert bot.said == ["News: newest"]


@pytest.mark.parametrize("name", OURS)
async def test_6_clean_stop(bot, name, tmp_path, monkeypatch):
    monkeypatch.setenv("DOOR_TOKEN", TOKEN)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(variable, raising=False)
    for variable in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(variable, str(tmp_path / "none"))
    monkeypatch.chdir(tmp_path)
    plugin = loaded(name, tmp_path)
    before = {thread.ident for thread in threading.enumerate()}, asyncio.all_tasks()
    if name not in ("vision", "hearing", "reading", "display", "voice"):  # those the bot of a test has already
        await bot.load(name, **(plugin.enabled.options or {}))
    await bot.start()
    await bot.see(pictures.photo())
    assert bool(bot.problems) == (name in ELSEWHERE and name != "llm")  # nothing that it sees is for that one
    await bot.stop()
    for thread in threading.enumerate():
        if thread.ident not in before[0] and not thread.name.startswith("asyncio"):  # those are the test's own
            await asyncio.to_thread(thread.join, 10)
            assert not thread.is_alive(), thread.name
    assert asyncio.all_tasks() - before[1] == set()


@each
def test_7_extras_declared(name):
    """In a bare process it imports nothing that is not the core's, and what it imports later is declared."""
    core = {re.match(r"[\w.-]+", line)[0].lower().replace("-", "_") for line in requires("cortex-senses")}
    code = f"import sys, cortex; before = set(sys.modules); import {OURS[name]}; print(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"tensorflow", "keras", "ai_edge_litert", "numpy", "PIL", "feedparser", "quart"}
    heavy |= {"boto3", "botocore", "google", "grpc", "openai", "requests"}
    assert {module.partition(".")[0] for module in done.stdout.split()} & heavy == set()
    known = core | sys.stdlib_module_names | {"cortex", "senses", "yaml", "pil", *map(str.lower, OURS.values())}
    for path in sources(name):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for module in modules:
                root = module.partition(".")[0]
                assert root.lower() in known or root.startswith("cortex_") or root in BROUGHT


@each
def test_8_an_example(name, tmp_path, monkeypatch):
    monkeypatch.setenv("DOOR_TOKEN", TOKEN)
    assert loaded(name, tmp_path).found is not None


@each
def test_9_failure_visible(name):
    """No handler takes whatever comes and goes on in silence."""
    broad = {"Exception", "BaseException"}
    for path in sources(name):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                caught = {part.id for part in ast.walk(node.type) if isinstance(part, ast.Name)} if node.type else broad
                silent = all(isinstance(step, (ast.Pass, ast.Continue)) for step in node.body)
                assert not (caught & broad and silent), f"{path}:{node.lineno}"
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "suppress":
                caught = {
                    part.id for argument in node.args for part in ast.walk(argument) if isinstance(part, ast.Name)
                }
                assert not caught & broad, f"{path}:{node.lineno}"


@each
def test_10_latency_stated(name):
    assert re.search(r"^Latency: \w.{10,}", section(name), re.MULTILINE)
