"""Lessons for the memory: small pictures, what a model might make of them, and children that teach until they die."""

from __future__ import annotations

import io
import os
import signal
import sys
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from cortex_teach.store import Lesson, Store, Taken

MODEL = "sha256:0f"
OTHER = "sha256:1e"
LENGTH = 8
NOON = 1_795_000_000.0


def beside(path):
    """What lies in the folder of a memory that is open nowhere, itself among it, but for the lock of who opens it."""
    return [each for each in path.parent.iterdir() if not each.name.startswith(f"{path.name}.lock")]


@cache
def jpeg(seed):
    """A JPEG that differs from that of any other seed."""
    pixels = np.random.default_rng(seed).integers(0, 255, (16, 16, 3)).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG")
    return buffer.getvalue()


def vector(seed, length=LENGTH):
    """What a model might make of a picture."""
    return np.random.default_rng([seed, length]).normal(size=length).astype(np.float32)


def taken(*seeds, model=MODEL):
    """Pictures with what a model makes of them; none where `model` is `None`."""
    return tuple(Taken(jpeg(seed), {} if model is None else {model: vector(seed)}) for seed in seeds)


def lesson(name, *seeds, model=MODEL, id=None, **of):  # noqa: A002 - the field is called so
    """A lesson with the pictures of these seeds."""
    when = of.pop("when", NOON)
    return Lesson(name, taken(*seeds, model=model), id or f"{name} {seeds} {of.get('denies', '')}", when, **of)


def numbered(number):
    """One of two hundred lessons, on one of seven things."""
    return lesson(f"thing {number % 7}", *range(number * 3, number * 3 + 3), id=f"lesson {number}", by="voice")


def say(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def teach_on(path, first, last):
    """Teach numbered lessons, print each number once its lesson is confirmed, and wait to be killed."""
    store = Store(path)
    for number in range(first, last):
        store.teach(numbered(number))
        say(number)
    signal.pause()


if __name__ == "__main__":  # for each line with the first and the last lesson, a child that teaches them
    for line in sys.stdin:
        child = os.fork()
        if not child:
            say(f"child {os.getpid()}")
            teach_on(Path(sys.argv[1]), *map(int, line.split()))
        _, status = os.waitpid(child, 0)
        say(f"ended by {os.WTERMSIG(status)}")
