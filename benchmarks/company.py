"""The classifier in bad company: beside plugins that hang, raise and are slow, against the same server without them."""

from __future__ import annotations

import statistics
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.camera import watch
from benchmarks.client import run
from benchmarks.measurement import Measurement
from benchmarks.server import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.measurement import Effort
    from benchmarks.server import Server

CLIENTS = (1, 4)
LEAST = 0.9  # of the frames a second
MOST = 1.1  # of the latency

PLUGIN = """
import threading, time
from cortex import Cortex, hookimpl

class Bad(Cortex):
    perceives = {{"vision"}}

    def perceive(self, frame, session):
        {body}

@hookimpl
def register_cortexes(register):
    register("{name}", Bad)
"""
BODIES = {"hanging": "threading.Event().wait()", "raising": "raise ValueError('no')", "slow": "time.sleep(0.3)"}


def company(effort: Effort) -> Iterator[Measurement]:
    """Measure frames a second and the time from capture to answer, one server after the other, in turn."""
    with TemporaryDirectory() as folder, ExitStack() as stack:
        for name, body in BODIES.items():
            (Path(folder) / f"{name}.py").write_text(PLUGIN.format(name=name, body=body))
        bad = "".join(f"  {name}:\n" for name in BODIES)
        plugins = "plugins:\n  dialogue:\n  classifier: {model: builtin}\n  greeter:\n"
        alone = stack.enter_context(serving(config=plugins))
        beside = stack.enter_context(serving(config=f"plugin_dirs: [{folder}]\n{plugins}{bad}"))
        for server in (alone, beside):
            server.wait()
        for count in CLIENTS:
            yield from _compare(alone, beside, count, effort)


def _compare(alone: Server, beside: Server, count: int, effort: Effort) -> Iterator[Measurement]:
    rates: list[float] = []
    latencies: list[float] = []
    for _ in range(effort.rounds):
        (rate, latency), (worse_rate, worse_latency) = (_watch(server, count, effort) for server in (alone, beside))
        rates.append(worse_rate / rate)
        latencies.append(worse_latency / latency)
    who = "1 client" if count == 1 else f"{count} clients"
    yield Measurement(f"bad company, {who}: frames/s with / without", statistics.median(rates), "ratio", LEAST)
    latency = statistics.median(latencies)
    yield Measurement(f"bad company, {who}: latency with / without", latency, "ratio", MOST, "at most")


def _watch(server: Server, count: int, effort: Effort) -> tuple[float, float]:
    looks = [look for eye in run(watch(server, count, effort.seconds, tolerant=True)) for look in eye]
    return len(looks) / effort.seconds, statistics.median(look.age + look.took for look in looks)
