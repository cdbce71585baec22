"""The file of the memory: opened, brought up to date, or set aside where it is damaged. Knows no lesson."""

from __future__ import annotations

import sqlite3
import time
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from cortex import PluginError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE = 10.0
"""Seconds that another process may keep the file locked."""
OURS = 0x436F7254  # "CorT": SQLite's application id, by which a file is known to be a memory
DAMAGED = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}
UPGRADES = (
    (
        "CREATE TABLE things (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, key TEXT NOT NULL UNIQUE)",
        """CREATE TABLE lessons (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
        thing INTEGER NOT NULL REFERENCES things ON DELETE CASCADE, taught REAL NOT NULL)""",
        "CREATE INDEX lessons_thing ON lessons (thing)",
        """CREATE TABLE pictures (id INTEGER PRIMARY KEY AUTOINCREMENT,
        thing INTEGER NOT NULL REFERENCES things ON DELETE CASCADE,
        lesson INTEGER NOT NULL REFERENCES lessons ON DELETE CASCADE,
        digest BLOB NOT NULL, jpeg BLOB NOT NULL, UNIQUE (thing, digest))""",
        "CREATE INDEX pictures_lesson ON pictures (lesson)",
        "CREATE TABLE models (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, length INTEGER NOT NULL)",
        """CREATE TABLE embeddings (picture INTEGER NOT NULL REFERENCES pictures ON DELETE CASCADE,
        model INTEGER NOT NULL REFERENCES models ON DELETE CASCADE, vector BLOB NOT NULL,
        PRIMARY KEY (picture, model))""",
        "CREATE INDEX embeddings_model ON embeddings (model)",
        f"PRAGMA application_id = {OURS}",
    ),
    (
        "ALTER TABLE things ADD COLUMN owner TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE lessons ADD COLUMN by TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE lessons ADD COLUMN session TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE lessons ADD COLUMN denies INTEGER NOT NULL DEFAULT 0",
        """CREATE TABLE sightings (key TEXT NOT NULL, day TEXT NOT NULL, name TEXT NOT NULL, count INTEGER NOT NULL,
        last REAL NOT NULL, PRIMARY KEY (key, day))""",
        "CREATE TABLE revision (number INTEGER NOT NULL)",
        "INSERT INTO revision VALUES (0)",
    ),
)
"""What makes of each version the next, beginning with nothing. A lesson that `denies` shows what a thing is not."""
VERSION = len(UPGRADES)
"""The version that this Cortex reads and writes; SQLite's `user_version`."""


class StoreError(PluginError):
    """The memory cannot be read or written; the text says what is the matter. Shown and said to the person."""


class _DamagedError(Exception):
    """It is no database, or a broken one."""


