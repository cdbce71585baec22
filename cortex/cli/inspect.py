"""`cortex plugins` and `cortex check`: what is there, and what is wrong."""

from __future__ import annotations

import asyncio
import json
import logging
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import click

from cortex.bot import Bot
from cortex.cli.options import config_options, json_option
from cortex.config import load_config
from cortex.errors import ConfigError
from cortex.health import State
from cortex.plugins import Plugins, available

if TYPE_CHECKING:
    from pathlib import Path

    from cortex.config import ServerSettings

PATIENCE = 10.0  # seconds that a plugin may take to start; one that takes longer is shown as starting


@click.command()
@config_options
@json_option
def plugins(path: Path | None, sets: tuple[str, ...], as_json: bool) -> None:
    """List the plugins: available, enabled, failed and why.

    Where a server of this config runs, it is asked how its plugins are; else each is started to see whether it can be.
    """
    logging.disable(logging.CRITICAL)  # what the log would say stands in the table
    config = load_config(path, sets)
    rows = _ask(config.server)
    source = "as the running server has them"
    if rows is None:
        bot = Bot(config)
        asyncio.run(_try(bot))
        rows = [{"name": row.name, "state": row.state.value, "reason": row.reason} for row in bot.statuses]
        source = "tried just now; no server of this config is running"
    names = {row["name"] for row in rows}
    installed = available()
    rows += [{"name": name, "state": "available", "reason": ""} for name in sorted(installed) if name not in names]
    for row in rows:
        row["module"] = ", ".join(point.value for point in installed.get(row["name"], []))
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    _table(rows, source)


async def _try(bot: Bot) -> None:
    await bot.start(PATIENCE)
    await bot.stop()


def _ask(settings: ServerSettings) -> list[dict[str, Any]] | None:
    """Ask a running server; `None` where there is none, or something else listens there."""
    if settings.tls is not None or settings.port == 0:
        return None  # its certificate may be one that only browsers were told to trust
    try:
        with urllib.request.urlopen(f"http://{settings.host}:{settings.port}/plugins", timeout=1) as answer:
            rows = json.load(answer)
    except (OSError, urllib.error.URLError, ValueError):
        return None
    known = isinstance(rows, list) and all(
        isinstance(row, dict) and {"name", "state", "reason"} <= row.keys() for row in rows
    )
    return rows if known else None


def _table(rows: list[dict[str, Any]], source: str) -> None:
    from rich.console import Console
    from rich.table import Table

    colours = {"working": "green", "failed": "red", "benched": "yellow", "starting": "cyan"}
    table = Table("plugin", "state", "module", "why", caption=f"enabled plugins: {source}", box=None)
    for row in rows:
        colour = colours.get(row["state"], "dim")
        table.add_row(row["name"], f"[{colour}]{row['state']}[/]", row["module"], row["reason"])
    Console().print(table)


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
    failed = [plugin.status for plugin in found.all if plugin.health.state is State.FAILED]
    for status in failed:
        click.echo(f"{status.name}: {status.reason}", err=True)
    if failed:
        raise SystemExit(1)
    click.echo(f"{path or config.source}: fine, {len(found.all)} plugins enabled")
