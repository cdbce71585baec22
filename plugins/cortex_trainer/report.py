"""What came of a training: accuracy with its interval, and what is taken for what. For people, or as JSON."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from rich.console import Console

    from cortex_trainer.training import Result

CERTAIN = 1.96
"""Standard deviations of a 95 % interval."""
WIDEST = 12
"""Labels up to which the whole table of confusions is shown."""
MISTAKES = 10


def interval(hits: int, of: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share."""
    share, square = hits / of, CERTAIN**2 / of
    middle = (share + square / 2) / (1 + square)
    reach = CERTAIN / (1 + square) * math.sqrt(share * (1 - share) / of + square / (4 * of))
    return round(max(0.0, middle - reach), 6), round(min(1.0, middle + reach), 6)


def confusion(result: Result) -> NDArray[np.int64]:
    """Return how many pictures of each label, row by row, got each label."""
    table = np.zeros((len(result.labels), len(result.labels)), np.int64)
    np.add.at(table, (result.numbers, result.scores.argmax(axis=1)), 1)
    return table


def as_json(result: Result, output: Path, base: str, unlabelled: int) -> dict[str, Any]:
    """Return the report as one object."""
    table = confusion(result)
    hits, of = int(np.trace(table)), int(table.sum())
    low, high = interval(hits, of)
    return {
        "model": str(output),
        "base": base,
        "fine_tuned": result.fine_tuned,
        "bytes": len(result.content),
        "accuracy": {"share": hits / of, "low": low, "high": high, "right": hits, "of": of},
        "labels": [
            {"name": name, "pictures": count, "validated": int(row.sum()), "right": int(row[place])}
            for place, (name, count, row) in enumerate(zip(result.labels, result.counts, table, strict=True))
        ],
        "confusion": table.tolist(),
        "threshold": result.threshold,
        "temperature": result.temperature,
        "epochs": result.epochs,
        "seconds": round(result.seconds, 1),
        "validation": [str(path) for path in result.paths],
        "skipped": {str(path): reason for path, reason in result.skipped.items()},
        "unlabelled": unlabelled,
        "one_burst": result.torn,
    }


def show(result: Result, console: Console) -> None:
    """Print the report."""
    table = confusion(result)
    hits, of = int(np.trace(table)), int(table.sum())
    low, high = interval(hits, of)
    console.print(f"Right: {hits / of:.1%} of {of} pictures that it did not learn from ({low:.0%} to {high:.0%}).")
    if len(result.labels) <= WIDEST:
        _whole(result, table, console)
    else:
        for line in _mistakes(result, table):
            console.print(line, markup=False)
    console.print(f"Sure from a score of {result.threshold:.2f}. {result.seconds:.0f} s.")


def _whole(result: Result, table: NDArray[np.int64], console: Console) -> None:
    from rich.markup import escape
    from rich.table import Table

    shown = Table(title="rows: what it is; columns: what it is taken for")
    shown.add_column("")
    for name in result.labels:
        shown.add_column(escape(name), justify="right")
    shown.add_column("right", justify="right")
    for place, (name, row) in enumerate(zip(result.labels, table, strict=True)):
        cells = [f"[bold]{count}[/bold]" if column == place else str(count or "") for column, count in enumerate(row)]
        shown.add_row(escape(name), *cells, f"{row[place] / row.sum():.0%}")
    console.print(shown)


def _mistakes(result: Result, table: NDArray[np.int64]) -> Iterator[str]:
    """Yield the most frequent confusions."""
    wrong = table - np.diag(np.diag(table))
    for number in np.argsort(-wrong, axis=None, kind="stable")[:MISTAKES]:
        row, column = divmod(int(number), len(result.labels))
        if count := int(wrong[row, column]):
            yield f"{result.labels[row]} is taken for {result.labels[column]}: {count} of {table[row].sum()}"
