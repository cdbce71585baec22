"""The loss and the accuracy of each epoch, as a picture."""

import csv
from itertools import pairwise
from pathlib import Path


def draw(out: Path) -> None:
    """Draw what `log.csv` in a folder says as `training.png` beside it."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    with (out / "log.csv").open(encoding="utf-8") as lines:
        rows = [{key: float(value) for key, value in row.items()} for row in csv.DictReader(lines)]
    epochs = [row["epoch"] for row in rows]
    figure, left = pyplot.subplots(figsize=(8, 4.5), layout="constrained")
    right = left.twinx()
    left.plot(epochs, [row["loss"] for row in rows], color="tab:blue", marker=".")
    right.plot(epochs, [row["held_out_top1"] for row in rows], color="tab:orange", marker=".")
    left.set(xlabel="epoch", title="Training the built-in model")
    left.set_ylabel("loss on training pictures", color="tab:blue")
    right.set_ylabel("top-1 on held-out pictures", color="tab:orange")
    for before, row in pairwise(rows):
        if row["side"] != before["side"]:
            left.axvline(before["epoch"], color="grey", linestyle=":")
            left.annotate(f" {row['side']:.0f} px", (before["epoch"], left.get_ylim()[1]), va="top", color="grey")
    figure.savefig(out / "training.png", dpi=100)
