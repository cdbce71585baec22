"""Measurements for people and for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.measurement import Measurement

VERDICTS = {True: "[green]yes[/]", False: "[bold red]no[/]", None: ""}


def table(measurements: Iterable[Measurement]) -> Table:
    """Return the table; each value stands beside the number to hold."""
    rows = Table("what", title="Cortex, measured")
    for name in ("measured", "unit", "to hold", "holds"):
        rows.add_column(name, justify="right" if name in ("measured", "to hold") else "left", no_wrap=True)
    for one in measurements:
        bar = "" if one.bar is None else f"{one.hold} {_number(one.bar)}"
        rows.add_row(one.name, _number(one.value), one.unit, bar, VERDICTS[one.holds])
    return rows


def as_json(measurements: Iterable[Measurement]) -> str:
    """Return a list of `{"name", "value", "unit", "bar"}`, the bar null where there is none."""
    fields = ("name", "value", "unit", "bar")
    return json.dumps([{field: getattr(one, field) for field in fields} for one in measurements], indent=2) + "\n"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:.3g}"
