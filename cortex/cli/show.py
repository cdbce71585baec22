"""`cortex plugins show`: all there is to know of one plugin."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import click

from cortex import API_VERSION
from cortex.cli.options import config_options, json_option
from cortex.config import load_config
from cortex.doors import Doors
from cortex.errors import PluginError
from cortex.loading import reason_of
from cortex.portrait import origin, portray, there_are
from cortex.schema import nearest

if TYPE_CHECKING:
    from pathlib import Path

    from cortex.config import Config
    from cortex.portrait import Portrait

UNSET = object()


class Unknown(click.ClickException):
    """A name that no plugin has: wrong use."""

    exit_code = 2


@click.command()
@click.argument("name")
@config_options
@json_option
@click.pass_context
def show(context: click.Context, name: str, path: Path | None, sets: tuple[str, ...], as_json: bool) -> None:
    """Show what a plugin is, what it registers, and its options.

    It is imported, but not started, and need not be enabled. Secrets are shown as ***.
    """
    logging.disable(logging.CRITICAL)
    outer = context.parent.params if context.parent else {}
    config = load_config(path or outer.get("path"), (*outer.get("sets", ()), *sets))
    doors = Doors(config.plugin_dirs)
    there = there_are(config, doors)
    found = there.get(name) or doors.find(name)
    if not found:
        raise Unknown(f"there is no plugin {name!r}{nearest(name, there)}; `cortex plugins` lists them")
    try:
        portrait = portray(config, found)
    except (Exception, SystemExit) as error:  # the plugin boundary: importing it runs any code
        raise PluginError(config.secrets.hide(f"{name}: {reason_of(error, found[0])}")) from error
    described = _describe(config, name, portrait)
    if as_json or outer.get("as_json"):
        click.echo(json.dumps(described, indent=2, ensure_ascii=False, default=str))
        return
    _print(described)


def _describe(config: Config, name: str, portrait: Portrait) -> dict[str, Any]:
    found = portrait.found
    enabled = next((each for each in config.enabled if each.name == name), None)
    values = enabled.options if enabled else None
    options = []
    for option in portrait.options:
        value = _at(values, option.key)
        is_set = {} if value is UNSET else {"value": config.secrets.hide_in(value)}
        options.append({**option._asdict(), **is_set})
    return {
        "name": name,
        "about": portrait.about,
        "module": found.module,
        "from": origin(found),
        "place": found.place,
        "distribution": found.distribution.name if found.distribution else None,
        "version": found.distribution.version if found.distribution else None,
        "api": portrait.api,
        "enabled": enabled.path[0] if enabled else None,
        **portrait.things,
        "options": options,
    }


def _at(values: Any, key: str) -> Any:
    """Return the value that is set at a key path, or `UNSET`; what is inside lists stands with the list."""
    for step in key.split("."):
        if not isinstance(values, dict) or step not in values:
            return UNSET
        values = values[step]
    return values


def _print(plugin: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console()
    facts = Table.grid(padding=(0, 2))
    facts.add_row("from", escape(f"{plugin['place']}"))
    facts.add_row("plugin API", f"{plugin['api'] or 'any'}; this Cortex has {API_VERSION}")
    facts.add_row("enabled", f"yes, under {plugin['enabled']}" if plugin["enabled"] else "no")
    for what, words in (("senses", _sense), ("cortexes", _cortex), ("actuators", _actuator)):
        for name, thing in plugin[what].items():
            facts.add_row(_ONE[what], escape(f"{name}: {words(thing)}"))
    console.print(escape(f"{plugin['name']}: {plugin['about']}\n"), highlight=False)
    console.print(facts, highlight=False)
    options = Table.grid(padding=(0, 2, 1, 0))
    for option in plugin["options"]:
        options.add_row(f"[bold]{escape(option['key'])}[/]", escape(_option(option)))
    console.print()
    console.print(options, highlight=False)


_ONE = {"senses": "sense", "cortexes": "cortex", "actuators": "actuator"}


def _sense(sense: dict[str, Any]) -> str:
    where = {
        f"in the browser ({sense['client']})": sense["client"],
        "on the server": sense["on_server"],
        "of posts over HTTP": sense["posts"],
    }
    like = f"; goes where {sense['like']} goes" if sense["like"] else ""
    return (", ".join(words for words, holds in where.items() if holds) or "of what clients send") + like


def _cortex(cortex: dict[str, Any]) -> str:
    senses = cortex["perceives"]
    return f"perceives {', '.join(senses)}" if senses else "perceives what its options say"


def _actuator(actuator: dict[str, Any]) -> str:
    return f"carries {', '.join(actuator['carries']) or 'nothing'}"


def _option(option: dict[str, Any]) -> str:
    notes = ["required" if option["required"] else f"default {_value(option['default'])}"]
    notes += [f"set to {_value(option['value'])}"] if "value" in option else []
    return f"{option['type']} ({', '.join(notes)})\n{option['help']}".rstrip()


def _value(value: Any) -> str:
    """Return a value as it would stand in the config."""
    if isinstance(value, str) and value and value == value.strip():
        return value
    return "none" if value is None else json.dumps(value, default=str, ensure_ascii=False)
