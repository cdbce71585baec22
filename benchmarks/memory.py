"""Resident memory: after the start, after many frames, for one more idle connection."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from benchmarks.camera import watch
from benchmarks.client import Client, run
from benchmarks.measurement import Measurement
from benchmarks.server import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.measurement import Effort
    from benchmarks.server import Server

MEGABYTE, KILOBYTE = 1e6, 1e3
WARM, IDLE = 20, 500  # connections
CLIENTS = 16
AT_ONCE = 1.0  # seconds of frames between two counts


def memory(effort: Effort) -> Iterator[Measurement]:
    """Measure the default config with the built-in model."""
    with serving() as server:
        server.wait()
        yield Measurement("memory: after the start", server.memory / MEGABYTE, "MB", 200, "at most")
        libraries = server.maps("site-packages/tensorflow/")
        yield Measurement("memory: libraries of TensorFlow in it", libraries, "files", 0, "at most")
        idle = run(_idle(server)) / KILOBYTE
        yield Measurement(f"memory: one of {IDLE} idle connections", idle, "kB", 100, "at most")
    with serving() as server:
        server.wait()
        count = 0
        while count < effort.frames:
            count += sum(map(len, run(watch(server, CLIENTS, AT_ONCE))))
        yield Measurement(f"memory: after {effort.frames:,} frames", server.memory / MEGABYTE, "MB", 200, "at most")


async def _idle(server: Server) -> float:
    """Return the bytes that one more connection takes that has said hello."""
    clients = [await _greeted(server) for _ in range(WARM)]
    await asyncio.sleep(1)
    before = server.memory
    clients += [await _greeted(server) for _ in range(IDLE)]
    await asyncio.sleep(1)
    bytes_each = (server.memory - before) / IDLE
    for client in clients:
        client.close()
    return bytes_each


async def _greeted(server: Server) -> Client:
    client = await Client.connect(server.host, server.port, "cortex.v1")
    await client.greet(["vision", "hearing", "reading"])
    return client
