"""Stores that are full, away, slow or locked: the recorder says so, keeps what it can, and nothing else suffers."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
import threading

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

import cortex_recorder
from cortex import Cortex, Named
from cortex.testing import pictures
from cortex_recorder.store import Store, StoreError
from tests.support.bucket import Bucket


@pytest.fixture(name="record")
def _record(bot):
    async def record(folder, **options):
        await bot.load("recorder", folder=str(folder), near=0, wait=0, **options)
        await bot.load("greeter")

    return record


def reason(bot):
    [status] = [status for status in bot.statuses if status.name == "recorder"]
    assert status.state == "working"
    return status.reason


def stored(folder):
    return len(list(folder.rglob("*.jpg")))


def told(bot):
    return [action for action in bot.actions if isinstance(action, cortex_recorder.Recording)]


def complaints(caplog):
    return [entry.message for entry in caplog.records if entry.name.startswith("cortex_recorder")]


async def see(bot, *seeds):
    for seed in seeds:
        await bot.see(pictures.photo(seed))


async def until(clock, bucket, holds):
    """Let time pass, a second at each answer of the bucket, until something holds."""
    for _ in range(200):
        before = bucket.answers
        await clock.advance(1)
        if holds():
            return
        await asyncio.to_thread(bucket.answered, before)
    raise AssertionError("it did not come to that")


# A folder


async def test_a_folder_that_cannot_be_made_is_told_once_and_written_to_when_it_can(
    bot, clock, tmp_path, record, caplog
):
    caplog.set_level(logging.INFO)
    parent = tmp_path / "disk"
    parent.write_text("there is a file where the disk should be")
    await record(parent / "seen")
    await see(bot, 1, 2)
    await clock.advance(120)
    await see(bot, 3)
    await clock.advance(1)
    assert "is away" in reason(bot)
    assert "(waiting pictures: 3)" in reason(bot)
    assert (told(bot)[-1].state, told(bot)[-1].waiting) == ("waiting", 3)
    assert len(complaints(caplog)) == 1
    parent.unlink()
    await clock.advance(90)
    assert reason(bot) == ""
    assert stored(parent) == 3
    assert [complaint.partition("; ")[2] for complaint in complaints(caplog)[1:]] == ["lost: 0"]
    await see(bot, 4)
    assert (told(bot)[-1].state, told(bot)[-1].count) == ("on", 4)


async def test_the_backlog_is_bounded_and_what_is_lost_is_told(bot, clock, tmp_path, record):
    parent = tmp_path / "disk"
    parent.touch()
    await record(parent / "seen", backlog=3)
    await clock.advance(2)
    await see(bot, *range(8))
    await clock.advance(70)
    assert "(waiting pictures: 3, lost: 5)" in reason(bot)
    assert told(bot)[-1].count == 3
    parent.unlink()
    await clock.advance(90)
    lines = [json.loads(line) for line in next(parent.rglob("*.jsonl")).read_text().splitlines()]
    assert [line["id"] for line in lines] == ["vision-6", "vision-7", "vision-8"]


async def test_past_max_bytes_it_records_no_more_until_there_is_room(bot, clock, tmp_path, record):
    folder = tmp_path / "seen"
    folder.mkdir()
    old = folder / "old.bin"
    old.write_bytes(bytes(100_000))
    await record(folder, max_bytes=130_000)
    await see(bot, 1)
    await clock.advance(2)
    await see(bot, 2, 3)
    await clock.advance(2)
    assert stored(folder) == 1
    assert "is full: it holds 0.1 MB of 0.1 MB; make room, or raise max_bytes (waiting pictures: 2)" in reason(bot)
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) <= 130_000
    old.unlink()
    await clock.advance(90)
    assert (stored(folder), reason(bot)) == (3, "")


@pytest.fixture(name="small_disk")
def _small_disk(tmp_path):
    """A real file system of 128 kB."""
    disk = tmp_path / "small"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(disk)]
    if sys.platform != "linux" or os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a small disk can be made by root on Linux only")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


async def test_a_disk_that_is_full_keeps_no_half_picture_and_is_written_to_once_there_is_room(
    bot, clock, small_disk, record
):
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(118_000))
    await record(small_disk / "seen")
    await see(bot, 1, 2)
    await clock.advance(2)
    assert "No space left" in reason(bot)
    assert "make room" in reason(bot)
    assert [path.name for path in (small_disk / "seen").rglob("*") if path.is_file()] == []
    ballast.unlink()
    await clock.advance(90)
    assert reason(bot) == ""
    assert stored(small_disk) == 2


async def test_a_folder_that_is_taken_away_meanwhile_is_made_anew(bot, clock, tmp_path, record):
    await record(tmp_path / "seen")
    await see(bot, 1)
    await clock.advance(2)
    (tmp_path / "seen").rename(tmp_path / "elsewhere")
    await see(bot, 2)
    await clock.advance(2)
    assert (stored(tmp_path / "seen"), stored(tmp_path / "elsewhere")) == (1, 1)


async def test_a_password_in_the_address_is_shown_to_nobody():
    assert Store("sftp://me:hush@nas/seen", {}, 1).name == "sftp://nas/seen"


# Memory, and a fake that hangs


async def test_any_file_system_of_fsspec_will_do(bot, clock, record):
    await record("memory://seen")
    await see(bot, 1)
    await clock.advance(2)
    files = fsspec.filesystem("memory")
    found = files.find("/seen")
    files.rm("/seen", recursive=True)
    assert [path.rpartition(".")[2] for path in sorted(found)] == ["jsonl", "jpg"]


class Hanging(MemoryFileSystem):
    """A fake: a disk that does not answer before it is let go."""

    protocol = "hanging"
    free = threading.Event()

    def pipe_file(self, path, value, **options):
        assert self.free.wait(20)
        super().pipe_file(path, value, **options)


@pytest.fixture(name="hanging")
def _hanging():
    fsspec.register_implementation("hanging", Hanging, clobber=True)
    Hanging.free.clear()
    yield Hanging
    Hanging.free.set()


async def test_a_disk_that_hangs_holds_nobody_up(bot, clock, hanging, record):
    await record("hanging://seen", patience=0.2)
    await see(bot, 1)
    await clock.advance(5)
    await bot.read("hello")
    assert bot.said == ["Hello! Show me something."]
    await see(bot, 2)
    await clock.advance(5)
    assert "does not answer within 0.2 s" in reason(bot)


async def test_a_disk_that_hangs_keeps_the_server_from_nothing_when_it_stops(bot, clock, hanging, record, caplog):
    await record("hanging://seen", patience=5)
    await see(bot, 1)
    await bot.stop()
    assert any("not stored before the end: 1" in complaint for complaint in complaints(caplog))


# S3


@pytest.fixture(name="bucket")
def _bucket(monkeypatch):
    for name in ("AWS_PROFILE", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("no_proxy", "*")
    bucket = Bucket()
    yield bucket
    bucket.close()


def counted(bucket):
    return sum(name.endswith(".jpg") for name in bucket.files())


async def test_a_bucket_gets_the_same_folders_and_lines(bot, clock, bucket, record):
    await record(bucket.url, storage=bucket.storage)
    await see(bot, 1, 2)
    await until(clock, bucket, lambda: len(bucket.files()) == 3)
    names = list(bucket.files())
    assert [name.partition("/")[0] for name in names[1:]] == ["unlabelled"] * 2
    lines = [json.loads(line) for line in bucket.files()[names[0]].splitlines()]
    assert sorted(line["file"] for line in lines) == names[1:]
    threads = {thread.name: thread for thread in threading.enumerate()}
    assert "fsspecIO" not in threads
    await bot.stop()
    await asyncio.to_thread(threads["cortex recorder store"].join, 10)
    assert not threads["cortex recorder store"].is_alive()


async def test_a_bucket_that_is_away_gets_what_waited_when_it_comes_back(bot, clock, bucket, record, caplog):
    caplog.set_level(logging.INFO)
    await record(bucket.url, storage=bucket.storage)
    await see(bot, 1)
    await until(clock, bucket, lambda: counted(bucket) == 1 and len(bucket.files()) == 2)
    bucket.go()
    await see(bot, 2, 3)
    with pytest.raises(StoreError):  # by another way, so that the test knows when it has been tried
        await probe(bucket)
    await clock.advance(2)
    await bot.read("hello")
    assert bot.said == ["Hello! Show me something."]
    bucket.come()
    await until(clock, bucket, lambda: counted(bucket) == 3 and reason(bot) == "")


async def probe(bucket):
    store = Store(bucket.url, bucket.storage, 0.5)
    store.open()
    try:
        await store.write("probe", b"")
    finally:
        await store.close()


async def test_wrong_credentials_are_told_and_right_ones_end_it(bot, clock, bucket, record, caplog):
    bucket.lock()
    await record(bucket.url, storage=bucket.storage)
    await see(bot, 1)
    await until(clock, bucket, lambda: reason(bot) != "")
    assert "refuses: The AWS Access Key Id you provided does not exist" in reason(bot)
    assert "check who may write there, or the credentials" in reason(bot)
    assert "a-secret-of-who" not in reason(bot) + caplog.text
    bucket.unlock()
    await until(clock, bucket, lambda: counted(bucket) == 1 and reason(bot) == "")


async def test_a_bucket_that_does_not_exist_is_told(bot, clock, bucket, record):
    await record("s3://nowhere/seen", storage=bucket.storage)
    await see(bot, 1)
    await until(clock, bucket, lambda: reason(bot) != "")
    assert "is not there: The specified bucket does not exist" in reason(bot)


async def test_a_slow_bucket_holds_nobody_up(bot, clock, bucket, record):
    await record(bucket.url, storage=bucket.storage)
    await see(bot, 1)
    await until(clock, bucket, lambda: len(bucket.files()) == 2)
    bucket.hold()
    await see(bot, 2, 3, 4)
    await clock.advance(1)
    await bot.read("hello")
    assert bot.said == ["Hello! Show me something."]
    assert counted(bucket) == 1
    bucket.let_go()
    await until(clock, bucket, lambda: counted(bucket) == 4)


# Google Cloud Storage


@pytest.fixture(name="emulator")
def _emulator(monkeypatch):
    """An emulator of Google's storage, and what a recorder is given to reach it."""
    emulators = pytest.importorskip("gcp_storage_emulator.server")
    monkeypatch.setenv("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")  # which asks by gRPC, and no emulator answers
    monkeypatch.setenv("no_proxy", "*")
    server = emulators.create_server("127.0.0.1", 0, in_memory=True, default_bucket="things")
    server.start()
    port = server._api._httpd.server_port
    yield {"endpoint_url": f"http://127.0.0.1:{port}", "token": "anon", "project": "p"}
    server.stop()


