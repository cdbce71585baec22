"""`python -m training DATA -o OUT`: train the built-in model, then export it."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import click


@click.command()
@click.argument("data", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "-o", "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Where everything goes."
)
@click.option("--epochs", default=16.0, show_default=True)
@click.option("--batch", default=64, show_default=True)
@click.option("--peak", default=0.12, show_default=True, help="The highest learning rate.")
@click.option("--seed", default=1, show_default=True)
@click.option("--precision", default="mixed_bfloat16", show_default=True, help="A Keras dtype policy.")
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
    from training.names import NAMES
    from training.trainer import Plan, Trainer

    out.mkdir(parents=True, exist_ok=True)
    cache = out / "cache"
    learn, held_out = pictures.training(data, cache), pictures.held_out(data, cache)
    plan = Plan(epochs=epochs, batch=batch, peak=peak, seed=seed, precision=precision)
    trainer = Trainer(out, plan, network.SMALL, len(NAMES))
    if not (resume and trainer.resume()):
        (out / "log.csv").unlink(missing_ok=True)
    trainer.train(learn, held_out.known)
    # TensorFlow's converter needs TensorFlow's backend, hence a process of its own.
    environment = os.environ | {"KERAS_BACKEND": "tensorflow"}
    subprocess.run([sys.executable, "-m", "training.export", str(data), str(out)], check=True, env=environment)


if __name__ == "__main__":
    train()
