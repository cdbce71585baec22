"""`python -m training DATA -o OUT`: train the built-in model, draw how that went, then export it."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import click

from training.plan import Plan


@click.command()
@click.argument("data", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "-o", "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Where everything goes."
)
@click.option("--epochs", type=float, default=Plan.epochs, show_default=True)
@click.option("--batch", default=Plan.batch, show_default=True)
@click.option("--peak", type=float, default=Plan.peak, show_default=True, help="The highest learning rate.")
@click.option("--seed", default=Plan.seed, show_default=True)
@click.option("--precision", default=Plan.precision, show_default=True, help="A Keras dtype policy.")
@click.option(
    "--resume/--fresh", default=True, help="Go on from the last checkpoint, or start anew.", show_default=True
)
@click.option(
    "--backend", help="Keras backend; by default torch where it is installed (the fastest here), else tensorflow."
)
def train(
    data: Path,
    out: Path,
    epochs: float,
    batch: int,
    peak: float,
    seed: int,
    precision: str,
    resume: bool,
    backend: str | None,
) -> None:
    """Train the built-in model on DATA, the folder tiny-imagenet-200."""
    default = "torch" if importlib.util.find_spec("torch") else "tensorflow"
    os.environ["KERAS_BACKEND"] = backend or os.environ.get("KERAS_BACKEND") or default
    # Keras reads its backend when it is imported.
    from training import network, pictures
    from training.names import KINDS
    from training.plot import draw
    from training.trainer import Trainer

    cache = out / "cache"
    learn, held_out = pictures.training(data, cache), pictures.held_out(data, cache)
    if len(learn) < batch:
        raise click.UsageError(f"{data} has {len(learn)} pictures to learn from, and a batch has {batch}: --batch")
    out.mkdir(parents=True, exist_ok=True)
    plan = Plan(epochs=epochs, batch=batch, peak=peak, seed=seed, precision=precision)
    trainer = Trainer(out, plan, network.SMALL, len(KINDS))
    if not (resume and trainer.resume()):
        (out / "log.csv").unlink(missing_ok=True)
    trainer.train(learn, held_out.known)
    draw(out)
    # TensorFlow's converter needs TensorFlow's backend, hence a process of its own.
    environment = os.environ | {"KERAS_BACKEND": "tensorflow"}
    subprocess.run([sys.executable, "-m", "training.export", str(data), str(out)], check=True, env=environment)


if __name__ == "__main__":
    train()
