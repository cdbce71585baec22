"""`cortex schema`: the JSON Schema of the config."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import click

from cortex.cli.options import config_options
from cortex.config import load_config
from cortex.configschema import config_schema
from cortex.doors import Doors
from cortex.portrait import there_are

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@config_options
def schema(path: Path | None, sets: tuple[str, ...]) -> None:
    """Print the JSON Schema of the config, with which an editor completes and checks it.

    `cortex schema > config.schema.json` makes the file that the first line of config.yaml points editors at. It has the
    options of every plugin that is installed or in a folder of the config's plugin_dirs; all of them are imported.
    What is wrong with the config goes to standard error, and changes nothing.
    """
    logging.disable(logging.CRITICAL)  # the schema says why a plugin cannot be imported
    config = load_config(path, sets)
    for problem in config.problems:
        click.echo(problem, err=True)
    described = config_schema(config, there_are(config, Doors(config.plugin_dirs)))
    click.echo(json.dumps(described, indent=2, ensure_ascii=False))
