"""`model: auto`: it begins with the built-in model, and goes on with a larger one once that could be fetched.

The host of the weights is a stand-in on this machine; `cortex models pull` is the real one, in a process of its own.
"""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import psutil
import pytest

import cortex_classifier
from cortex import ModelError, PluginError
from cortex_classifier import Classifier, auto, pull
from cortex_classifier.application import file_of, folder
from tests.support.host import NAMES, Host, mobilenet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cortex.testing import Bot, Clock

BUILTIN = (Path(cortex_classifier.__file__).parent / "builtin" / "labels.txt").read_text(encoding="utf-8").splitlines()
PICTURE = np.full((224, 224, 3), 90, np.uint8)
DAY = 24 * 3600


@pytest.fixture(name="host", scope="module")
def _host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    path = tmp_path_factory.mktemp("weights") / "all.h5"
    mobilenet().save(path)
    with Host.serving(path.read_bytes()) as host:
        yield host


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(cortex_classifier.OFFLINE, raising=False)
    for name in ("HOME", "XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path))


GROWN = "I have learned more: I know 1,000 things now."


def growing(bot: Bot) -> asyncio.Task[None] | None:
    """Return what fetches in the background, if anything does."""
    (unit,) = [unit for unit in bot.core.units if unit.name == "classifier"]
    task: asyncio.Task[None] | None = unit.cortex._growing
    return task


async def until(bot: Bot, condition: Callable[[], object]) -> None:
    """Wait for what another process or thread brings about."""
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.wait([growing(bot)], timeout=0.05)


async def failed(bot: Bot, clock: Clock, caplog: pytest.LogCaptureFixture, seconds: float = auto.DELAY) -> str:
    """Let a try be due, and wait until it has failed; return the one line that is logged of it."""
    caplog.clear()
    await clock.advance(seconds)
    await until(bot, lambda: caplog.records)
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "\n" not in record.getMessage()
    return record.getMessage()


async def name_seen(bot: Bot) -> str:
    await bot.see(PICTURE)
    return bot.shown[-1].labels[0].name


async def test_it_goes_on_with_the_larger_one_and_says_how_much_it_knows(bot: Bot, clock: Clock, host: Host) -> None:
    await bot.load("classifier", larger="MobileNet", mirror=host.url("good"), smoothing=3)
    assert await name_seen(bot) in BUILTIN
    await clock.advance(auto.DELAY)
    while (task := growing(bot)) is not None:  # no frame is lost meanwhile
        before = len(bot.shown)
        await bot.see(PICTURE)
        assert len(bot.shown) == before + 1
        assert bot.shown[-1].labels[0].name in [*BUILTIN, *NAMES]
        await asyncio.wait([task], timeout=0.2)
    assert GROWN not in bot.said
    assert await name_seen(bot) in NAMES
    assert await name_seen(bot) in NAMES
    assert bot.said.count(GROWN) == 1
    assert bot.problems == []

    asked = len(host.asked)
    await bot.restart()
    assert await name_seen(bot) in NAMES
    assert growing(bot) is None
    assert len(host.asked) == asked
    assert bot.said.count(GROWN) == 1


async def test_in_french_it_says_so_in_french(bot: Bot, clock: Clock, host: Host) -> None:
    bot.session.language = "fr-FR"
    await bot.load("classifier", larger="MobileNet", mirror=host.url("good"))
    await bot.see(PICTURE)
    await clock.advance(auto.DELAY)
    if (task := growing(bot)) is not None:
        await task
    await bot.see(PICTURE)
    assert "J'en sais plus : je connais 1\u202f000 choses." in bot.said


@pytest.mark.parametrize(
    ("manner", "reason"),
    [
        ("absent", "answered 404 Not Found"),
        ("cut", "broke off in the middle"),
        ("damaged", "arrived damaged: its hash is not the one that"),
    ],
)
async def test_what_fails_is_one_line_and_tried_again_the_next_day(
    manner: str, reason: str, bot: Bot, clock: Clock, host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    await bot.load("classifier", larger="MobileNet", mirror=host.url(manner))
    await bot.start()
    message = await failed(bot, clock, caplog)
    assert reason in message
    assert message.endswith("; the built-in model goes on, and it is tried again tomorrow")
    assert await name_seen(bot) in BUILTIN
    assert [path.name for path in folder().iterdir()] == ["tried.json"]
    asked = len(host.asked)
    await clock.advance(DAY - 1)
    assert len(host.asked) == asked
    assert reason in await failed(bot, clock, caplog, 1)
    assert len(host.asked) > asked


async def test_offline_it_is_one_line_and_another_server_does_not_try_on_the_same_day(
    bot: Bot, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    await bot.load("classifier", mirror="http://127.0.0.1:9")
    await bot.start()
    assert "is this machine offline?" in await failed(bot, clock, caplog)
    await bot.restart()
    await bot.start()
    caplog.clear()
    await clock.advance(DAY - 2 * auto.DELAY)
    assert not caplog.records
    assert "is this machine offline?" in await failed(bot, clock, caplog, auto.GLANCE)


async def test_a_try_that_never_ends_is_ended(
    bot: Bot, clock: Clock, host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    await bot.load("classifier", larger="MobileNet", mirror=host.url("silent"))
    await bot.start()
    host.asked.clear()
    await clock.advance(auto.DELAY)
    await until(bot, lambda: host.asked)
    assert "MobileNet could not be fetched within 3600 s" in await failed(bot, clock, caplog, auto.LIMIT)


async def test_a_server_that_stops_ends_the_fetch_and_the_next_one_begins_anew(
    bot: Bot, clock: Clock, host: Host
) -> None:
    await bot.load("classifier", larger="MobileNet", mirror=host.url("silent"))
    for _ in range(2):
        await bot.start()
        host.asked.clear()
        await clock.advance(auto.DELAY)
        await until(bot, lambda: [path for path in host.asked if path.endswith(".h5")])
        (fetching,) = fetches()
        await bot.restart()
        assert not fetching.is_running()
        assert [path.name for path in folder().iterdir()] == ["tried.json"]


async def test_what_another_server_has_fetched_is_taken_up(
    bot: Bot, clock: Clock, host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    await bot.load("classifier", larger="MobileNet", mirror=host.url("absent"))
    await bot.start()
    await failed(bot, clock, caplog)
    command = [sys.executable, "-m", "cortex", "models", "pull", "MobileNet", "--mirror", host.url("good")]
    await asyncio.to_thread(subprocess.run, command, check=True, stdout=subprocess.DEVNULL)
    await clock.advance(auto.GLANCE)
    if (task := growing(bot)) is not None:
        await task
    assert await name_seen(bot) in NAMES


def test_a_day_goes_by_between_two_tries_of_the_same_thing_only() -> None:
    options, elsewhere = Classifier.Options(), Classifier.Options(mirror="http://127.0.0.1:9")
    assert auto._may_try(options, 5000)
    auto._note_try(options, 5000)
    assert not auto._may_try(options, 5000 + DAY - 1)
    assert auto._may_try(options, 5000 + DAY)
    assert auto._may_try(elsewhere, 5001)
    auto._note_try(elsewhere, 5001)
    assert not auto._may_try(elsewhere, 5002)
    assert not auto._may_try(options, 5002)
    auto._note_try(elsewhere, None)
    assert auto._may_try(elsewhere, 5003)
    assert auto._may_try(options, 4999)  # the clock was wrong that day
    (folder() / "tried.json").write_text("something else")
    assert auto._may_try(options, 5001)


def test_a_file_that_cannot_be_read_now_is_kept_and_a_damaged_one_is_fetched_anew(monkeypatch) -> None:
    options = Classifier.Options(larger="MobileNet")
    folder().mkdir(parents=True)
    path = folder() / "MobileNet.tflite"
    path.write_bytes(b"whatever")

    def too_many_open_files(_: Path) -> bytes:
        raise OSError(24, "Too many open files")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", too_many_open_files)
        with pytest.raises(ModelError, match="Too many open files"):
            auto._open(path, options)
    assert path.exists()
    with pytest.raises(ModelError, match="that can be used"):
        auto._open(path, options)
    assert not path.exists()


def test_what_tensorflow_leaves_behind_goes_with_the_place_of_the_fetch(monkeypatch) -> None:
    places = []

    def converting(name: str, place: Path, host: object) -> tuple[bytes, list[str]]:
        places.append((place, Path(tempfile.mkdtemp())))
        return b"a network", ["a thing"]

    monkeypatch.setattr(pull, "_fetch", converting)
    assert pull.pull("MobileNet").read_bytes() == b"a network"
    [(place, made)] = places
    assert made.is_relative_to(place)
    assert not place.exists()
    assert not Path(tempfile.gettempdir()).is_relative_to(folder())


async def test_a_fetch_that_dies_without_a_word_is_told_of(
    bot: Bot, clock: Clock, host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    await bot.load("classifier", larger="MobileNet", mirror=host.url("silent"))
    await bot.start()
    await clock.advance(auto.DELAY)
    await until(bot, fetches)
    caplog.clear()
    fetches()[0].kill()
    await until(bot, lambda: caplog.records)
    assert caplog.records[0].getMessage().endswith("; the built-in model goes on, and it is tried again tomorrow")


def fetches() -> list[psutil.Process]:
    children = psutil.Process().children()
    return [child for child in children if child.is_running() and "models" in child.cmdline()]


async def test_a_larger_one_that_is_damaged_is_fetched_anew(
    bot: Bot, clock: Clock, host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    folder().mkdir(parents=True)
    file_of("MobileNet").write_bytes(b"half a")
    await bot.load("classifier", larger="MobileNet", mirror=host.url("good"))
    assert await name_seen(bot) in BUILTIN
    assert "is no .tflite model that can be used" in caplog.text
    await clock.advance(auto.DELAY)
    if (task := growing(bot)) is not None:
        await task
    assert await name_seen(bot) in NAMES


@pytest.mark.parametrize(("model", "offline"), [("builtin", ""), ("auto", "1")])
async def test_builtin_and_cortex_offline_never_touch_the_network(
    model: str, offline: str, bot: Bot, clock: Clock, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(cortex_classifier.OFFLINE, offline)
    await bot.load("classifier", model=model, mirror=host.url("good"))
    host.asked.clear()
    await bot.start()
    await clock.advance(2 * DAY)
    assert await name_seen(bot) in BUILTIN
    assert growing(bot) is None
    assert not host.asked


async def test_a_larger_one_that_there_is_not_is_refused_at_once(bot: Bot) -> None:
    await bot.load("classifier", larger="MobileNetV9")
    with pytest.raises(PluginError, match=r"'MobileNetV9' is neither a file nor a network .*did you mean MobileNetV"):
        await bot.start()
