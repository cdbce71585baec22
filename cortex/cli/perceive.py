"""`cortex see` and `cortex hear`: the same route as in the browser, without one."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from cortex.action import Attend, Say, Show
from cortex.bot import Bot
from cortex.cli.options import config_options, json_option
from cortex.config import load_config
from cortex.health import State
from cortex.local import check_perceived, perceive

if TYPE_CHECKING:
    from cortex.local import Ledger
    from cortex.messages import Deed


@click.command()
@click.argument("images", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="IMAGE...")
@config_options
@json_option
def see(images: tuple[Path, ...], path: Path | None, sets: tuple[str, ...], as_json: bool) -> None:
    """Show pictures to the bot, each in a session of its own."""
    asyncio.run(_see(images, path, sets, as_json))


@click.command()
@click.argument("text")
@config_options
@json_option
def hear(text: str, path: Path | None, sets: tuple[str, ...], as_json: bool) -> None:
    """Say a sentence to the bot."""
    asyncio.run(_hear(text, path, sets, as_json))


async def _see(images: tuple[Path, ...], path: Path | None, sets: tuple[str, ...], as_json: bool) -> None:
    # A single look is all there is: what it sees may be said at once.
    bot = await _bot(path, (*sets, "arbiter.stable=1"), "vision")
    failed = False
    for image in images:
        try:
            payload = image.read_bytes()
        except OSError as error:
            click.echo(f"{image}: {error.strerror}", err=True)
            failed = True
            continue
        ledger = await perceive(bot, "vision", {}, payload)
        complained = _complain(ledger, str(image))
        failed = failed or complained
        if ledger.deeds or (as_json and not complained):
            _print({"image": str(image)}, ledger.deeds, as_json)
    await bot.stop()
    if failed:
        raise SystemExit(1)


async def _hear(text: str, path: Path | None, sets: tuple[str, ...], as_json: bool) -> None:
    bot = await _bot(path, sets, "hearing")
    ledger = await perceive(bot, "hearing", {"text": text})
    failed = _complain(ledger, repr(text))
    if ledger.deeds or as_json:
        _print({"text": text}, ledger.deeds, as_json)
    elif not failed:
        click.echo("(no answer)")
    await bot.stop()
    if failed:
        raise SystemExit(1)


async def _bot(path: Path | None, sets: tuple[str, ...], sense: str) -> Bot:
    logging.disable(logging.CRITICAL)  # what goes wrong is said in one line each
    bot = Bot(load_config(path, sets))
    await bot.start()
    check_perceived(bot, sense)
    for status in bot.statuses:
        if status.state is State.FAILED:
            click.echo(f"{status.name}: {status.reason}", err=True)
    return bot


def _complain(ledger: Ledger, what: str) -> bool:
    for problem in ledger.problems:
        click.echo(f"{what}: {problem.message}", err=True)
    return bool(ledger.problems)


def _print(subject: dict[str, Any], deeds: list[Deed], as_json: bool) -> None:
    if as_json:
        actions = [{**msgspec.to_builtins(deed.action), "cortex": deed.cortex} for deed in deeds]
        ms = next((deed.ms for deed in deeds), {})
        click.echo(json.dumps({**subject, "actions": actions, "ms": ms}, ensure_ascii=False))
        return
    for deed in deeds:
        if isinstance(deed.action, Attend):
            continue  # there is no body here whose eyes could be opened
        click.echo(f"{next(iter(subject.values()))}: {_words(deed)}")


def _words(deed: Deed) -> str:
    action = deed.action
    if isinstance(action, Show):
        labels = ", ".join(f"{label.name} ({label.score:.0%})" for label in action.labels) or action.text
        return labels if action.sure else f"not sure: {labels}"
    return f"“{action.text}”" if isinstance(action, Say) else str(msgspec.to_builtins(action))
