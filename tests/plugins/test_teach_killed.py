"""kill -9 at random moments while it is taught: nothing that was confirmed is lost, and nothing is there twice."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from time import perf_counter

import pytest

from cortex_teach.store import Store
from tests.support.lessons import MODEL, beside, jpeg, numbered, vector

ROOT = Path(__file__).parents[2]
LESSONS = 200
AT_MOST = 13  # lessons of one child, however fast it is: so there are as many kills as there should be


def lived(nursery, first, lines, pause):
    """Let a child teach, and kill it so long after so many lines; return the lessons that it confirmed."""
    last = min(first + AT_MOST, LESSONS)
    nursery.stdin.write(f"{first} {last}\n")
    nursery.stdin.flush()
    child = int(nursery.stdout.readline().removeprefix("child "))
    confirmed = []
    for line in nursery.stdout if lines else ():
        confirmed.append(int(line))
        if len(confirmed) == min(lines, last - first):
            break
    until = perf_counter() + pause
    while perf_counter() < until:
        pass
    os.kill(child, signal.SIGKILL)
    for line in nursery.stdout:
        if line.startswith("ended"):
            assert line == f"ended by {signal.SIGKILL}\n"
            return confirmed
        confirmed.append(int(line))
    raise AssertionError("the nursery has ended")


@pytest.fixture(name="nursery")
def _nursery(tmp_path):
    """A process that has imported all it needs, and forks a child for each life."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'plugins'}", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "tests.support.lessons", str(tmp_path / "memory.db")]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, text=True) as nursery:
        yield nursery


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")
def test_every_lesson_that_was_confirmed_is_there_once(nursery, tmp_path):
    path = tmp_path / "memory.db"
    dice = random.Random(5)
    confirmed: list[int] = []
    kills = 0
    while len(confirmed) < LESSONS:
        confirmed += lived(nursery, len(confirmed), dice.randint(0, AT_MOST), dice.random() * 0.01)
        kills += 1
        with closing(Store(path, mend=False)) as store:  # it opens each time, and holds all
            held = {told.id for thing in store.things() for told in store.lessons(thing.name)}
        assert {f"lesson {number}" for number in confirmed} <= held
        assert len(held) <= len(confirmed) + 1  # the one in progress may be held, which nobody knew yet
    assert kills >= 15
    assert confirmed == list(range(LESSONS))

    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    with closing(Store(path)) as store:
        assert store.notice == ""
        ids = Counter(told.id for thing in store.things() for told in store.lessons(thing.name))
        assert ids == Counter(f"lesson {number}" for number in range(LESSONS))
        assert sum(thing.pictures for thing in store.things()) == LESSONS * 3
        lessons = {lesson.id: lesson for lesson in store.recall()}
        for number in range(LESSONS):
            assert [each.jpeg for each in lessons[f"lesson {number}"].pictures] == [
                each.jpeg for each in numbered(number).pictures
            ]
        assert (lessons["lesson 199"].pictures[2].vectors[MODEL] == vector(599)).all()
        assert store.picture(store.pictures("thing 3")[-1]) == jpeg(199 * 3 + 2)
    assert beside(path) == [path]
