"""Frames a second through the whole server, against the bare loop on the same model and cores."""

from __future__ import annotations

import os
import statistics
from typing import TYPE_CHECKING

from benchmarks.bare import bare_loops
from benchmarks.camera import watch
from benchmarks.client import run
from benchmarks.measurement import Measurement
from benchmarks.models import models
from benchmarks.server import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.measurement import Effort
    from benchmarks.models import Model

CLIENTS = (1, 4, 16)
MOST = 4  # frames at once, the classifier's own limit
HOLD = 0.85


def frames(effort: Effort) -> Iterator[Measurement]:
    """Measure every model.

    The bare loop has one thread. Several clients are measured against one such loop, and, harder, against as many at
    once as the classifier has interpreters, one a core. The clients run on the same cores.
    """
    for model in models():
        yield from _frames(model, effort)


def _frames(model: Model, effort: Effort) -> Iterator[Measurement]:
    cores = min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, MOST)
    widths = {count: min(count, cores) for count in CLIENTS}
    bare: dict[int, list[float]] = {width: [] for width in widths.values()}
    through: dict[int, list[float]] = {count: [] for count in CLIENTS}
    with serving(*model.options) as server, bare_loops(model.path, cores) as loops:
        server.wait()
        for _ in range(effort.rounds):
            for width, rates in bare.items():
                rates.append(loops(effort.seconds, width))
                for count in CLIENTS:
                    if widths[count] == width:
                        looks = run(watch(server, count, effort.seconds))
                        through[count].append(sum(map(len, looks)) / effort.seconds)
    for width, rates in bare.items():
        loop = "one bare loop" if width == 1 else f"{width} bare loops at once"
        yield Measurement(f"frames, {model.name}: {loop}", statistics.median(rates), "1/s")
    for count, rates in through.items():
        clients = "1 client" if count == 1 else f"{count} clients"
        yield Measurement(f"frames, {model.name}: {clients}", statistics.median(rates), "1/s")
        for width in sorted({1, widths[count]}):
            ratio = statistics.median(mine / loop for mine, loop in zip(rates, bare[width], strict=True))
            loop = "one loop" if width == 1 else f"{width} loops"
            yield Measurement(f"frames, {model.name}: {clients} / {loop}", ratio, "ratio", HOLD)
