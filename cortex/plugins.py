"""From config to registered plugins; every failure is visible, and none stops the others."""

from __future__ import annotations

import contextlib
import inspect
import logging
import threading
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pluggy

from cortex import hookspecs
from cortex.actuator import Actuator
from cortex.cortex import BaseOptions, Cortex
from cortex.errors import PluginError
from cortex.health import Health, State
from cortex.limits import Limits
from cortex.once import Once
from cortex.schema import convert, nearest, unknown
from cortex.sense import Sense

if TYPE_CHECKING:
    from collections.abc import Callable

    from cortex.config import Config, Enabled
    from cortex.health import PluginStatus

log = logging.getLogger(__name__)

GROUP = "cortex"
IMPORT_LIMIT = 10.0  # seconds
HOOKS: dict[str, type[Any]] = {"register_senses": Sense, "register_cortexes": Cortex, "register_actuators": Actuator}

SEVERITY = (State.WORKING, State.STARTING, State.BENCHED, State.FAILED)


class Plugin:
    """An enabled plugin: what it registered, its options and its health."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.health = Health(name)
        self.limits = Limits()
        self.senses: dict[str, Sense] = {}
        self.cortexes: dict[str, Cortex] = {}
        self.actuators: dict[str, Actuator] = {}
        self.healths: dict[str, Health] = {}
        """The health of each of its cortexes."""

    @property
    def status(self) -> PluginStatus:
        """What people are told: how it is itself, or the worst off of its cortexes."""
        return max((self.health, *self.healths.values()), key=lambda health: SEVERITY.index(health.state)).status


class Plugins:
    """The enabled plugins, in the order of the config."""

    def __init__(self, config: Config) -> None:
        self._manager = pluggy.PluginManager("cortex")
        self._manager.add_hookspecs(hookspecs)
        self._available = available()
        self._takers: dict[tuple[str, str], str] = {}
        self.problems: list[str] = []
        """What is wrong in the config's sections for plugins, each with its place."""
        self.all: list[Plugin] = []
        for enabled in config.enabled:
            self.all.append(self._load(enabled, config))
        self.senses = {name: sense for plugin in self.all for name, sense in plugin.senses.items()}
        self.actuators = {name: actuator for plugin in self.all for name, actuator in plugin.actuators.items()}

    def _load(self, enabled: Enabled, config: Config) -> Plugin:
        plugin = Plugin(enabled.name)
        points = self._available.get(enabled.name)
        if points is None:
            hint = nearest(enabled.name, self._available)
            text = f"no installed plugin has this name{hint}; `cortex plugins` lists them"
            self.problems.append(config.say(enabled.path, text))
            return plugin
        if any(other.name == enabled.name for other in self.all):
            self.problems.append(config.say(enabled.path, "this plugin is enabled a second time"))
            return plugin
        try:
            self._configure(plugin, self._register(enabled.name, points), enabled, config)
        except (Exception, SystemExit) as error:
            known = isinstance(error, PluginError)
            reason = str(error) if known else f"{type(error).__name__}: {error}"
            log.error("%s cannot be loaded: %s", enabled.name, reason, exc_info=None if known else error)
            plugin.senses, plugin.cortexes, plugin.actuators = {}, {}, {}
            plugin.health.failed_to_start(reason)
        return plugin

    def _register(self, name: str, points: list[EntryPoint]) -> dict[str, dict[str, type[Any]]]:
        if len(points) > 1:
            both = " and ".join(
                sorted(f"{point.value} of {point.dist.name if point.dist else '?'}" for point in points)
            )
            raise PluginError(f"two installed plugins have this name: {both}; uninstall one")
        module = _import(points[0])
        self._manager.register(module, name)
        others = {other for other in self._manager.get_plugins() if other is not module}
        kinds: dict[str, dict[str, type[Any]]] = {}
        for hook, base in HOOKS.items():
            kinds[hook] = {}
            register = self._registrar(name, base, kinds[hook])
            self._manager.subset_hook_caller(hook, others)(register=register)
        if not any(kinds.values()):
            raise PluginError(f"{points[0].value} registers nothing; does it have a @hookimpl function?")
        return kinds

    def _registrar(self, plugin: str, base: type[Any], kinds: dict[str, type[Any]]) -> Callable[[str, type[Any]], None]:
        def register(name: str, kind: type[Any]) -> None:
            if not (isinstance(kind, type) and issubclass(kind, base)):
                raise PluginError(f"{kind!r}, registered as {name!r}, is no subclass of {base.__name__}")
            if not (isinstance(kind.Options, type) and issubclass(kind.Options, BaseOptions)):
                raise PluginError(f"{kind.__name__}.Options, {kind.Options!r}, is no subclass of BaseOptions")
            taker = self._takers.setdefault((base.__name__, name), plugin)
            if taker != plugin or name in kinds:
                raise PluginError(f"there is a {base.__name__.lower()} {name!r} already, of the plugin {taker!r}")
            kinds[name] = kind

        return register

    def _configure(
        self, plugin: Plugin, kinds: dict[str, dict[str, type[Any]]], enabled: Enabled, config: Config
    ) -> None:
        """Check the plugin's section against the options of all that it registered, and make those things."""
        schemas: dict[type[Any], type[BaseOptions]] = {
            kind: kind.Options for registered in kinds.values() for kind in registered.values()
        }
        structs: list[Any] = [*schemas.values(), *([Limits] if kinds["register_cortexes"] else [])]
        values = {} if enabled.options is None else enabled.options
        if not isinstance(values, dict):
            self.problems.append(config.say(enabled.path, f"expected options and their values, got {values!r}"))
            return
        known = {field.encode_name: None for struct in structs for field in msgspec.structs.fields(struct)}
        problems = [((*enabled.path, str(key)), unknown(str(key), known)) for key in values if key not in known]
        checked: dict[Any, Any] = {}
        for struct in structs:
            names = {field.encode_name for field in msgspec.structs.fields(struct)}
            own = {key: value for key, value in values.items() if key in names}
            checked[struct], wrong = convert(own, struct, enabled.path)
            problems += wrong
        if problems:
            self.problems += [config.say(*problem) for problem in problems]
            return
        plugin.limits = checked.get(Limits, plugin.limits)
        made: tuple[dict[str, Any], ...] = (plugin.senses, plugin.cortexes, plugin.actuators)
        for things, registered in zip(made, kinds.values(), strict=True):
            for name, kind in registered.items():
                things[name] = kind(checked[schemas[kind]])
        browser: list[Sense | Actuator] = [*plugin.senses.values(), *plugin.actuators.values()]
        for thing in browser:
            msgspec.json.encode(thing.settings())  # as every client will be told; better to learn now that it can't be
        plugin.healths = {name: Health(plugin.name) for name in plugin.cortexes}
        plugin.health.started()


