"""Which entries of which feeds were told or are not to be told, kept across restarts. Knows no network and no clock."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from typing import TYPE_CHECKING

from cortex import PluginError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

KEPT = 90 * 86400.0  # seconds after which what a feed no longer has is forgotten
MOST = 10_000  # entries of a feed that are remembered
SCHEMA = """
CREATE TABLE IF NOT EXISTS feeds (feed TEXT PRIMARY KEY, polled REAL NOT NULL);
CREATE TABLE IF NOT EXISTS entries (feed TEXT, entry BLOB, at REAL NOT NULL, PRIMARY KEY (feed, entry)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_age ON entries (feed, at);
"""


class SeenError(Exception):
    """The file cannot be read or written just now; the text says why. Caught by the poller, which tries again."""


class Seen:
    """A file that remembers. Each call takes a few milliseconds. Addresses and ids stand in it as hashes only.

    Raises:
        PluginError: the file cannot be opened, or is none of ours.
        SeenError: of each call: it cannot be used now, such as while another server holds it. Nothing was changed.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._db = sqlite3.connect(path, timeout=0.5)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.executescript(SCHEMA)
        except sqlite3.Error as error:
            raise PluginError(f"{path} cannot be used: {error}; without it, the bot begins anew") from error

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def unseen(self, feed: str, entries: Collection[str], now: float) -> set[str]:
        """Return which entries of a feed are new; those of a feed that was never polled before are all old."""
        with self._using() as db:
            first = not db.execute("SELECT 1 FROM feeds WHERE feed = ?", (feed,)).fetchone()
            db.execute("INSERT OR REPLACE INTO feeds VALUES (?, ?)", (feed, now))
            if not first:  # what is still in the feed is not forgotten
                rows = [(now, feed, _hash(entry)) for entry in entries]
                db.executemany("UPDATE entries SET at = ? WHERE feed = ? AND entry = ?", rows)
            self._prune(feed, now)
            known = {row[0] for row in db.execute("SELECT entry FROM entries WHERE feed = ?", (feed,))}
            if first:
                _mark(db, feed, entries, now)
                return set()
        return {entry for entry in entries if _hash(entry) not in known}

    def mark(self, feed: str, entries: Collection[str], now: float) -> None:
        """Remember entries as seen."""
        with self._using() as db:
            _mark(db, feed, entries, now)

    @contextlib.contextmanager
    def _using(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._db as db:
                yield db
        except sqlite3.Error as error:
            raise SeenError(f"what was told cannot be remembered: {error}") from error

    def _prune(self, feed: str, now: float) -> None:
        old = now - KEPT
        self._db.execute("DELETE FROM entries WHERE feed IN (SELECT feed FROM feeds WHERE polled < ?)", (old,))
        self._db.execute("DELETE FROM feeds WHERE polled < ?", (old,))
        self._db.execute("DELETE FROM entries WHERE feed = ? AND at < ?", (feed, old))
        most = "SELECT entry FROM entries WHERE feed = ? ORDER BY at DESC LIMIT -1 OFFSET ?"
        self._db.execute(f"DELETE FROM entries WHERE feed = ? AND entry IN ({most})", (feed, feed, MOST))  # noqa: S608


def _mark(db: sqlite3.Connection, feed: str, entries: Collection[str], now: float) -> None:
    rows = [(feed, _hash(entry), now) for entry in entries]
    db.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", rows)


def key_of(name: str, url: str) -> str:
    """Return under which key a feed is remembered: another address under the same name is another feed."""
    return hashlib.sha256(f"{name}\n{url}".encode()).hexdigest()[:32]


def _hash(entry: str) -> bytes:
    return hashlib.sha256(entry.encode("utf-8", "replace")).digest()[:16]
