"""`cortex models`: what the classifier can look with, and fetching more of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import click
import msgspec

from cortex import ModelError
from cortex_classifier.application import NETWORKS, checked, file_of, folder
from cortex_classifier.network import BUILTIN
from cortex_classifier.pull import HOST
from cortex_classifier.pull import pull as fetch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Listed(NamedTuple):
    """A model that `model:` can name."""

    name: str
    path: Path | None
    """Where it lies; `None`: it would have to be pulled."""

    @property
    def size(self) -> int:
        """Return its size on disk in bytes."""
        return self.path.stat().st_size if self.path else 0


class Misnamed(click.ClickException):
    """A name that there is no network of: wrong use."""

    exit_code = 2


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.pass_context
def models(context: click.Context, *, as_json: bool) -> None:
    """List the models that the classifier can use by name, or pull one."""
    if context.invoked_subcommand is not None:
        return
    for listed in _listed():
        path = str(listed.path) if listed.path else None
        if as_json:
            line = {"name": listed.name, "ready": path is not None, "bytes": listed.size, "path": path}
            click.echo(msgspec.json.encode(line).decode())
        else:
            state = f"{listed.size / 1e6:.1f} MB" if path else f"cortex models pull {listed.name}"
            click.echo(f"{listed.name:<20} {'ready' if path else '-':<6} {state}")
    if not as_json:
        click.echo(f"\nWhat is pulled lies in {folder()}")


@models.command()
@click.argument("name")
@click.option("--mirror", default=HOST, show_default=True, metavar="URL", help="Where to ask for the weights.")
@click.option("--timeout", default=30.0, show_default=True, help="Seconds that the host may be silent.")
@click.option("--force", is_flag=True, help="Fetch it even if it is there.")
def pull(name: str, mirror: str, timeout: float, *, force: bool) -> None:
    """Fetch the network NAME of Keras Applications, trained on ImageNet, ready for `model: NAME`."""
    try:
        path = file_of(checked(name))
    except ModelError as error:
        raise Misnamed(str(error)) from error
    if path.is_file() and not force:
        click.echo(f"{name} is there already: {path}")
        return
    try:
        path = fetch(name, mirror, timeout)
    except ModelError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{name} is ready: {path} ({path.stat().st_size / 1e6:.1f} MB)")


def _listed() -> Iterator[Listed]:
    if BUILTIN.is_file():
        yield Listed("builtin", BUILTIN)
    paths = {name: file_of(name) for name in sorted(NETWORKS)}
    yield from (Listed(name, path) for name, path in paths.items() if path.is_file())
    yield from (Listed(name, None) for name, path in paths.items() if not path.is_file())
