"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable


def config_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--config` and `--set` to a command."""
    command = click.option(
        "--set",
        "sets",
        multiple=True,
        metavar="KEY.PATH=VALUE",
        help="Override one key of the config, such as plugins.classifier.top=5; may be repeated.",
    )(command)
    return click.option(
        "--config",
        "-c",
        "path",
        type=click.Path(dir_okay=False, path_type=Path),
        help="The config file. Default: config.yaml in this folder, else the one inside the package.",
    )(command)


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
