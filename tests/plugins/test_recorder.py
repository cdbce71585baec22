"""The recorder in a whole bot: what it keeps, under which name, and what it tells."""

from __future__ import annotations

import io
import json
import sys

import numpy as np
import pytest
from PIL import Image

import cortex_recorder
from cortex import ConfigError, Cortex, Named, Once, PluginError
from cortex.messages import Hello
from cortex.testing import pictures

RED, BLUE = pictures.red(), pictures.blue()


class Teacher(Cortex):
    """A stand-in for `teach`: what is red is a mug; what is green is being taught as a plant."""

    perceives = frozenset({"vision"})

    async def perceive(self, stimulus, session):
        red, green, blue = stimulus.image.mean(axis=(0, 1))
        common = {field: getattr(stimulus, field) for field in ("sense", "id", "captured", "picture")}
        if red > green + 50 and red > blue + 50:
            yield Named(**common, name="mug", score=0.93, by="taught")
        elif green > red + 50 and green > blue + 50:
            yield Named(**common, name="plant", score=1.0, by="lesson")


@pytest.fixture(name="folder")
def _folder(tmp_path):
    return tmp_path / "seen"


@pytest.fixture(name="record")
def _record(bot, folder):
    async def record(*others, **options):
        await bot.load("recorder", **{"folder": str(folder), **options})
        for other in others:
            await bot.load(other)

    return record


def kept(folder):
    """How many pictures there are of each label."""
    return {path.name: len(list(path.iterdir())) for path in sorted(folder.iterdir()) if path.is_dir()}


def lines(folder):
    return [json.loads(line) for file in sorted(folder.glob("*.jsonl")) for line in file.read_text().splitlines()]


def told(bot):
    return [action for action in bot.actions if isinstance(action, cortex_recorder.Recording)]


def noisy(picture, seed):
    """The same scene a moment later."""
    noise = np.random.default_rng(seed).normal(0, 3, np.asarray(picture).shape)
    return Image.fromarray((np.asarray(picture) + noise).clip(0, 255).astype(np.uint8))


async def test_what_is_seen_lies_in_a_folder_for_each_label(bot, clock, folder, record):
    await record(Teacher)
    await bot.see(RED)
    await bot.see(BLUE)
    await bot.see(pictures.green())
    await clock.advance(3)
    assert kept(folder) == {"mug": 1, "plant": 1, "unlabelled": 1}
    with Image.open(next((folder / "mug").iterdir())) as picture:
        assert (picture.format, picture.size) == ("JPEG", (320, 240))
        assert abs(np.asarray(picture).mean(axis=(0, 1)) - (200, 30, 30)).max() < 4


async def test_each_picture_has_a_line_of_when_session_label_and_who_said_so(bot, clock, folder, record):
    await record(Teacher)
    await bot.see(BLUE)
    await clock.advance(3)
    await bot.see(RED)
    await bot.see(pictures.green())
    await clock.advance(3)
    nobody, taught, lesson = lines(folder)
    assert {path.relative_to(folder).as_posix() for path in folder.glob("*/*")} == {
        line["file"] for line in (nobody, taught, lesson)
    }
    assert (nobody["label"], nobody["by"], nobody["score"]) == (None, None, None)
    assert (taught["label"], taught["by"], taught["score"]) == ("mug", "taught", 0.93)
    assert (lesson["label"], lesson["by"]) == ("plant", "lesson")
    assert nobody["when"] == "2026-01-05T09:00:00.000+00:00"
    assert taught["when"].startswith("2026-01-05T09:00:03")
    assert (taught["sense"], taught["id"]) == ("vision", "vision-2")


async def test_two_people_are_told_apart_but_nobody_can_join_them_by_the_records(bot, clock, folder, record):
    await record()
    other = await bot.meet()
    await bot.see(BLUE)
    await other.see(BLUE)
    await clock.advance(3)
    sessions = [line["session"] for line in lines(folder)]
    assert len(set(sessions)) == 2
    assert not {bot.session.id, other.session.id} & set(sessions)


async def test_nearly_the_same_is_kept_once(bot, clock, folder, record):
    await record(Teacher)
    photo = pictures.photo(1)
    for seed in range(8):
        await bot.see(noisy(photo, seed))
        await bot.see(noisy(RED, seed))
        await clock.advance(0.5)
    await bot.see(pictures.photo(2))
    await clock.advance(3)
    assert kept(folder) == {"mug": 1, "unlabelled": 2}


async def test_what_was_kept_without_a_name_is_kept_again_once_it_has_one(bot, clock, folder, record):
    await record(Teacher, near=112)
    await bot.see(pictures.photo(3))
    await clock.advance(3)
    assert kept(folder) == {"unlabelled": 1}
    await bot.see(RED)
    await clock.advance(3)
    assert kept(folder) == {"mug": 1, "unlabelled": 1}


async def test_a_picture_waits_for_its_name(bot, clock, folder, record):
    await record(wait=5)
    await bot.see(BLUE)
    await clock.advance(4)
    assert not folder.exists() or kept(folder) == {}
    blue = Once(lambda: np.asarray(BLUE))
    await bot.happens(Named(sense="vision", id="vision-1", picture=blue, name="sea", score=0.8, by="taught"))
    await clock.advance(10)
    assert kept(folder) == {"sea": 1}
    assert told(bot)[-1].count == 1


async def test_a_name_that_comes_too_late_labels_a_picture_of_its_own(bot, clock, folder, record):
    await record()
    await bot.see(BLUE)
    await clock.advance(3)
    blue = Once(lambda: np.asarray(BLUE))
    await bot.happens(Named(sense="vision", id="vision-1", picture=blue, name="sea", score=0.8, by="taught"))
    await clock.advance(3)
    assert kept(folder) == {"sea": 1, "unlabelled": 1}


