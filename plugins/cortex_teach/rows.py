"""The rows of the memory: what each change is in SQL, within a transaction of the store. Knows no file."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from cortex_teach.naming import checked, key
from cortex_teach.records import Taken, Taught, Thing
from cortex_teach.upgrading import StoreError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from cortex_teach.records import Lesson, Vector

LARGEST = 1_000_000
"""Bytes that the JPEG of a picture may have."""
MOST = 256
"""Pictures that a lesson may have."""

THINGS = """
    SELECT t.id, t.name, t.owner, COUNT(p.id) FILTER (WHERE NOT l.denies),
        COUNT(DISTINCT l.number) FILTER (WHERE NOT l.denies), COUNT(p.id) FILTER (WHERE l.denies),
        MAX(l.taught) FILTER (WHERE NOT l.denies), MAX(p.id) FILTER (WHERE NOT l.denies)
    FROM things t JOIN lessons l ON l.thing = t.id LEFT JOIN pictures p ON p.lesson = l.number
    WHERE ? IS NULL OR t.key = ? GROUP BY t.id ORDER BY t.key
"""
SHOWN = "SELECT COUNT(*) FROM pictures p JOIN lessons l ON l.number = p.lesson WHERE p.thing = ? AND NOT l.denies"
CONTRADICTED = """
    DELETE FROM pictures WHERE id IN (
        SELECT p.id FROM pictures p JOIN lessons l ON l.number = p.lesson
        JOIN pictures q ON q.digest = p.digest JOIN lessons m ON m.number = q.lesson
        WHERE p.thing IN (:one, :other) AND q.thing IN (:one, :other) AND l.denies AND NOT m.denies
    )
