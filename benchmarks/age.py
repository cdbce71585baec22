"""How old a frame is when its inference begins, while cameras make ten times the frames that the server can take."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from benchmarks.camera import watch
from benchmarks.client import BINARY, Client, run
from benchmarks.measurement import Measurement
from benchmarks.pictures import pictures
from benchmarks.server import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.camera import Look
    from benchmarks.measurement import Effort
    from benchmarks.server import Server

CLIENTS = 16
PAUSE = 0.02  # seconds between questions
TIMES = 10  # so many frames do the cameras make, for each that the server can take
MEGABYTE = 1e6
FLAT = 10.0  # megabytes: what Python and its allocators need of room to breathe


def age(effort: Effort) -> Iterator[Measurement]:
    """Measure cameras that keep to their credits, and rude ones, with the built-in model.

    The age is that when the answer is back, less the time for decode and infer: the way back is counted too, so what
    is told is a little more than it is. The round trip is that of as large a message on a connection of its own.
    """
    seconds = effort.seconds * effort.rounds
    with serving() as server:
        server.wait()
        capacity = sum(map(len, run(watch(server, CLIENTS, effort.seconds)))) / effort.seconds
        for rude in (False, True):
            period = (CLIENTS if rude else 1) / (TIMES * capacity)  # a polite one alone makes as many
            before = server.memory
            looks, trips = run(_watch_and_ask(server, seconds, period, rude=rude))
            kind = "rude" if rude else "polite"
            yield from _ages(f"age, {kind} cameras", looks, trips)
            growth = (server.memory - before) / MEGABYTE
            yield Measurement(f"age, {kind} cameras: memory grows by", growth, "MB", FLAT, "at most")


async def _watch_and_ask(
    server: Server, seconds: float, period: float, *, rude: bool
) -> tuple[list[list[Look]], list[float]]:
    trips: list[float] = []
    asking = asyncio.create_task(_ask(server, trips))
    looks = await watch(server, CLIENTS, seconds, period, rude=rude)
    asking.cancel()
    return looks, trips


async def _ask(server: Server, trips: list[float]) -> None:
    """Measure round trips, for as long as it is let: what the server does not know, it answers at once."""
    client = await Client.connect(server.host, server.port, "cortex.v1")
    message = b'{"type": "nothing"}\n' + pictures(1)[0]
    back = asyncio.Event()
    client.received = lambda _: back.set()
    try:
        while True:
            began = time.perf_counter()
            client.send(message, BINARY)
            await back.wait()
            trips.append(time.perf_counter() - began)
            back.clear()
            await asyncio.sleep(PAUSE)
    finally:
        client.close()


def _ages(name: str, looks: list[list[Look]], trips: list[float]) -> Iterator[Measurement]:
    every = [look for eye in looks for look in eye]
    for part in (50, 95):
        bar = _percentile(part, [look.took for look in every]) + _percentile(part, trips)
        value = _percentile(part, [look.age for look in every])
        label = "median" if part == 50 else f"{part}th percentile"
        yield Measurement(f"{name}: {label}", value * 1000, "ms", bar * 1000, "at most")
    counts = list(map(len, looks))
    yield Measurement(f"{name}: frames of the least / the most served", min(counts) / max(counts), "ratio")


def _percentile(part: int, values: list[float]) -> float:
    return sorted(values)[len(values) * part // 100]
