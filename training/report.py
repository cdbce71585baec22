"""Measurements as Markdown, for the model card."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from training import metrics
from training.damage import DAMAGES
from training.metrics import Outputs, Scores, Share
from training.names import NAMES

EDGES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)
WORST = 15


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table."""
    for row in (head, ["---"] * len(head), *rows):
        print(f"| {' | '.join(row)} |")


def calibration(scores: Scores, outputs: Outputs) -> None:
    """Print what scores promise and keep."""
    print("\n### Does it keep what its scores promise?\n")
    rows = [
        (f"{low:.0%} to {min(high, 1):.0%}", f"{mean:.1%}", str(share))
        for low, high, mean, share in metrics.promises(scores, outputs, EDGES)
    ]
    table(("best score", "on average", "right"), rows)


def damages(scores: Scores, outputs: Outputs, which: list[str]) -> None:
    """Print the accuracy under each damage."""
    print("\n### Under damage\n")
    names = np.array(which)
    rows = [(name, str(metrics.top(scores[names == name], outputs[names == name], 1))) for name in DAMAGES]
    table(("damage", "top-1"), rows)


def names(scores: Scores, outputs: Outputs) -> None:
    """Print the accuracy for each name, the best first."""
    print("\n### Name by name\n")
    said = scores.argmax(axis=1)
    shares = {
        name.english: Share(int((said[outputs == place] == place).sum()), int((outputs == place).sum()))
        for place, name in enumerate(NAMES)
    }
    ordered = sorted(shares.items(), key=lambda item: -item[1].share)
    table(("name", "top-1"), [(name, str(share)) for name, share in ordered])


def confusions(scores: Scores, outputs: Outputs) -> None:
    """Print which names are taken for which most often."""
    print("\n### Worst confusions\n")
    counts = np.zeros((len(NAMES), len(NAMES)), np.int64)
    np.add.at(counts, (outputs, scores.argmax(axis=1)), 1)
    np.fill_diagonal(counts, 0)
    rows = []
    for place in np.argsort(-counts, axis=None, kind="stable")[:WORST]:
        shown, called = divmod(int(place), len(NAMES))
        of = int((outputs == shown).sum())
        rows.append((NAMES[shown].english, NAMES[called].english, f"{counts[shown, called]} of {of}"))
    table(("shown", "called", "times"), rows)


def mistaken(others: Scores, threshold: float) -> None:
    """Print what kept-out kinds are surely called."""
    print("\n### What unknown things are surely called\n")
    sure = others[others.max(axis=1) >= threshold]
    counts = np.bincount(sure.argmax(axis=1), minlength=len(NAMES))
    rows = [(NAMES[place].english, str(counts[place])) for place in np.argsort(-counts, kind="stable")[:10]]
    table(("called", f"times, of {len(others)}"), rows)


def time(milliseconds: list[float], against: Path | None) -> None:
    """Print how long a frame takes, the only figure that isn't the same each time."""
    print("\n### Time a frame, in LiteRT, one thread\n")
    rows = [("this model", f"{milliseconds[0]:.2f} ms")]
    if against is not None:
        rows += [(against.name, f"{milliseconds[1]:.2f} ms"), ("ratio", f"{milliseconds[0] / milliseconds[1]:.2f}")]
    table(("model", "median"), rows)
