"""`cortex see` and `cortex hear`: the same route as in the browser, without one."""

from __future__ import annotations

import asyncio
import copy
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
from cortex.plugins import Plugins

if TYPE_CHECKING:
    from cortex.config import Config, Enabled
    from cortex.local import Ledger
    from cortex.messages import Deed


ONE_LOOK = "arbiter.stable=1"  # a single look is all there is: what it sees may be said at once

only_option = click.option(
    "--only", multiple=True, metavar="NAME", help="Ask this plugin alone, enabled or not; may be repeated."
)


@click.command()
@click.argument("images", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="IMAGE...")
@config_options
@only_option
@json_option
def see(
    images: tuple[Path, ...], path: Path | None, sets: tuple[str, ...], only: tuple[str, ...], as_json: bool
) -> None:
    """Show pictures to the bot, each in a session of its own."""
    asyncio.run(_see(images, _config(path, (*sets, ONE_LOOK), only, "vision"), as_json))


@click.command()
@click.argument("text")
@config_options
@only_option
@json_option
def hear(text: str, path: Path | None, sets: tuple[str, ...], only: tuple[str, ...], as_json: bool) -> None:
    """Say a sentence to the bot."""
    asyncio.run(_hear(text, _config(path, sets, only, "hearing"), as_json))


def _config(path: Path | None, sets: tuple[str, ...], only: tuple[str, ...], sense: str) -> Config:
    """Read the config; with `only`, of its plugins keep these, and its senses and actuators as far as they are right.

    The sense that is to perceive is kept in any case.
    """
    logging.disable(logging.CRITICAL)  # what goes wrong is said in one line each
    config = load_config(path, sets)
    if only:
        asked = {*only, sense}
        named = {enabled.name for enabled in config.enabled}
        config.enabled = [
            each
            for each in config.enabled
            if each.name in asked or (each.path[0] != "plugins" and not _is_wrong(config, each))
        ]
        for name in dict.fromkeys(only):
            if name not in named:
                config.add(name, f"--only {name}")
    return config


def _is_wrong(config: Config, enabled: Enabled) -> bool:
    alone = copy.copy(config)
    alone.enabled = [enabled]
    return bool(enabled.lacks or Plugins(alone).problems)


async def _see(images: tuple[Path, ...], config: Config, as_json: bool) -> None:
    bot = await _bot(config, "vision")
    failed = False
    for image in images:
        try:
            payload = image.read_bytes()
        except OSError as error:
            click.echo(f"{image}: {error.strerror}", err=True)
            failed = True
            continue
        ledger = await perceive(bot, "vision", {}, payload)
        complained = _complain(ledger, str(image), config)
        failed = failed or complained
        if ledger.deeds or (as_json and not complained):
            _print({"image": str(image)}, ledger.deeds, config, as_json)
    await bot.stop()
    if failed:
        raise SystemExit(1)


async def _hear(text: str, config: Config, as_json: bool) -> None:
    bot = await _bot(config, "hearing")
    ledger = await perceive(bot, "hearing", {"text": text})
    failed = _complain(ledger, repr(text), config)
    if ledger.deeds or as_json:
        _print({"text": text}, ledger.deeds, config, as_json)
    elif not failed:
        click.echo("(no answer)")
    await bot.stop()
    if failed:
        raise SystemExit(1)


async def _bot(config: Config, sense: str) -> Bot:
    bot = Bot(config)
    await bot.start()
    check_perceived(bot, sense)
    for status in bot.statuses:
        if status.state is State.FAILED:
            click.echo(config.secrets.hide(f"{status.name}: {status.reason}"), err=True)
    return bot


def _complain(ledger: Ledger, what: str, config: Config) -> bool:
    for problem in ledger.problems:
        click.echo(config.secrets.hide(f"{what}: {problem.message}"), err=True)
    return bool(ledger.problems)


def _print(subject: dict[str, Any], deeds: list[Deed], config: Config, as_json: bool) -> None:
    secrets = config.secrets
    if as_json:
        actions = [{**msgspec.to_builtins(deed.action), "cortex": deed.cortex} for deed in deeds]
        ms = next((deed.ms for deed in deeds), {})
        line = {**subject, "actions": actions, "ms": ms}
        click.echo(json.dumps(secrets.hide_in(line), ensure_ascii=False))
        return
    for deed in deeds:
        if isinstance(deed.action, Attend):
            continue  # there is no body here whose eyes could be opened
        click.echo(secrets.hide(f"{next(iter(subject.values()))}: {_words(deed)}"))


def _words(deed: Deed) -> str:
    action = deed.action
    if isinstance(action, Show):
        labels = ", ".join(f"{label.name} ({label.score:.0%})" for label in action.labels) or action.text
        return labels if action.sure else f"not sure: {labels}"
    return f"“{action.text}”" if isinstance(action, Say) else str(msgspec.to_builtins(action))
