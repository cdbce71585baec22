"""What was taught, in a SQLite file: things, lessons, pictures, what models make of them. Knows no bot and no page."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from datetime import date, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from cortex_teach import replacing, rows
from cortex_teach.naming import checked, key
from cortex_teach.records import Lesson, Taken, Taught, Thing, Told, Vectors, new_id
from cortex_teach.upgrading import DAMAGED, PATIENCE, StoreError, code_of, connected, opened, reason, transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from cortex_teach.records import Replaced, Vector

__all__ = ["Lesson", "Store", "StoreError", "Taken", "Taught", "Thing", "Told", "Vectors", "new_id"]

BATCH = 32
"""Pictures that are read at once where all are gone through."""
ERRORS = (sqlite3.Error, OverflowError, UnicodeEncodeError)
"""What SQLite raises, also where a number or a text is none that it can hold."""
GLANCE = 0.2
"""Seconds that a frame waits for who writes."""
YEAR = timedelta(days=366)
"""For so long it remembers on which days it saw something."""


class Store:
    """The memory. Its methods may be called from any thread, several processes may have the same file open.

    Each method that changes something is one transaction, on the disk when it returns. All raise a `StoreError` where
    the file cannot be read or written, or has no room; then nothing has changed.
    """

    def __init__(self, path: Path, *, mend: bool = True) -> None:
        self.path = path
        self._connection, self.notice = opened(path, mend=mend)
        """What the person should know of how it was opened, in one line, or nothing."""
        try:
            self._reader = connected(path)
        except sqlite3.Error as error:
            self._connection.close()
            raise _explained(error, "opening it") from error
        self._lock = Lock()
        self._reading_lock = Lock()  # who reads does not wait for who writes
        self.written = 0
        """How often this process has changed what was taught."""

    def close(self) -> None:
        """Let go of the file."""
        with self._lock, self._reading_lock:
            self._reader.close()
            self._connection.close()

    # What was taught

    def teach(self, lesson: Lesson, *also: Lesson) -> Taught:
        """Keep a lesson, or none of it, and `also` what belongs to it, such as that it is no mug.

        Raises:
            NameRefused: a thing cannot be called that.
        """
        return self.teach_all((lesson, *also))[0]

    def teach_all(self, lessons: Iterable[Lesson]) -> list[Taught]:
        """Keep many lessons, or none of them; of each, return what came of it."""
        with self._changing("this lesson") as db:
            return [_taught(db, lesson) for lesson in lessons]

    def undo(self, *lessons: str, replaced: Iterable[Replaced] = ()) -> int:
        """Take lessons back, by their ids, and have again what they replaced; return how many pictures are gone."""
        with self._changing("taking that back") as db:
            gone = 0
            for lesson in lessons:
                if (row := db.execute("SELECT number, thing FROM lessons WHERE id = ?", (lesson,)).fetchone()) is None:
                    continue
                gone += db.execute("DELETE FROM pictures WHERE lesson = ?", row[:1]).rowcount
                db.execute("DELETE FROM lessons WHERE number = ?", row[:1])
                rows.sweep(db, row[1])
            for each in replaced:
                replacing.bring_back(db, each)
            return gone

    def forget(self, name: str) -> Replaced | None:
        """Forget a thing and when it was seen; return what was held of it, `None` where it is not known."""
        with self._changing("forgetting") as db:
            thing = rows.number_of(db, name)
            held = None if thing is None else replacing.as_it_is(db, thing)
            db.execute("DELETE FROM sightings WHERE key = ?", (key(name),))
            db.execute("DELETE FROM things WHERE id = ?", (thing,))
            return held

    def rename(self, old: str, new: str) -> Thing | None:
        """Call a thing something else; where that name is known, both become one. Return it, or `None` for no `old`.

        Raises:
            NameRefused: a thing cannot be called that.
        """
        new = checked(new)
        with self._changing("the new name") as db:
            if (thing := rows.number_of(db, old)) is None:
                return None
            into = rows.number_of(db, new)
            if into is None or into == thing:
                db.execute("UPDATE things SET name = ?, key = ? WHERE id = ?", (new, key(new), thing))
            else:
                rows.merge(db, thing, into)
            if key(old) != key(new):
                rows.move_sightings(db, old, new)
            return rows.things(db, new)[0]

    def remove_picture(self, picture: int) -> bool:
        """Remove a picture; a thing without any is forgotten. Return whether there was one."""
        with self._changing("removing it") as db:
            if (row := db.execute("SELECT thing FROM pictures WHERE id = ?", (picture,)).fetchone()) is None:
                return False
            db.execute("DELETE FROM pictures WHERE id = ?", (picture,))
            rows.sweep(db, row[0])
            return True

    def things(self) -> list[Thing]:
        """Return all that is known, by name."""
        with self._reading() as db:
            return rows.things(db)

    def thing(self, name: str) -> Thing | None:
        """Return what is known by a name; "my mug" and "Mug" are the same."""
        with self._reading() as db:
            return next(iter(rows.things(db, name)), None)

    def lessons(self, name: str) -> list[Told]:
        """Return the lessons of a thing, the first one first."""
        with self._reading() as db:
            told = db.execute(
                """SELECT l.id, l.taught, l.by, l.session, l.denies, l.number FROM lessons l
                JOIN things t ON t.id = l.thing WHERE t.key = ? ORDER BY l.number""",
                (key(name),),
            ).fetchall()
            query = "SELECT id FROM pictures WHERE lesson = ? ORDER BY id"
            return [
                Told(
                    id_, when, by, session, bool(denies), tuple(picture for (picture,) in db.execute(query, (number,)))
                )
                for id_, when, by, session, denies, number in told
            ]

    def pictures(self, name: str) -> list[int]:
        """Return the numbers of the pictures of a thing, the first one first; not of those that it is not."""
        return sorted(picture for lesson in self.lessons(name) if not lesson.denies for picture in lesson.pictures)

    def picture(self, picture: int) -> bytes | None:
        """Return the JPEG of a picture, or `None` where it is gone."""
        with self._reading() as db:
            row = db.execute("SELECT jpeg FROM pictures WHERE id = ?", (picture,)).fetchone()
            return row[0] if row else None

    def changes(self) -> int:
        """Return a number that differs whenever what was taught has changed, also by another process."""
        with self._reading() as db:
            ((number,),) = db.execute("SELECT number FROM revision")
            return int(number)

    def recall(self) -> Iterator[Lesson]:
        """Yield every lesson, pictures and all, as they are at one moment; what is taught meanwhile is not among them.

        Those that deny come last.
        """
        try:
            with closing(connected(self.path)) as db, transaction(db, "BEGIN"):
                models = dict(db.execute("SELECT number, name FROM models"))
                told = db.execute(
                    """SELECT t.name, l.number, l.id, l.taught, t.owner, l.by, l.session, l.denies FROM lessons l
                    JOIN things t ON t.id = l.thing ORDER BY l.denies, l.number"""
                )
                for name, number, id_, when, owner, by, session, denies in told:
                    if pictures := rows.taken(db, number, models):
                        yield Lesson(name, pictures, id_, when, owner, by, session, bool(denies))
        except sqlite3.Error as error:
            raise _explained(error, "looking it up") from error

    # What models make of it

    def vectors(self, model: str) -> Vectors:
        """Return all that a model makes of what was taught."""
        import numpy as np

        with self._reading() as db:
            row = db.execute("SELECT number, length FROM models WHERE name = ?", (model,)).fetchone()
            number, length = row or (0, 0)
            ((count,),) = db.execute("SELECT COUNT(*) FROM embeddings WHERE model = ?", (number,))
            matrix = np.empty((count, length), np.float32)
            numbers = np.empty((count, 4), np.int64)
            found = db.execute(
                """SELECT e.vector, p.thing, p.lesson, p.id, l.denies FROM embeddings e
                CROSS JOIN pictures p ON p.id = e.picture CROSS JOIN lessons l ON l.number = p.lesson
                WHERE e.model = ? ORDER BY e.rowid""",  # in this order SQLite need not sort the vectors
                (number,),
            )
            for index, (vector, *of) in enumerate(found):
                matrix[index] = np.frombuffer(vector, "<f4")
                numbers[index] = of
            names = dict(db.execute("SELECT id, name FROM things"))
        things, lessons, pictures, denies = numbers.T
        return Vectors(matrix, things, lessons, pictures, denies != 0, names)

    def without_vector(self, model: str) -> Iterator[tuple[int, bytes]]:
        """Yield number and JPEG of each picture that a model has not seen; others may be taught meanwhile."""
        last = 0
        while True:
            with self._reading() as db:
                batch = db.execute(
                    """SELECT id, jpeg FROM pictures WHERE id > ? AND NOT EXISTS (SELECT 1 FROM embeddings e
                    JOIN models m ON m.number = e.model WHERE e.picture = pictures.id AND m.name = ?)
                    ORDER BY id LIMIT ?""",
                    (last, model, BATCH),
                ).fetchall()
            if not batch:
                return
            yield from batch
            last = batch[-1][0]

    def keep_vectors(self, model: str, vectors: Mapping[int, Vector]) -> int:
        """Keep what a model makes of pictures, by their numbers; return of how many, without those that are gone."""
        with self._writing("the embeddings") as db:  # which changes nothing of what was taught
            there = {row[0] for row in db.execute("SELECT id FROM pictures")} & vectors.keys()
            for picture in sorted(there):
                rows.embed(db, picture, {model: vectors[picture]})
            return len(there)

    def models(self) -> dict[str, int]:
        """Return the models that have seen a picture, and the length of what they make of it."""
        with self._reading() as db:
            return dict(db.execute("SELECT name, length FROM models"))

    # When it was seen

    def sighted(self, name: str, when: float, *, anew: bool = True) -> None:
        """Note that something is in view, whether it was taught or not, and count that it came, if it did so `anew`."""
        day = date.fromtimestamp(when)
        with self._writing("when it was seen", GLANCE) as db:
            known = db.execute(
                "UPDATE sightings SET count = count + ?, last = MAX(last, ?), name = ? WHERE key = ? AND day = ?",
                (anew, when, name, key(name), day.isoformat()),
            )
            if not known.rowcount:
                db.execute("INSERT INTO sightings VALUES (?, ?, ?, 1, ?)", (key(name), day.isoformat(), name, when))
                old = key(name), (day - YEAR).isoformat()
                db.execute("DELETE FROM sightings WHERE key = ? AND day < ?", old)

    def last_seen(self, name: str) -> float | None:
        """Return when something was last seen, seconds since 1970, or `None`: never."""
        with self._reading() as db:
            ((last,),) = db.execute("SELECT MAX(last) FROM sightings WHERE key = ?", (key(name),))
            return None if last is None else float(last)

    def count(self, name: str, day: date) -> int:
        """Return how often something came into view on a day."""
        with self._reading() as db:
            query = "SELECT count FROM sightings WHERE key = ? AND day = ?"
            row = db.execute(query, (key(name), day.isoformat())).fetchone()
            return int(row[0]) if row else 0

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._reading_lock:
            try:
                with transaction(self._reader, "BEGIN") as db:
                    yield db
            except ERRORS as error:
                raise _explained(error, "looking it up") from error

    @contextmanager
    def _writing(self, what: str, patience: float = PATIENCE) -> Iterator[sqlite3.Connection]:
        if not self._lock.acquire(timeout=patience):
            raise StoreError(f"the memory is being written: {what} came to nothing")
        try:
            self._connection.execute(f"PRAGMA busy_timeout = {round(1000 * patience)}")
            with transaction(self._connection) as db:
                yield db
        except ERRORS as error:
            raise _explained(error, what, patience) from error
        finally:
            self._lock.release()

    @contextmanager
    def _changing(self, what: str) -> Iterator[sqlite3.Connection]:
        with self._writing(what) as db:
            before = db.total_changes
            yield db
            if db.total_changes != before:
                db.execute("UPDATE revision SET number = number + 1")
        self.written += 1


def _taught(db: sqlite3.Connection, lesson: Lesson) -> Taught:
    replaced = replacing.contradicted(db, lesson)
    return rows.teach(db, lesson)._replace(replaced=replaced)


def _explained(error: Exception, what: str, patience: float = PATIENCE) -> StoreError:
    """Return an error in words for the person whose memory it is."""
    code = code_of(error)
    if code == sqlite3.SQLITE_FULL or getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_IOERR_SHMSIZE:
        return StoreError(f"there is no room for {what}: {reason(error)}")
    if code == sqlite3.SQLITE_BUSY:
        return StoreError(f"another program has kept the memory locked for {patience:g} s: {what} came to nothing")
    if code in DAMAGED:
        text = "the memory is damaged: when Cortex starts again, it is set aside and a new one begun"
        return StoreError(f"{text} ({reason(error)})")
    return StoreError(f"{what} came to nothing: {reason(error)}")