async def test_googles_storage_gets_the_same_folders_and_lines(emulator):
    pytest.importorskip("gcsfs")
    store = Store("gs://things/seen", emulator, 10)
    store.open()
    assert (await store.size(), await store.names()) == (0, [])
    await store.write("mug/a.jpg", b"a picture")
    await store.write("mug/a.jpg", b"a better picture")
    await store.write("records.jsonl", b"{}\n")
    assert (await store.size(), sorted(await store.names())) == (19, ["mug", "records.jsonl"])
    await store.close()
    nowhere = Store("gs://nowhere/seen", emulator, 10)
    nowhere.open()
    with pytest.raises(StoreError, match="is not there"):
        await nowhere.write("mug/a.jpg", b"a picture")
    await nowhere.close()


async def test_a_picture_that_cannot_be_written_is_in_no_others_way(bot, clock, tmp_path, record):
    class Namer(Cortex):
        """Has a name for the first picture."""

        perceives = frozenset({"vision"})
        named = False

        def perceive(self, frame, session):
            if not self.named:
                self.named = True
                yield Named(sense=frame.sense, id=frame.id, picture=frame.picture, name="mug", score=1.0, by="lesson")

    folder = tmp_path / "seen"
    folder.mkdir()
    (folder / "mug").write_text("in the way of a folder")
    await bot.load(Namer, "namer")
    await record(folder)
    await see(bot, 1, 2, 3)
    await clock.advance(200)
    assert stored(folder) == 2
    assert "(waiting pictures: 1)" in reason(bot)