async def test_only_what_has_a_name_is_kept_where_that_is_wanted(bot, clock, folder, record):
    await record(Teacher, only_labelled=True)
    await bot.see(BLUE)
    await bot.see(RED)
    await clock.advance(3)
    assert kept(folder) == {"mug": 1}


async def test_the_quality_of_the_pictures_can_be_set(bot, clock, folder, record):
    await record(quality=20)
    photo = pictures.photo(1)
    await bot.see(photo)
    await clock.advance(3)
    [path] = folder.glob("*/*.jpg")
    file = io.BytesIO()
    photo.save(file, "JPEG", quality=90)
    assert path.stat().st_size < len(file.getvalue()) / 2


async def test_the_person_is_told_how_much_was_kept_and_once_a_second_that_it_goes_on(bot, clock, folder, record):
    await record()
    await bot.see(pictures.photo(1))
    await bot.see(pictures.photo(1))
    await bot.see(pictures.photo(2))
    assert [(each.state, each.count) for each in told(bot)] == [("on", 1), ("on", 2)]
    await clock.advance(1)
    await bot.see(pictures.photo(2))
    assert [each.count for each in told(bot)] == [1, 2, 2]


async def test_who_joins_the_session_later_is_told_within_a_second(bot, clock, record):
    await record()
    await bot.see(BLUE)
    laptop = bot.core.connect()
    bot.core.greet(laptop, Hello(session=bot.session.id, senses=()))
    await bot.see(BLUE, times=12)
    messages = [json.loads(message) for message in await laptop.outbox.take()]
    assert {"type": "recording", "count": 1}.items() <= next(m for m in messages if m["type"] == "recording").items()


async def test_where_it_records_to_is_told_to_no_page(bot, folder, record):
    await record(storage={"secret": "hush"})
    await bot.start()
    [dot] = [plugin.actuators["recorder"] for plugin in bot.core.plugins.all if plugin.name == "recorder"]
    assert dot.settings() == {}


async def test_a_key_may_come_from_the_environment(bot, record, monkeypatch):
    monkeypatch.setenv("BUCKET_SECRET", "hush, says the bucket")
    await record(storage={"secret": {"$env": "BUCKET_SECRET"}})
    [plugin] = [plugin for plugin in bot.core.plugins.all if plugin.name == "recorder"]
    assert plugin.cortexes["recorder"].options.storage == {"secret": "hush, says the bucket"}
    assert type(plugin.cortexes["recorder"].options.storage["secret"]) is str


async def test_its_halves_share_their_options(bot, record):
    await record()
    [plugin] = [plugin for plugin in bot.core.plugins.all if plugin.name == "recorder"]
    assert plugin.cortexes["recorder"].options is plugin.senses["recording"].options


async def test_what_waits_for_its_name_when_the_server_stops_is_written(bot, folder, record):
    await record()
    await bot.see(BLUE)
    await bot.stop()
    assert kept(folder) == {"unlabelled": 1}
    assert len(lines(folder)) == 1


async def test_the_next_run_goes_on_in_the_same_folder(bot, clock, folder, record):
    await record()
    await bot.see(BLUE)
    await clock.advance(3)
    await bot.restart()
    await bot.see(pictures.photo(1))
    await clock.advance(3)
    assert kept(folder) == {"unlabelled": 2}
    assert len(lines(folder)) == 2
    assert len(list(folder.glob("*.jsonl"))) == 2


async def test_a_file_of_lines_is_followed_by_another(bot, clock, folder, record, monkeypatch):
    monkeypatch.setattr("cortex_recorder.records.LINES", 5)
    await record(wait=0)
    for seed in range(12):
        await bot.see(pictures.photo(seed))
        await clock.advance(1)
    assert len(lines(folder)) == 12
    assert [file.name[-10:] for file in sorted(folder.glob("*.jsonl"))] == ["0001.jsonl", "0002.jsonl", "0003.jsonl"]


async def test_max_rate_is_pictures_a_second_at_most(bot, clock, folder, record):
    await record(max_rate=1, near=0)
    for seed in range(50):
        await bot.see(pictures.noise(seed))
        await clock.advance(0.1)
    await clock.advance(3)
    assert kept(folder) == {"unlabelled": 5}
    assert bot.problems == []


async def test_max_rate_leaves_pictures_their_names(bot, clock, folder, record):
    await record(Teacher, max_rate=1)
    for _ in range(30):
        await bot.see(RED)
        await clock.advance(0.1)
    await clock.advance(3)
    assert kept(folder) == {"mug": 1}


async def test_without_a_folder_it_is_refused_with_a_clear_line(bot):
    with pytest.raises(ConfigError, match="folder"):
        await bot.load("recorder")
    with pytest.raises(ConfigError, match="folder cannot be empty"):
        await bot.load("recorder", folder=" ")
    with pytest.raises(ConfigError, match="max_bytes"):
        await bot.load("recorder", folder="x", max_bytes="many")


async def test_a_kind_of_store_that_is_not_there_is_named(bot):
    await bot.load("recorder", folder="carrier-pigeon://roof")
    with pytest.raises(PluginError, match="Protocol not known: carrier-pigeon"):
        await bot.start()


async def test_a_missing_library_is_named(bot, monkeypatch):
    monkeypatch.setitem(sys.modules, "paramiko", None)
    monkeypatch.delitem(sys.modules, "fsspec.implementations.sftp", raising=False)
    await bot.load("recorder", folder="sftp://nas/seen")
    with pytest.raises(PluginError, match="it needs 'paramiko', which is not installed"):
        await bot.start()
