"""`cortex train`: a new model for the classifier from a folder of pictures."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from cortex import CortexError

if TYPE_CHECKING:
    from cortex_trainer.folder import Folder
    from cortex_trainer.progress import Teller
    from cortex_trainer.training import Result

NAMED = 10
"""Unreadable pictures that are named one by one."""


class Misused(click.ClickException):
    """What was asked for cannot be done as it is: the person has to change something."""

    exit_code = 2


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("-o", "--output", required=True, metavar="FILE", type=click.Path(path_type=Path), help="The new .tflite.")
@click.option(
    "--base",
    default="builtin",
    show_default=True,
    help="The model to build on: builtin, a network that `cortex models pull` has fetched, or a .tflite file.",
)
@click.option("--fine-tune", is_flag=True, help="Train all weights of the base, not only a new last layer.")
@click.option("--epochs", type=click.IntRange(1), help="At most so many. [default: 40; 20 to fine-tune]")
@click.option("--seed", default=0, show_default=True, help="The same seed splits and trains in the same way.")
@click.option(
    "--validation",
    default=0.2,
    show_default=True,
    type=click.FloatRange(0.05, 0.5),
    help="Share of the pictures kept back.",
)
@click.option(
    "--views", default=4, show_default=True, type=click.IntRange(0, 64), help="Augmented views of each picture."
)
@click.option("--force", is_flag=True, help="Overwrite the output.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
def train(
    folder: Path,
    output: Path,
    base: str,
    epochs: int | None,
    seed: int,
    validation: float,
    views: int,
    *,
    fine_tune: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Train a model on FOLDER, which has one folder of pictures for each label.

    The folder `unlabelled` is left out. The file holds its labels, and is used as `model: FILE` of the classifier.
    """
    from cortex_trainer import base as bases
    from cortex_trainer import folder as folders
    from cortex_trainer import report
    from cortex_trainer.progress import Teller
    from cortex_trainer.training import Plan
    from cortex_trainer.training import train as trained

    teller = Teller()
    _check_output(output, force=force)
    try:
        found = folders.read(folder)
        _tell(found, teller)
        plan = Plan(fine_tune=fine_tune, epochs=epochs, seed=seed, validation=validation, views=views)
        result = trained(found, bases.opened(base), plan, teller)
    except CortexError as error:
        raise Misused(str(error)) from error
    _warn(result, teller)
    try:
        _write(output, result.content)
    except OSError as error:
        raise click.ClickException(f"{output} cannot be written: {error.strerror or error}") from error
    if as_json:
        click.echo(msgspec.json.encode(report.as_json(result, output, base, found.unlabelled)).decode())
        return
    from rich.console import Console

    report.show(result, Console(file=sys.stdout, soft_wrap=True, highlight=False))
    click.echo(f"{output} is ready ({len(result.content) / 1e6:.1f} MB). In config.yaml, under `classifier`:")
    click.echo(f"    model: {output}")


def _check_output(output: Path, *, force: bool) -> None:
    """Refuse, before any work, an output that could not be written or would not be read."""
    if output.suffix.lower() != ".tflite":
        raise Misused(f"{output}: the name of the output has to end in .tflite")
    if output.is_dir():
        raise Misused(f"{output} is a folder; name a file in it, such as {output / 'my.tflite'}")
    if not output.parent.is_dir():
        raise Misused(f"{output.parent}: there is no such folder to write to")
    if not os.access(output.parent, os.W_OK):
        raise Misused(f"{output.parent} cannot be written to: choose another folder for the output")
    if output.exists() and not force:
        raise Misused(f"{output} exists already; --force overwrites it")
    beside = [output.with_suffix(".labels.txt"), output.with_name("labels.txt"), output.with_suffix(".txt")]
    if (other := next((path for path in beside if path.is_file()), None)) is not None:
        raise Misused(
            f"{other} would be read instead of the labels inside {output.name}: move it, or choose another folder"
        )


def _tell(folder: Folder, teller: Teller) -> None:
    if folder.unlabelled:
        teller.say(f"Left out: the folder `unlabelled` (pictures that nobody has named: {folder.unlabelled}).")
    if folder.aside:
        teller.say(f"Left out: pictures that lie in {folder.root} itself, in no folder with a label ({folder.aside}).")


def _warn(result: Result, teller: Teller) -> None:
    for path, reason in list(result.skipped.items())[:NAMED]:
        teller.say(f"{path} was left out: {reason}")
    if len(result.skipped) > NAMED:
        teller.say(f"... and {len(result.skipped) - NAMED} more pictures that cannot be read.")
    for label in result.torn:
        teller.say(
            f"All pictures of {label!r} look as if they were of one moment: how well it is known is not known. "
            "Take some more another time."
        )


def _write(output: Path, content: bytes) -> None:
    """Write a file whole, or not at all."""
    handle, name = tempfile.mkstemp(prefix=f".{output.name}.", dir=output.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(0o666 & ~umask)
        Path(name).replace(output)
    finally:
        Path(name).unlink(missing_ok=True)
