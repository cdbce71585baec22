"""What gives way to a lesson that contradicts it, and comes back when that is undone, within one transaction."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from cortex_teach import rows
from cortex_teach.records import Lesson, Replaced

if TYPE_CHECKING:
    import sqlite3

CONTRARY = """
    SELECT 1 FROM pictures p JOIN lessons l ON l.number = p.lesson
    WHERE p.thing = ? AND p.digest = ? AND l.denies != ?
"""


def contradicted(db: sqlite3.Connection, lesson: Lesson) -> Replaced | None:
    """Return the thing that a lesson is of as it is, if the lesson contradicts some of its pictures."""
    thing = rows.number_of(db, lesson.name)
    digests = [hashlib.sha256(taken.jpeg).digest() for taken in lesson.pictures]
    if thing is None or not any(db.execute(CONTRARY, (thing, each, lesson.denies)).fetchone() for each in digests):
        return None
    return as_it_is(db, thing)


def as_it_is(db: sqlite3.Connection, thing: int) -> Replaced:
    """Return all that is held of a thing."""
    models = dict(db.execute("SELECT number, name FROM models"))
    told = db.execute(
        """SELECT t.name, l.number, l.id, l.taught, t.owner, l.by, l.session, l.denies FROM lessons l
        JOIN things t ON t.id = l.thing WHERE t.id = ? ORDER BY l.denies, l.number""",
        (thing,),
    ).fetchall()
    lessons = [
        Lesson(name, rows.taken(db, number, models), id_, when, owner, by, session, bool(denies))
        for name, number, id_, when, owner, by, session, denies in told
    ]
    seen = "SELECT * FROM sightings WHERE key = (SELECT key FROM things WHERE id = ?)"
    return Replaced(tuple(lesson for lesson in lessons if lesson.pictures), tuple(db.execute(seen, (thing,))))


def bring_back(db: sqlite3.Connection, replaced: Replaced) -> None:
    """Have a thing again what it lacks of how it was; what was taught since then stays."""
    for lesson in replaced.lessons:
        held = db.execute("SELECT number, thing FROM lessons WHERE id = ?", (lesson.id,)).fetchone()
        if held is None:
            rows.teach(db, lesson)
            continue
        number, thing = held
        for taken in lesson.pictures:
            digest = hashlib.sha256(taken.jpeg).digest()
            if not db.execute("SELECT 1 FROM pictures WHERE thing = ? AND digest = ?", (thing, digest)).fetchone():
                rows.keep(db, taken, thing, number, denies=lesson.denies)
    db.executemany("INSERT OR IGNORE INTO sightings VALUES (?, ?, ?, ?, ?)", replaced.sightings)
