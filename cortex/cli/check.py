"""`cortex check`: what is wrong with the config."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import click

from cortex.cli.options import config_options
from cortex.config import load_config
from cortex.errors import ConfigError
from cortex.health import State
from cortex.lonely import lonely
from cortex.plugins import Plugins

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@config_options
def check(path: Path | None, sets: tuple[str, ...]) -> None:
    """Check the config: print all that is wrong with it (exit code 2), or with its plugins (exit code 1).

    Plugins are imported, but not started: `cortex plugins` tells whether a model can be loaded.
    """
    logging.disable(logging.CRITICAL)
    config = load_config(path, sets)
    found = Plugins(config)
    if problems := [*config.problems, *found.problems]:
        raise ConfigError(problems)
    failed = {plugin.name: plugin.health for plugin in found.all if plugin.health.state is State.FAILED}
    for name, health in failed.items():
        click.echo(config.secrets.hide(f"{name}: {health.reason}"), err=True)
    cortexes = {name: cortex for plugin in found.all for name, cortex in plugin.cortexes.items()}
    for name, reason in lonely(cortexes).items():
        click.echo(f"{name}: {reason}", err=True)
    if failed:
        raise SystemExit(1)
    click.echo(f"{path or config.source}: fine, {len(found.all)} plugins enabled")