def opened(path: Path, *, mend: bool = True) -> tuple[sqlite3.Connection, str]:
    """Return a connection to the memory, made or brought up to date, and what the person should know, or nothing.

    A damaged one is set aside beside it, and a new one begun; not if `mend` is false.

    Raises:
        StoreError: it cannot be opened, is of a newer Cortex, or is no memory at all.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with _held(path, "SHARED"):
                return _ready(path), ""
        except _DamagedError as damage:
            if not mend:
                raise StoreError(f"{path} is damaged, or no memory at all: {damage}") from damage
            return _mended(path)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"the memory {path} cannot be opened: {reason(error)}") from error
    except _DamagedError as damage:
        raise StoreError(f"the memory {path} is damaged as soon as it is made: {damage}") from damage


def _mended(path: Path) -> tuple[sqlite3.Connection, str]:
    """Set a damaged memory aside and begin a new one, unless another process has just done so."""
    with _held(path, "EXCLUSIVE"):
        try:
            return _ready(path), ""
        except _DamagedError:
            aside = _set_aside(path)
            notice = (
                f"My memory was damaged: it is kept as {aside.name} in {aside.parent.resolve()}, and I begin a new one."
            )
            return _ready(path), notice


@contextmanager
def _held(path: Path, lock: Literal["SHARED", "EXCLUSIVE"]) -> Iterator[None]:
    """Keep others from setting a memory aside, or from opening it.

    SQLite looks for the journal of a file by its name: who opens a memory while it is renamed may take the new one's
    journal for its own (https://www.sqlite.org/howtocorrupt.html, 2.4). The lock is SQLite's, of an empty file beside
    the memory: it works on every system, and ends with its process.
    """
    beside = path.with_name(f"{path.name}.lock")
    with ExitStack() as stack:
        try:
            connection = stack.enter_context(closing(sqlite3.connect(beside, timeout=PATIENCE, isolation_level=None)))
            connection.execute("BEGIN EXCLUSIVE" if lock == "EXCLUSIVE" else "BEGIN")
            connection.execute("SELECT COUNT(*) FROM sqlite_schema")  # by which a plain BEGIN locks, too
        except sqlite3.Error as error:
            if code_of(error) == sqlite3.SQLITE_BUSY or not beside.exists():
                raise
            raise StoreError(f"{beside} is no lock of a memory ({reason(error)}): remove it") from error
        yield


def connected(path: Path) -> sqlite3.Connection:
    """Return a connection to a memory that is up to date; its owner sees to the threads."""
    connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")  # what is confirmed is on the disk, also after a power cut
        connection.execute("PRAGMA fullfsync = ON")  # which on macOS takes more than a sync
        connection.execute("PRAGMA secure_delete = ON")  # what is forgotten leaves no picture behind in the file
        connection.execute(f"PRAGMA journal_size_limit = {16 << 20}")
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection, begin: str = "BEGIN IMMEDIATE") -> Iterator[sqlite3.Connection]:
    """All or nothing."""
    connection.execute(begin)
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite itself takes some back
            connection.execute("ROLLBACK")
        raise


def _ready(path: Path) -> sqlite3.Connection:
    """Return a connection to a sound memory of the newest version."""
    try:
        connection = connected(path)
        try:
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
    except sqlite3.DatabaseError as error:
        if code_of(error) in DAMAGED:
            raise _DamagedError(reason(error)) from error
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    version = _version(connection, path)
    if version > VERSION:
        text = f"the memory {path} is of version {version}; this Cortex knows {VERSION} at most: update Cortex"
        raise StoreError(text)
    if version:
        _check(connection)
    _write_ahead(connection)
    if version < VERSION:
        _upgrade(connection, path)


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """Return the version of a memory, 0 of an empty file."""
    ((tables,),) = connection.execute("SELECT COUNT(*) FROM sqlite_schema")
    ((program,),) = connection.execute("PRAGMA application_id")
    if tables and program != OURS:
        raise StoreError(f"{path} is a database of another program")
    ((version,),) = connection.execute("PRAGMA user_version")
    return int(version)


def _check(connection: sqlite3.Connection) -> None:
    ((finding,),) = connection.execute("PRAGMA quick_check(1)")
    if finding != "ok":
        raise _DamagedError(str(finding).splitlines()[-1])


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Have it write ahead; while another process does the same, SQLite does not wait by itself."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if code_of(error) != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _upgrade(connection: sqlite3.Connection, path: Path) -> None:
    """Bring a memory up to date in one transaction; a copy of it lies beside it until that is done."""
    copies = []
    try:
        with transaction(connection, "BEGIN EXCLUSIVE"):
            ((version,),) = connection.execute("PRAGMA user_version")  # another process may have been faster
            if 0 < version < VERSION:
                copy = path.with_name(f"{path.name}.version-{version}")
                _copy(path, copy)
                copies.append(copy)
            for statements in UPGRADES[version:]:
                for statement in statements:
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {VERSION}")
    except sqlite3.Error as error:
        kept = f"; it is as it was, with a copy in {copies[0]}" if copies else ""
        raise StoreError(f"{path} cannot be made a memory of version {VERSION}: {reason(error)}{kept}") from error
    for copy in copies:
        copy.unlink()


def _copy(path: Path, copy: Path) -> None:
    """Copy a memory whole, or not at all."""
    try:
        with closing(connected(path)) as reader, closing(sqlite3.connect(copy)) as target:
            reader.backup(target)
    except BaseException:
        copy.unlink(missing_ok=True)
        raise


def _set_aside(path: Path) -> Path:
    """Rename a memory and what belongs to it; return its new name."""
    stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.name}.damaged-{stamp}")
    number = 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.damaged-{stamp}-{number}")
    for tail in ("-wal", "-shm", ""):
        part = path.with_name(path.name + tail)
        if part.exists():
            part.replace(aside.with_name(aside.name + tail))
    return aside


def code_of(error: Exception) -> int:
    """Return SQLite's primary result code; 0 where it was Python that complained."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def reason(error: Exception) -> str:
    """Return what the system or SQLite says of an error."""
    return getattr(error, "strerror", None) or str(error)
