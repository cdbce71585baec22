"""`python -m training.evaluate DATA MODEL`: what a `.tflite` is worth, measured in LiteRT with one thread.

Choose on held-out training pictures (`--held-out`); measure on the validation pictures once, at the end.
"""

import time
from pathlib import Path
from typing import Any

import click
import numpy as np

from training import metrics
from training.names import NAMES
from training.pictures import Pictures, Pixels, held_out, validation

TIMED = 300
"""How many single frames are timed."""


class Eye:
    """A `.tflite` of ours in LiteRT."""

    def __init__(self, content: bytes) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self._interpreter = Interpreter(model_content=content, num_threads=1)
        self._runner: Any = self._interpreter.get_signature_runner()

    def see(self, pixels: Pixels) -> tuple[metrics.Scores, metrics.Scores]:
        """The scores and the embeddings of pictures (n, 64, 64, 3)."""
        seen = [self._runner(pixels=one[None]) for one in pixels]
        return np.concatenate([one["scores"] for one in seen]), np.concatenate([one["embedding"] for one in seen])

    def milliseconds(self, pixels: Pixels) -> float:
        """The median time that one frame takes, input and output included."""
        took = []
        for one in pixels:
            start = time.perf_counter()
            self._runner(pixels=one[None])
            took.append(time.perf_counter() - start)
        return float(np.median(took)) * 1000


@click.command()
@click.argument("data", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("model", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--held-out", "choosing", is_flag=True, help="Use held-out training pictures, not the validation ones.")
@click.option("--threshold", type=float, help="A score to report on; by default the best one of these pictures.")
@click.option("--names/--no-names", default=False, help="List each name's accuracy, and the worst confusions.")
def evaluate(data: Path, model: Path, choosing: bool, threshold: float | None, names: bool) -> None:
    """Measure MODEL on the pictures in DATA, the folder tiny-imagenet-200."""
    content = model.read_bytes()
    eye = Eye(content)
    pictures = held_out(data) if choosing else validation(data)
    known, unknown = pictures.known, pictures.unknown
    scores, _ = eye.see(known.pixels)
    others, _ = eye.see(unknown.pixels)
    at = threshold if threshold is not None else metrics.threshold(scores, known.outputs, others)
    sure = scores.max(axis=1) >= at
    origin = "held out of training" if choosing else "validation"
    print(f"pictures        {origin}: {len(known)} known, {len(unknown)} unknown")
    print(f"top-1           {metrics.top(scores, known.outputs, 1)}")
    print(f"top-5           {metrics.top(scores, known.outputs, 5)}")
    print(f"calibration     {metrics.calibration_error(scores, known.outputs):.3f} (expected error, 15 bins)")
    print(f"AUROC           {metrics.area(scores, others):.3f} (known against unknown)")
    print(f"threshold       {at:.2f}")
    print(f"  known, sure   {metrics.Share(int(sure.sum()), len(sure))}")
    print(f"  of them right {metrics.top(scores[sure], known.outputs[sure], 1)}")
    print(f"  unknown, sure {metrics.Share(int((others.max(axis=1) >= at).sum()), len(others))}")
    print(f"size            {len(content):,} bytes")
    print(f"time a frame    {eye.milliseconds(known.pixels[:TIMED]):.2f} ms")
    if names:
        _print_names(scores, known)


def _print_names(scores: metrics.Scores, known: Pictures) -> None:
    said = scores.argmax(axis=1)
    print("\nname by name")
    for output, name in enumerate(NAMES):
        chosen = known.outputs == output
        print(f"  {name.english:15} {metrics.Share(int((said[chosen] == output).sum()), int(chosen.sum()))}")
    confusions = np.zeros((len(NAMES), len(NAMES)), np.int64)
    np.add.at(confusions, (known.outputs, said), 1)
    np.fill_diagonal(confusions, 0)
    print("\nworst confusions")
    for place in np.argsort(-confusions, axis=None)[:15]:
        shown, called = divmod(int(place), len(NAMES))
        print(f"  {NAMES[shown].english} called {NAMES[called].english}: {confusions[shown, called]}")


if __name__ == "__main__":
    evaluate()
