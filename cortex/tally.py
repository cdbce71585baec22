"""What each plugin has used up on which day, such as its calls; it survives a restart. Knows no limit."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import time
from collections import Counter
from typing import TYPE_CHECKING, Literal

from cortex.folders import state_folder
from cortex.threads import Threads

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

log = logging.getLogger(__name__)

Key = tuple[str, str]
"""A plugin, and a day such as `2026-11-22`."""

PATIENCE = 5.0  # seconds that another process may keep the file locked while this one writes, in a thread
GLANCE = 0.5  # seconds that it may keep it locked when this one begins
KEPT = 30  # days
LAST = 1.0  # seconds that the last calls have to be written
FRESH = 5.0  # seconds for which what other servers have counted is believed
TABLE = "CREATE TABLE IF NOT EXISTS {kind} (plugin TEXT, day TEXT, {kind} INTEGER, PRIMARY KEY (plugin, day))"
FORGET = "DELETE FROM {kind} WHERE day NOT IN (SELECT DISTINCT day FROM {kind} ORDER BY day DESC LIMIT ?)"
BEGIN = "INSERT OR IGNORE INTO {kind} VALUES (?, ?, 0)"
COUNT = "UPDATE {kind} SET {kind} = {kind} + ? WHERE plugin = ? AND day = ?"
READ = "SELECT {kind} FROM {kind} WHERE plugin = ? AND day = ?"


class Tally:
    """Counts calls, or their costs in millionths, by plugin and day, in a SQLite file that several servers may share.

    The file is read when a plugin is asked about for the first time; after that it is read and written in a thread, one
    batch after the other. What cannot be written is logged, counted in memory, and tried again with the next.
    """

    def __init__(self, folder: Callable[[], Path] | None = None, kind: Literal["calls", "costs"] = "calls") -> None:
        self._folder = folder or (lambda: state_folder("limits"))
        self._kind = kind
        self._file = f"{kind}.sqlite"
        self._counts: dict[Key, int] = {}
        self._waiting: Counter[Key] = Counter()  # not written yet; 0 of a day that is still to be read
        self._plugins: set[str] = set()
        self._read_at: dict[Key, float] = {}
        self._threads = Threads("tally")
        self._writing: asyncio.Task[None] | None = None
        self._broken = self._closed = False

    def of(self, plugin: str, day: str) -> int:
        """Return what a plugin has used up on a day."""
        key = plugin, day
        if key not in self._counts:
            if plugin in self._plugins:  # the day has changed: what other servers have counted is known in a moment
                self._counts[key] = 0
                self._write_soon(key, 0)
            else:
                self._plugins.add(plugin)
                self._counts[key] = self._read(key)
                self._read_at[key] = time.monotonic()
        elif not self._closed and time.monotonic() - self._read_at.get(key, 0.0) > FRESH:
            self._write_soon(key, 0)
        return self._counts[key]

    def count(self, plugin: str, day: str, amount: int = 1) -> None:
        """Count what is used now; the file is written in a thread, at once."""
        self._counts[plugin, day] = self.of(plugin, day) + amount
        self._write_soon((plugin, day), amount)

    async def close(self) -> None:
        """Wait until everything is counted for good, a second at most."""
        self._closed = True
        if self._writing is not None and not self._writing.done():
            await asyncio.wait({self._writing}, timeout=LAST)
            if not self._writing.done():
                log.error("the last %s of today could not be written within %g s", self._kind, LAST)
                self._writing.cancel()
        self._threads.stop()

    def _write_soon(self, key: Key, amount: int) -> None:
        self._waiting[key] += amount
        self._read_at[key] = time.monotonic()  # as it soon will be
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())

    async def _write_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, Counter()
            try:
                totals = await self._threads.run(lambda batch=batch: self._write(batch))  # type: ignore[misc]
            except (OSError, sqlite3.Error) as error:
                self._complain(error)
                self._waiting.update(batch)
                return
            self._broken = False
            for key, total in totals.items():
                self._counts[key] = total + self._waiting[key]  # other servers count too

    def _open(self, patience: float) -> sqlite3.Connection:
        return sqlite3.connect(self._folder() / self._file, timeout=patience)

    def _read(self, key: Key) -> int:
        try:
            if not (self._folder() / self._file).exists():
                return 0
            with contextlib.closing(self._open(GLANCE)) as connection:
                if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (self._kind,)).fetchone():
                    return 0
                row = connection.execute(self._sql(READ), key).fetchone()
                return int(row[0]) if row else 0
        except (OSError, sqlite3.Error) as error:
            self._complain(error)
            return 0

    def _write(self, batch: Mapping[Key, int]) -> dict[Key, int]:
        """Count what was used in the file; return how much it has now."""
        totals = {}
        with contextlib.closing(self._open(PATIENCE)) as connection:
            connection.isolation_level = None
            _write_ahead(connection)
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(self._sql(TABLE))
            for key, amount in batch.items():
                connection.execute(self._sql(BEGIN), key)
                connection.execute(self._sql(COUNT), (amount, *key))
                totals[key] = int(connection.execute(self._sql(READ), key).fetchone()[0])
            connection.execute(self._sql(FORGET), (KEPT,))
            connection.execute("COMMIT")
        return totals

    def _sql(self, statement: str) -> str:
        return statement.format(kind=self._kind)

    def _complain(self, error: Exception) -> None:
        if not self._broken:
            self._broken = True
            text = "the %s of today cannot be kept across a restart, only in memory: %s: %s"
            log.error(text, self._kind, self._file, error)


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Have one server read while another writes. SQLite itself does not wait for one that asks for the same now."""
    deadline = time.monotonic() + PATIENCE
    while connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
    connection.execute("PRAGMA synchronous = NORMAL")