"""


def number_of(db: sqlite3.Connection, name: str) -> int | None:
    """Return the number of a thing, or `None` where it is not known."""
    row = db.execute("SELECT id FROM things WHERE key = ?", (key(name),)).fetchone()
    return row[0] if row else None


def things(db: sqlite3.Connection, name: str | None = None) -> list[Thing]:
    """Return what is known, by name: all, or what has this name."""
    wanted = None if name is None else key(name)
    return [Thing(*row) for row in db.execute(THINGS, (wanted, wanted))]


def shown(db: sqlite3.Connection, thing: int) -> int:
    """Return how many pictures there are of a thing; those that it is not are not counted."""
    ((pictures,),) = db.execute(SHOWN, (thing,))
    return int(pictures)


def teach(db: sqlite3.Connection, lesson: Lesson) -> Taught:
    """Keep a lesson, unless it is held already."""
    row = db.execute(
        "SELECT t.id, t.name, l.number FROM lessons l JOIN things t ON t.id = l.thing WHERE l.id = ?", (lesson.id,)
    ).fetchone()
    if row:
        thing, name, number = row
        ((kept,),) = db.execute("SELECT COUNT(*) FROM pictures WHERE lesson = ?", (number,))
        return Taught(thing, name, lesson.id, kept, shown(db, thing), again=True)
    if not 0 < len(lesson.pictures) <= MOST:
        raise StoreError(f"a lesson has {len(lesson.pictures)} pictures; it needs one, and {MOST} are kept at most")
    name = checked(lesson.name)
    if lesson.denies and number_of(db, name) is None:
        return Taught(0, name, lesson.id, 0, 0)
    thing, name = _thing(db, name, lesson.owner)
    number = db.execute(
        "INSERT INTO lessons (id, thing, taught, by, session, denies) VALUES (?, ?, ?, ?, ?, ?)",
        (lesson.id, thing, lesson.when, lesson.by, lesson.session, lesson.denies),
    ).lastrowid
    kept = sum(keep(db, taken, thing, number, denies=lesson.denies) for taken in lesson.pictures)
    sweep(db, thing)
    return Taught(thing, name, lesson.id, kept, shown(db, thing))


def _thing(db: sqlite3.Connection, name: str, owner: str) -> tuple[int, str]:
    """Return number and name of a thing, which is known from now on."""
    db.execute("INSERT INTO things (name, key) VALUES (?, ?) ON CONFLICT DO NOTHING", (name, key(name)))
    if owner:
        db.execute("UPDATE things SET owner = ? WHERE key = ?", (owner, key(name)))
    ((thing, name),) = db.execute("SELECT id, name FROM things WHERE key = ?", (key(name),))
    return thing, name


def keep(db: sqlite3.Connection, taken: Taken, thing: int, lesson: int | None, *, denies: bool) -> bool:
    """Keep a picture; return whether it is new. The same one that said the contrary gives way."""
    if len(taken.jpeg) > LARGEST:
        raise StoreError(f"a picture has {len(taken.jpeg):,} bytes; at most {LARGEST:,} are kept")
    digest = hashlib.sha256(taken.jpeg).digest()
    row = db.execute(
        """SELECT p.id, l.denies FROM pictures p JOIN lessons l ON l.number = p.lesson
        WHERE p.thing = ? AND p.digest = ?""",
        (thing, digest),
    ).fetchone()
    if row and bool(row[1]) == denies:
        embed(db, row[0], taken.vectors)
        return False
    if row:
        db.execute("DELETE FROM pictures WHERE id = ?", row[:1])
    picture = db.execute(
        "INSERT INTO pictures (thing, lesson, digest, jpeg) VALUES (?, ?, ?, ?)", (thing, lesson, digest, taken.jpeg)
    ).lastrowid
    embed(db, picture, taken.vectors)
    return True


def embed(db: sqlite3.Connection, picture: int | None, vectors: Mapping[str, Vector]) -> None:
    """Keep what models make of a picture."""
    import numpy as np

    for model, vector in vectors.items():
        numbers = np.asarray(vector, "<f4")
        if numbers.ndim != 1 or not numbers.size or not np.isfinite(numbers).all():
            raise StoreError(f"what the model {model} makes of a picture is no list of finite numbers")
        db.execute("INSERT INTO models (name, length) VALUES (?, ?) ON CONFLICT DO NOTHING", (model, numbers.size))
        ((number, length),) = db.execute("SELECT number, length FROM models WHERE name = ?", (model,))
        if length != numbers.size:
            raise StoreError(f"the model {model} makes {numbers.size} numbers of a picture; it used to be {length}")
        db.execute("INSERT OR REPLACE INTO embeddings VALUES (?, ?, ?)", (picture, number, numbers.tobytes()))


def taken(db: sqlite3.Connection, lesson: int, models: Mapping[int, str]) -> tuple[Taken, ...]:
    """Return the pictures that are left of a lesson, with what each model makes of them."""
    import numpy as np

    query = "SELECT model, vector FROM embeddings WHERE picture = ? ORDER BY model"
    rows = db.execute("SELECT id, jpeg FROM pictures WHERE lesson = ? ORDER BY id", (lesson,)).fetchall()
    return tuple(
        Taken(jpeg, {models[model]: np.frombuffer(vector, "<f4") for model, vector in db.execute(query, (picture,))})
        for picture, jpeg in rows
    )


def sweep(db: sqlite3.Connection, thing: int) -> None:
    """Forget a thing that there is no picture of any more, and when it was seen."""
    if not shown(db, thing):
        db.execute("DELETE FROM sightings WHERE key = (SELECT key FROM things WHERE id = ?)", (thing,))
        db.execute("DELETE FROM things WHERE id = ?", (thing,))


def merge(db: sqlite3.Connection, thing: int, into: int) -> None:
    """Make one thing of two. What either was shown to be, it is, whatever was denied."""
    db.execute(CONTRADICTED, {"one": thing, "other": into})
    db.execute("UPDATE OR IGNORE pictures SET thing = ? WHERE thing = ?", (into, thing))
    db.execute("DELETE FROM pictures WHERE thing = ?", (thing,))  # the same picture was of both
    db.execute("UPDATE lessons SET thing = ? WHERE thing = ?", (into, thing))
    db.execute(
        "UPDATE things SET owner = (SELECT owner FROM things WHERE id = ?) WHERE id = ? AND owner = ''", (thing, into)
    )
    db.execute("DELETE FROM things WHERE id = ?", (thing,))


def move_sightings(db: sqlite3.Connection, old: str, new: str) -> None:
    """Count what was seen under one name with what was seen under another."""
    db.execute(
        """INSERT INTO sightings SELECT ?, day, ?, count, last FROM sightings WHERE key = ?
        ON CONFLICT DO UPDATE SET count = count + excluded.count, last = MAX(last, excluded.last)""",
        (key(new), new, key(old)),
    )
    db.execute("DELETE FROM sightings WHERE key = ?", (key(old),))
