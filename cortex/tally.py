"""How often each plugin was called on which day; it survives a restart. Knows no limit."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
from collections import Counter
from typing import TYPE_CHECKING

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
TABLE = "CREATE TABLE IF NOT EXISTS calls (plugin TEXT, day TEXT, calls INTEGER, PRIMARY KEY (plugin, day))"
FORGET = "DELETE FROM calls WHERE day NOT IN (SELECT DISTINCT day FROM calls ORDER BY day DESC LIMIT ?)"
BEGIN = "INSERT OR IGNORE INTO calls VALUES (?, ?, 0)"
COUNT = "UPDATE calls SET calls = calls + ? WHERE plugin = ? AND day = ?"
READ = "SELECT calls FROM calls WHERE plugin = ? AND day = ?"


class Tally:
    """Counts calls by plugin and day, in a SQLite file that several servers may share.

    The file is read when a plugin is asked about for the first time; after that it is read and written in a thread, one
    batch of calls after the other. What cannot be written is logged, counted in memory, and tried again with the next.
    """

    def __init__(self, folder: Callable[[], Path] | None = None) -> None:
        self._folder = folder or (lambda: state_folder("limits"))
        self._counts: dict[Key, int] = {}
        self._waiting: Counter[Key] = Counter()  # not written yet; 0 of a day that is still to be read
        self._plugins: set[str] = set()
        self._threads = Threads("tally")
        self._writing: asyncio.Task[None] | None = None
        self._broken = False

    def calls(self, plugin: str, day: str) -> int:
        """Return how often a plugin was called on a day."""
        key = plugin, day
        if key not in self._counts:
            if plugin in self._plugins:  # the day has changed: what other servers have counted is known in a moment
                self._counts[key] = 0
                self._write_soon(key, 0)
            else:
                self._plugins.add(plugin)
                self._counts[key] = self._read(key)
        return self._counts[key]

    def count(self, plugin: str, day: str) -> None:
        """Count one call; the file is written in a thread, at once."""
        self._counts[plugin, day] = self.calls(plugin, day) + 1
        self._write_soon((plugin, day), 1)

    async def close(self) -> None:
        """Wait until every call is counted for good, a second at most."""
        if self._writing is not None and not self._writing.done():
            await asyncio.wait({self._writing}, timeout=LAST)
            if not self._writing.done():
                log.error("the last calls of today could not be written within %g s", LAST)
                self._writing.cancel()
        self._threads.stop()

    def _write_soon(self, key: Key, calls: int) -> None:
        self._waiting[key] += calls
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
        return sqlite3.connect(self._folder() / "calls.sqlite", timeout=patience)

    def _read(self, key: Key) -> int:
        try:
            if not (self._folder() / "calls.sqlite").exists():
                return 0
            with contextlib.closing(self._open(GLANCE)) as connection:
                if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'calls'").fetchone():
                    return 0
                row = connection.execute(READ, key).fetchone()
                return int(row[0]) if row else 0
        except (OSError, sqlite3.Error) as error:
            self._complain(error)
            return 0

    def _write(self, batch: Mapping[Key, int]) -> dict[Key, int]:
        """Count calls in the file; return how many it has now."""
        totals = {}
        with contextlib.closing(self._open(PATIENCE)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(TABLE)
            with connection:
                for key, calls in batch.items():
                    connection.execute(BEGIN, key)
                    connection.execute(COUNT, (calls, *key))
                    totals[key] = int(connection.execute(READ, key).fetchone()[0])
                connection.execute(FORGET, (KEPT,))
        return totals

    def _complain(self, error: Exception) -> None:
        if not self._broken:
            self._broken = True
            text = "the calls of today cannot be kept across a restart, only in memory: calls.sqlite: %s"
            log.error(text, error)
