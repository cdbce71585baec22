"""The file of the memory: brought up to date, damaged, of somebody else, without room, without rights."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest

from cortex_teach import upgrading
from cortex_teach.store import Lesson, Store, StoreError, Taken
from cortex_teach.upgrading import OURS, UPGRADES, VERSION
from tests.support.lessons import LENGTH, MODEL, NOON, beside, jpeg, lesson, vector


@pytest.fixture(name="path")
def _path(tmp_path):
    return tmp_path / "teach" / "memory.db"


@pytest.fixture(name="store")
def _store(path):
    with closing(Store(path)) as store:
        yield store


def names(store):
    return [thing.name for thing in store.things()]


def test_many_may_open_a_new_one_at_once(path):
    ready = threading.Barrier(6)

    def run(number):
        ready.wait()
        with closing(Store(path)) as store:
            store.teach(lesson("mug", number, id=f"{number}"))
            return store.notice

    with ThreadPoolExecutor(6) as threads:
        assert set(threads.map(run, range(6))) == {""}
    with closing(Store(path)) as store:
        assert store.thing("mug").pictures == 6


def first_version(path):
    """A memory as the first version kept it."""
    path.parent.mkdir(parents=True)
    connection = sqlite3.connect(path)
    for statement in UPGRADES[0]:
        connection.execute(statement)
    connection.execute("INSERT INTO things VALUES (1, 'mug', 'mug')")
    connection.execute("INSERT INTO lessons VALUES (1, 'one', 1, 1700000000)")
    connection.execute("INSERT INTO pictures VALUES (1, 1, 1, x'00', ?)", (jpeg(1),))
    connection.execute("INSERT INTO models VALUES (1, ?, ?)", (MODEL, LENGTH))
    connection.execute("INSERT INTO embeddings VALUES (1, 1, ?)", (vector(1).tobytes(),))
    connection.execute("PRAGMA user_version = 1")
    connection.commit()
    return connection


def test_an_older_version_is_brought_up_to_date(path):
    first_version(path).close()
    with closing(Store(path)) as store:
        assert store.notice == ""
        assert store.things() == [(1, "mug", "", 1, 1, 0, 1700000000, 1)]
        assert (store.vectors(MODEL).matrix == [vector(1)]).all()
        assert store.picture(1) == jpeg(1)
        store.teach(lesson("mug", 2, by="voice"))
        store.sighted("mug", NOON)
    assert beside(path) == [path]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)


def test_many_may_bring_it_up_to_date_at_once(path):
    first_version(path).close()
    ready = threading.Barrier(6)

    def run(number):
        ready.wait()
        with closing(Store(path)) as store:
            return store.teach(lesson("mug", number, id=f"lesson {number}")).thing

    with ThreadPoolExecutor(6) as threads:
        assert set(threads.map(run, range(2, 8))) == {1}
    assert beside(path) == [path]


def test_one_that_cannot_be_brought_up_to_date_stays_as_it_was_with_a_copy(path):
    with closing(first_version(path)) as connection:
        connection.execute("CREATE TABLE revision (mine)")  # in the way of the last step of the second version
    with pytest.raises(StoreError, match=r"cannot be made a memory of version 2: table revision already exists") as why:
        Store(path)
    assert f"with a copy in {path}.version-1" in str(why.value)
    for file in (path, path.with_name("memory.db.version-1")):
        with closing(sqlite3.connect(file)) as connection:
            assert connection.execute("PRAGMA user_version").fetchone() == (1,)
            assert connection.execute("SELECT * FROM things").fetchall() == [(1, "mug", "mug")]  # no owner yet
            assert connection.execute("SELECT jpeg FROM pictures").fetchone() == (jpeg(1),)


def test_one_of_a_newer_version_is_not_touched(path):
    with closing(first_version(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"is of version 99; this Cortex knows 2 at most: update Cortex"):
        Store(path)
    assert path.read_bytes() == before
    assert beside(path) == [path]


def test_the_database_of_another_program_is_not_touched(path):
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="is a database of another program"):
        Store(path)
    assert path.read_bytes() == before


def no_database(content):
    return b"It was a dark and stormy night. " * 300


def truncated(content):
    return content[: len(content) // 2]


def garbled(content):
    """Damage in the middle of a table, which is only found by looking."""
    return content[:4096] + os.urandom(8192) + content[12288:]


@pytest.mark.parametrize("damage", [no_database, truncated, garbled])
def test_a_damaged_one_is_set_aside_and_a_new_one_begun(path, damage):
    with closing(Store(path)) as store:
        store.teach(lesson("mug", *range(60)))
    damaged = damage(path.read_bytes())
    path.write_bytes(damaged)
    with closing(Store(path)) as store:
        (aside,) = path.parent.glob("memory.db.damaged-*[0-9]")
        assert store.notice == (
            f"My memory was damaged: it is kept as {aside.name} in {path.parent}, and I begin a new one."
        )
        assert aside.read_bytes() == damaged
        assert store.things() == []
        store.teach(lesson("cup", 1))
    with closing(Store(path)) as store:
        assert store.notice == ""
        assert names(store) == ["cup"]


def test_what_belongs_to_a_damaged_one_goes_with_it(path):
    path.parent.mkdir()
    path.write_bytes(no_database(b""))
    path.with_name("memory.db-wal").write_bytes(b"")
    with closing(Store(path)) as store:
        (aside,) = path.parent.glob("memory.db.damaged-*[0-9]")
        assert aside.with_name(f"{aside.name}-wal").exists()
        assert store.things() == []


@pytest.mark.parametrize("sound", [True, False])
def test_it_is_not_opened_while_another_sets_it_aside_nor_set_aside_while_another_opens_it(path, monkeypatch, sound):
    monkeypatch.setattr(upgrading, "PATIENCE", 0.1)
    Store(path).close()
    if not sound:
        path.write_bytes(no_database(b""))
    with closing(sqlite3.connect(f"{path}.lock", isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE" if sound else "BEGIN")
        lock.execute("SELECT COUNT(*) FROM sqlite_schema")
        with pytest.raises(StoreError, match="cannot be opened: database is locked"):
            Store(path)
        assert beside(path) == [path]
    Store(path).close()


def test_several_may_open_it_at_once(path, monkeypatch):
    monkeypatch.setattr(upgrading, "PATIENCE", 0.1)
    path.parent.mkdir()
    with closing(sqlite3.connect(f"{path}.lock", isolation_level=None)) as lock:
        lock.execute("BEGIN")
        lock.execute("SELECT COUNT(*) FROM sqlite_schema")
        Store(path).close()


def test_two_damaged_ones_within_a_second_are_both_kept(path):
    path.parent.mkdir()
    for number in range(3):
        path.write_bytes(bytes([number + 1]) * 5000)
        Store(path).close()
    asides = list(path.parent.glob("memory.db.damaged-*"))
    assert {aside.read_bytes()[0] for aside in asides} == {1, 2, 3}


def test_where_it_shall_not_mend_a_damaged_one_is_not_touched(path):
    path.parent.mkdir()
    path.write_bytes(no_database(b""))
    with pytest.raises(StoreError, match="is damaged, or no memory at all: file is not a database"):
        Store(path, mend=False)
    assert [each.read_bytes() for each in beside(path)] == [no_database(b"")]


def test_damage_that_comes_later_is_told(path, store):
    store.teach(lesson("mug", *range(60)))
    store._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store._connection.execute("PRAGMA cache_size = 0")
    path.write_bytes(garbled(path.read_bytes()))
    with pytest.raises(StoreError, match="the memory is damaged: when Cortex starts again, it is set aside"):
        list(store.recall())


def test_no_room_in_the_middle_of_a_lesson(store):
    store.teach(lesson("mug", 1))
    ((pages,),) = store._connection.execute("PRAGMA page_count")
    store._connection.execute(f"PRAGMA max_page_count = {pages + 3}")
    with pytest.raises(StoreError, match=r"there is no room for this lesson: database or disk is full"):
        store.teach(lesson("cup", *range(100)), lesson("mug", 5, denies=True))
    assert names(store) == ["mug"]
    assert store.thing("mug").denials == 0
    store._connection.execute("PRAGMA max_page_count = 1000000")
    assert store.teach(lesson("cup", *range(100))).kept == 100


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root can make a small disk")
def test_a_full_disk_in_the_middle_of_a_lesson(tmp_path):
    with small_disk(tmp_path / "disk") as disk, closing(Store(disk / "memory.db")) as store:
        held = []
        with pytest.raises(StoreError, match="there is no room for this lesson"):
            held.extend(store.teach(big(number)).lesson for number in range(100))
        assert held
        assert [told.id for told in store.lessons("mug")] == held
        assert store.forget("nothing") is None
        store.close()
        with closing(Store(disk / "memory.db")) as again:  # also without room
            assert again.notice == ""
            assert [told.id for told in again.lessons("mug")] == held
            assert again.changes()


def big(number):
    """A lesson that takes a hundred thousand bytes."""
    return Lesson("mug", (Taken(np.random.default_rng(number).bytes(100_000)),), f"{number}", NOON)


@contextmanager
def small_disk(folder):
    """A disk of one megabyte."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode:
        pytest.skip("this machine lets nobody mount a disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@contextmanager
def powerless():
    """Without the rights of root, to whom everything is allowed."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_a_folder_that_cannot_be_written_is_told():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o555)
        with powerless(), pytest.raises(StoreError, match="cannot be opened: unable to open database file"):
            Store(folder / "memory.db")
        with powerless(), pytest.raises(StoreError, match="cannot be opened: Permission denied"):
            Store(folder / "teach" / "memory.db")
        assert list(folder.iterdir()) == []


def test_a_file_in_place_of_the_folder_is_told(tmp_path):
    (tmp_path / "teach").write_text("no folder")
    with pytest.raises(StoreError, match="cannot be opened: "):
        Store(tmp_path / "teach" / "memory.db")
    with pytest.raises(StoreError, match="cannot be opened: unable to open database file"):
        Store(tmp_path)


def test_the_file_says_that_it_is_a_memory(path, store):
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (OURS,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert store._connection.execute("PRAGMA synchronous").fetchone() == (2,)
