"""Time from the command to serving."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

from benchmarks.measurement import Measurement
from benchmarks.server import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.measurement import Effort


def start(effort: Effort) -> Iterator[Measurement]:
    """Start the default config; serving is when `/healthz` says so."""
    healthy: list[float] = []
    working: list[float] = []
    for _ in range(effort.starts):
        began = time.perf_counter()
        with serving() as server:
            healthy.append(time.perf_counter() - began)
            server.wait()
            working.append(time.perf_counter() - began)
    yield Measurement("start: cortex run to serving", statistics.median(healthy), "s", 1.5, "at most")
    yield Measurement("start: cortex run to every plugin working", statistics.median(working), "s")
