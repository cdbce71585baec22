"""What a plugin is, as people are told: where it is from, what it registers, its options. Knows no command line."""

from __future__ import annotations

import copy
import sys
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cortex.documentation import Option, first_line, options_of
from cortex.plugins import HOOKS, Plugins, only, structs_of
from cortex.sense import Sense

if TYPE_CHECKING:
    from cortex.config import Config
    from cortex.doors import Doors, Found
    from cortex.plugins import Kinds


class Portrait(NamedTuple):
    """A plugin that was imported."""

    found: Found
    about: str
    """What it is, in one line; empty where its author does not say."""
    api: str | None
    """The version of the plugin API that it says it was written for."""
    kinds: Kinds
    options: list[Option]
    """Its own, and the limits that every plugin has."""

    @property
    def things(self) -> dict[str, dict[str, dict[str, Any]]]:
        """What it registers: for each of `senses`, `cortexes` and `actuators`, by name, what there is to say of it."""
        senses, cortexes, actuators = (self.kinds[hook] for hook in HOOKS)
        return {
            "senses": {name: _sense(kind) for name, kind in senses.items()},
            "cortexes": {name: _cortex(kind) for name, kind in cortexes.items()},
            "actuators": {
                name: {"about": first_line(kind.__doc__), "carries": kind.types()} for name, kind in actuators.items()
            },
        }


def portray(config: Config, found: list[Found]) -> Portrait:
    """Import a plugin by itself, whatever the config enables, and look at it.

    Raises:
        PluginError: two plugins have its name, it cannot work with this Cortex, or it registers what cannot be.
        Exception: whatever it raises when it is imported.
    """
    alone = copy.copy(config)
    alone.enabled = []
    plugin = only(found)
    kinds = Plugins(alone).register(plugin)
    module = sys.modules.get(plugin.module) if plugin.brought is None else plugin.brought
    registered = [kind for things in kinds.values() for kind in things.values()]
    docs = [module.__doc__ if module is not None else None, *(kind.__doc__ for kind in registered)]
    return Portrait(
        found=plugin,
        about=next(filter(None, map(first_line, docs)), ""),
        api=getattr(module, "cortex_api", None),
        kinds=kinds,
        options=options_of(structs_of(kinds)),
    )


def there_are(config: Config, doors: Doors) -> dict[str, list[Found]]:
    """Return every plugin that has a name of its own, and what the config enables by the name of its module."""
    found = doors.available()
    for enabled in config.enabled:
        if enabled.name not in found and (modules := doors.find(enabled.name)):
            found[enabled.name] = modules
    return found


def origin(found: Found) -> str:
    """Return where a plugin is from, as briefly as may be: a distribution, a file, or a module."""
    if found.file is not None:
        here = Path.cwd()
        return str(found.file.relative_to(here) if found.file.is_relative_to(here) else found.file)
    return f"{found.distribution.name} {found.distribution.version}" if found.distribution else found.place


def _sense(kind: type[Any]) -> dict[str, Any]:
    return {
        "about": first_line(kind.__doc__),
        "client": kind.client,
        "on_server": kind.run is not Sense.run,
        "posts": kind.post is not Sense.post,
        "like": kind.like,
    }


def _cortex(kind: type[Any]) -> dict[str, Any]:
    perceives = kind.perceives if isinstance(kind.perceives, (AbstractSet, list, tuple)) else ()
    # Where the class names no senses, its options do.
    return {"about": first_line(kind.__doc__), "perceives": sorted(map(str, perceives)) or None}
