"""`python -m training.evaluate DATA MODEL`: what a `.tflite` is worth, in the classifier's own code, as Markdown.

Choose on held-out training pictures (`--held-out`); measure on the validation pictures once, at the end.
"""

from pathlib import Path

import click
import numpy as np

from cortex_classifier.network import BUILTIN
from training import metrics, report
from training.damage import damaged
from training.eye import Eye
from training.pictures import held_out, validation

FLOAT = Path(__file__).parent / "float.tflite"
"""The built-in model before it was quantised."""
TIMED = 300
"""How many single frames are timed."""


@click.command()
@click.argument("data", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("model", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=BUILTIN)
@click.option("--held-out", "choosing", is_flag=True, help="Use held-out training pictures, not the validation ones.")
@click.option(
    "--float",
    "floating",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The same model in floats, as `python -m training` leaves it; the built-in one is known.",
)
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Another model, with its labels beside it, that is timed frame by frame in turn with this one.",
)
def evaluate(data: Path, model: Path, choosing: bool, floating: Path | None, against: Path | None) -> None:
    """Measure MODEL, by default the built-in one, on the pictures in DATA, the folder tiny-imagenet-200."""
    if floating is None and model.resolve() == BUILTIN.resolve():
        floating = FLOAT
    eye = Eye(model)
    pictures = held_out(data) if choosing else validation(data)
    known, unknown, nameless = pictures.known, pictures.unknown, pictures.nameless
    scores, others, unnamed = (eye.see(part.pixels) for part in (known, unknown, nameless))
    harmed, damages = damaged(known)
    harmed_scores = eye.see(harmed.pixels)

    print(f"## Measured on {'held-out training' if choosing else 'validation'} pictures\n")
    rows = {
        "pictures": f"{len(known)} of things with a name, {len(unknown)} of kept-out kinds, {len(nameless)} of kinds "
        "that it was trained on without a name",
        "top-1": str(metrics.top(scores, known.outputs, 1)),
        "top-5": str(metrics.top(scores, known.outputs, 5)),
    }
    if floating is not None:
        labels = model.with_name("labels.txt")
        exact = metrics.top(Eye(floating, labels).see(known.pixels), known.outputs, 1)
        lost = 100 * (exact.share - metrics.top(scores, known.outputs, 1).share)
        rows["top-1 in floats"] = f"{exact}, so {lost:+.2f} points are lost in 8 bits"
    low, high = metrics.area_interval(scores, others)
    sure = scores.max(axis=1) >= eye.threshold
    rows |= {
        "top-1 under camera-like damage": str(metrics.top(harmed_scores, known.outputs, 1)),
        "expected calibration error, 15 bins": f"{metrics.calibration_error(scores, known.outputs):.3f}",
        "named against kept-out kinds, AUROC": f"{metrics.area(scores, others):.3f} ({low:.3f} to {high:.3f})",
        "sure from": f"{eye.threshold:.2f}",
        "sure of things with a name": str(metrics.Share(int(sure.sum()), len(sure))),
        "of those right": str(metrics.top(scores[sure], known.outputs[sure], 1)),
        "sure, so wrong, of kept-out kinds": str(metrics.at_least(others, eye.threshold)),
        "sure, so wrong, of kinds without a name": str(metrics.at_least(unnamed, eye.threshold)),
        "size": f"{model.stat().st_size:,} bytes",
    }
    report.table(("what", "measured (95 % interval)"), rows.items())
    report.calibration(scores, known.outputs)
    report.damages(harmed_scores, known.outputs, damages)
    report.names(scores, known.outputs)
    report.confusions(scores, known.outputs)
    report.mistaken(others, eye.threshold)
    report.time(_times(eye, Eye(against) if against else None, known.pixels[:TIMED]), against)


def _times(eye: Eye, other: Eye | None, pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> list[float]:
    """The median milliseconds that a frame takes, of each model, in turn."""
    eyes = [eye, other] if other is not None else [eye]
    took = [[each.seconds(one) for each in eyes] for one in pixels]
    return [float(median) * 1000 for median in np.median(took, axis=0)]


if __name__ == "__main__":
    evaluate()
