"""`cortex run`: serve the bot."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import webbrowser
from typing import TYPE_CHECKING, Any

import click

from cortex.cli.options import config_options
from cortex.config import load_config

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@click.command()
@config_options
@click.option("--host", help="Host name or address to listen on; 0.0.0.0 for every network.")
@click.option("--port", type=click.IntRange(0, 65535), help="TCP port; 0 takes any free one.")
@click.option("--open", "open_page", is_flag=True, help="Open the page in the browser.")
@click.option("--reload", is_flag=True, help="Reload a plugin when one of its files is saved.")
@click.option("--verbose", "-v", is_flag=True, help="Log more.")
def run(
    path: Path | None,
    sets: tuple[str, ...],
    host: str | None,
    port: int | None,
    open_page: bool,
    reload: bool,
    verbose: bool,
) -> None:
    """Serve the bot until Ctrl-C."""
    from cortex.bot import VERSION
    from cortex.reload import check_watchfiles
    from cortex.server import serve  # Quart takes half a second to import; the other commands need not wait for it

    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING, format="%(levelname)s %(name)s: %(message)s"
    )
    wanted = {"server.host": host, "server.port": port}
    sets = (*sets, *(f"{key}={json.dumps(value)}" for key, value in wanted.items() if value is not None))
    config = load_config(path, sets)
    for handler in logging.getLogger().handlers:
        handler.addFilter(config.secrets.filter())

    def serving(address: str) -> None:
        click.echo(f"Cortex {VERSION} is serving on {address} (Ctrl-C stops it)")
        if open_page:
            webbrowser.open(address)

    if reload:
        check_watchfiles()
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(serve(config, serving, click.echo if reload else None))


def _loop_factory() -> Callable[[], Any] | None:
    """Return uvloop's, where there is one."""
    if sys.platform == "win32":
        return None
    import uvloop

    factory: Callable[[], Any] = uvloop.new_event_loop
    return factory
