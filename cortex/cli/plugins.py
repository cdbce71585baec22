"""`cortex plugins`: what is there, and how it is."""

from __future__ import annotations

import asyncio
import json
import logging
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import click
import msgspec

from cortex.bot import Bot
from cortex.cli.options import config_options, json_option
from cortex.cli.show import show
from cortex.config import load_config
from cortex.doors import Doors
from cortex.portrait import origin, there_are

if TYPE_CHECKING:
    from pathlib import Path

    from cortex.config import ServerSettings

PATIENCE = 10.0  # seconds that a plugin may take to start; one that takes longer is shown as starting
COLOURS = {"working": "green", "busy": "green", "failed": "red", "benched": "yellow", "starting": "cyan"}


@click.group(invoke_without_command=True)
@config_options
@json_option
@click.pass_context
def plugins(context: click.Context, path: Path | None, sets: tuple[str, ...], as_json: bool) -> None:
    """List the plugins: available, enabled, failed and why.

    Where a server of this config runs, it is asked how its plugins are; else each is started to see whether it can be.
    """
    if context.invoked_subcommand is not None:
        return
    logging.disable(logging.CRITICAL)  # what the log would say stands in the table
    config = load_config(path, sets)
    rows = _ask(config.server)
    source = "as the running server has them"
    if rows is None:
        bot = Bot(config)
        asyncio.run(_try(bot))
        rows = msgspec.to_builtins(bot.statuses)
        source = "tried just now; no server of this config is running"
        doors = bot.plugins.doors
    else:
        doors = Doors(config.plugin_dirs)
    names = {row["name"] for row in rows}
    there = there_are(config, doors)
    rows += [{"name": name, "state": "available", "reason": ""} for name in sorted(there) if name not in names]
    for row in rows:
        found = there.get(row["name"], [])
        row["module"] = ", ".join(each.module for each in found)
        row["from"] = ", ".join(map(origin, found))
    rows = config.secrets.hide_in(rows)
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    _table(rows, source)


plugins.add_command(show)


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
    from rich.markup import escape
    from rich.table import Table

    columns: dict[str, list[str]] = {
        "plugin": [escape(row["name"]) for row in rows],
        "state": [f"[{COLOURS.get(row['state'], 'dim')}]{row['state']}[/]" for row in rows],
        "from": [escape(row["from"]) for row in rows],
        "per s": [_number(row.get("rate") or None) for row in rows],
        "ms": [_number(row.get("median_ms")) for row in rows],
        "calls left": [_number(row.get("calls_left")) for row in rows],
        "why": [escape(row["reason"]) for row in rows],
    }
    columns = {head: cells for head, cells in columns.items() if any(cells) or head == "why"}
    table = Table(*columns, caption=f"enabled plugins: {source}", box=None)
    for cells in zip(*columns.values(), strict=True):
        table.add_row(*cells)
    Console().print(table)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}" if isinstance(value, float) else str(value)
