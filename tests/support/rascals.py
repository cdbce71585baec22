"""Every way in which a `perceive` can misbehave: those that raise, and those that hang."""

from __future__ import annotations

import asyncio
import sys
import threading
from typing import Any

import numpy as np

from cortex import Cortex, Label, Say, Show

GATES: dict[str, Any] = {}
"""What the hanging ones wait for; a test opens them all at its end."""


async def raise_at_once(self, stimulus, session):
    raise ValueError("I will not")


async def raise_in_a_stream(self, stimulus, session):
    yield Say("I begin")
    raise ValueError("I will not")


def raise_in_a_thread(self, stimulus, session):
    raise ValueError("I will not")


def raise_in_a_generator(self, stimulus, session):
    yield Say("I begin")
    raise ValueError("I will not")


def leave_the_process(self, stimulus, session):
    sys.exit(1)


async def leave_the_process_asynchronously(self, stimulus, session):
    sys.exit(1)


async def cancel_itself(self, stimulus, session):
    raise asyncio.CancelledError


def say_what_cannot_be_sent(self, stimulus, session):
    return Show((Label("x", np.float32(0.5)),))


RAISING = [
    raise_at_once,
    raise_in_a_stream,
    raise_in_a_thread,
    raise_in_a_generator,
    leave_the_process,
    leave_the_process_asynchronously,
    cancel_itself,
    say_what_cannot_be_sent,
]


async def hang(self, stimulus, session):
    await asyncio.Event().wait()


async def hang_in_a_stream(self, stimulus, session):
    yield Say("I begin")
    await asyncio.Event().wait()


async def hang_and_ignore_that_it_was_cancelled(self, stimulus, session):
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        await GATES.setdefault("async", asyncio.Event()).wait()


def hang_in_a_thread(self, stimulus, session):
    GATES.setdefault("thread", threading.Event()).wait()


def hang_in_a_generator(self, stimulus, session):
    yield Say("I begin")
    GATES.setdefault("thread", threading.Event()).wait()


HANGING = [hang, hang_in_a_stream, hang_and_ignore_that_it_was_cancelled, hang_in_a_thread, hang_in_a_generator]


def open_gates() -> None:
    """Let go of what hangs."""
    for gate in GATES.values():
        gate.set()
    GATES.clear()


def cortex_of(perceive: Any, perceives: str = "reading") -> Cortex:
    """Return a cortex with this function for its `perceive`."""
    return type("Bad", (Cortex,), {"perceive": perceive, "perceives": frozenset({perceives})})(None)  # type: ignore[no-any-return]
