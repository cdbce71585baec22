"""Sentences a second, against a bare echo on the same kind of server."""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import echo
from benchmarks.client import Client, run
from benchmarks.measurement import Measurement
from benchmarks.server import running, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.measurement import Effort
    from benchmarks.server import Server

WINDOW = 32  # sentences that are under way at once
WARM = 0.2  # seconds
CONFIG = """
senses: {reading:}
actuators: {display:, voice:}
plugins: {echo:}
"""
SENTENCE = {"type": "stimulus", "sense": "reading", "text": "A sentence of some ten words, as people type them."}


def sentences(effort: Effort) -> Iterator[Measurement]:
    """Measure the echo plugin alone, and beside the plugins of the default config."""
    bare_command = [sys.executable, str(Path(echo.__file__))]
    with (
        running(bare_command) as bare,
        serving(config=CONFIG) as alone,
        serving("--set", "plugins.echo=") as default,
    ):
        default.wait()
        servers = {"bare": (bare, ""), "alone": (alone, "cortex.v1"), "default": (default, "cortex.v1")}
        rates: dict[str, list[float]] = {name: [] for name in servers}
        for _ in range(effort.rounds):
            for name, (server, subprotocol) in servers.items():
                rates[name].append(run(_rate(server, effort.seconds, subprotocol)))
    middle = {name: statistics.median(values) for name, values in rates.items()}
    ratios = {
        name: statistics.median(mine / bare for mine, bare in zip(rates[name], rates["bare"], strict=True))
        for name in ("alone", "default")
    }
    yield Measurement("sentences: bare Quart echo", middle["bare"], "1/s")
    yield Measurement("sentences: Cortex, echo plugin", middle["alone"], "1/s")
    yield Measurement("sentences: Cortex / bare echo", ratios["alone"], "ratio", 0.5)
    yield Measurement("sentences: Cortex with the default plugins / bare echo", ratios["default"], "ratio")


async def _rate(server: Server, seconds: float, subprotocol: str) -> float:
    """Return how many sentences a second come back, with a window of them under way."""
    client = await Client.connect(server.host, server.port, subprotocol)
    if subprotocol:
        await client.greet(["reading"])
    sentence = json.dumps(SENTENCE).encode()
    count = 0

    def answered(message: bytes) -> None:
        nonlocal count
        count += 1
        if b'"error"' in message:
            raise RuntimeError(message.decode())
        client.send(sentence)

    client.received = answered
    for _ in range(WINDOW):
        client.send(sentence)
    await asyncio.sleep(WARM)
    before, began = count, time.perf_counter()
    await asyncio.sleep(seconds)
    rate = (count - before) / (time.perf_counter() - began)
    client.close()
    return rate