def _import(point: EntryPoint) -> Any:
    """Import a plugin's module, in a thread that is not waited for longer than the limit.

    Raises:
        PluginError: it takes too long.
    """
    loading = Once(point.load)

    def load() -> None:
        with contextlib.suppress(Exception, SystemExit):  # it is raised again below
            loading()

    thread = threading.Thread(target=load, name=f"cortex import {point.name}", daemon=True)
    thread.start()
    thread.join(IMPORT_LIMIT)
    if thread.is_alive():
        raise PluginError(f"{point.value} takes longer than {IMPORT_LIMIT:g} s to import")
    return loading()


def available() -> dict[str, list[EntryPoint]]:
    """Return every installed plugin by name, without importing it; two of one name stand together."""
    found: dict[str, list[EntryPoint]] = {}
    for point in entry_points(group=GROUP):
        if point not in found.setdefault(point.name, []):
            found[point.name].append(point)
    return found


def module_file(thing: Sense | Actuator) -> Path | None:
    """Return the ES module of a sense or actuator as a file; `None` where it has none, or it is a path of the page."""
    if thing.client is None or thing.client.startswith("/"):
        return None
    return Path(inspect.getfile(type(thing))).parent / thing.client


def module_url(name: str, thing: Sense | Actuator) -> str | None:
    """Return where the page finds the ES module of a sense or actuator."""
    if thing.client is None or thing.client.startswith("/"):
        return thing.client
    return f"/modules/{name}/{thing.client}"
