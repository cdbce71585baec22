"""From config to registered plugins; every failure is visible, and none stops the others."""

from __future__ import annotations

import contextlib
import importlib.util
import inspect
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pluggy

from cortex import hookspecs
from cortex.actuator import Actuator
from cortex.cortex import BaseOptions, Cortex
from cortex.doors import Doors
from cortex.errors import PluginError
from cortex.health import Health
from cortex.limits import Budget, Limits, SenseLimits
from cortex.loading import forget, load, reason_of
from cortex.schema import convert, nearest, unknown
from cortex.sense import Sense

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from cortex.config import Config, Enabled
    from cortex.doors import Found

log = logging.getLogger(__name__)

HOOKS: dict[str, type[Any]] = {"register_senses": Sense, "register_cortexes": Cortex, "register_actuators": Actuator}

Kinds = dict[str, dict[str, type[Any]]]
"""What a plugin registers: for each hook, classes by name."""


class Plugin:
    """An enabled plugin: what it registered, its options and its health."""

    def __init__(self, enabled: Enabled) -> None:
        self.name = enabled.name
        self.enabled = enabled
        self.found: Found | None = None
        self.version = 0
        """How often it was reloaded."""
        self.health = Health(enabled.name)
        self.limits: Limits | SenseLimits = SenseLimits()
        self.senses: dict[str, Sense] = {}
        self.cortexes: dict[str, Cortex] = {}
        self.actuators: dict[str, Actuator] = {}
        self.healths: dict[str, Health] = {}
        """The health of each of its cortexes, and of each of its senses that perceives on the server."""

    @property
    def browser(self) -> dict[str, Sense | Actuator]:
        """What of it lives in a client, by name: all but the senses that perceive on the server only."""
        things: dict[str, Sense | Actuator] = {**self.senses, **self.actuators}
        return {name: thing for name, thing in things.items() if is_in_client(thing)}

    @property
    def sources(self) -> list[Path]:
        """The files and folders that it is made of."""
        if self.found is None:
            return []
        return [self.found.file] if self.found.file else source_of(self.found)

    def owns(self, module: str) -> bool:
        """Tell whether a module is this plugin's."""
        return self.found is not None and (module == self.found.module or module.startswith(f"{self.found.module}."))


class Plugins:
    """The enabled plugins, in the order of the config. `brought` are modules that are there already, by name."""

    def __init__(self, config: Config, brought: Mapping[str, Any] | None = None) -> None:
        self.config = config
        self.doors = Doors(config.plugin_dirs, brought)
        self._manager = pluggy.PluginManager("cortex")
        self._manager.add_hookspecs(hookspecs)
        self._takers: dict[tuple[str, str], str] = {}
        self.problems: list[str] = []
        """What is wrong in the config's sections for plugins, each with its place."""
        self.all: list[Plugin] = []
        for enabled in config.enabled:
            plugin = Plugin(enabled)
            if any(other.name == enabled.name for other in self.all):
                self.problems.append(config.say(enabled.path, "this plugin is enabled a second time"))
            elif (found := self._find(enabled)) is not None:
                self.problems += self._load(plugin, found)
            self.all.append(plugin)
        self.senses: dict[str, Sense]
        """Every sense, by name."""
        self.actuators: dict[str, Actuator]
        """Every actuator, by name."""
        self._gather()

    def _gather(self) -> None:
        """Put together what all plugins brought; it is looked up for every stimulus."""
        self.senses = {name: sense for plugin in self.all for name, sense in plugin.senses.items()}
        self.actuators = {name: actuator for plugin in self.all for name, actuator in plugin.actuators.items()}

    def owner_of(self, trace: TracebackType | None) -> Plugin | None:
        """Return the plugin whose code an error comes from, the innermost of several."""
        owner = None
        while trace is not None:
            module = str(trace.tb_frame.f_globals.get("__name__", ""))
            owner = next((plugin for plugin in self.all if plugin.owns(module)), owner)
            trace = trace.tb_next
        return owner

    def reload(self, old: Plugin) -> Plugin:
        """Load a plugin anew from its source; return what takes its place, which may have failed."""
        plugin = Plugin(old.enabled)
        plugin.version = old.version + 1
        self.all[self.all.index(old)] = plugin
        self._takers = {thing: taker for thing, taker in self._takers.items() if taker != old.name}
        if self._manager.has_plugin(old.name):
            self._manager.unregister(name=old.name)
        if old.found is not None:
            forget(old.found.module)
        found = self.doors.find(old.name)
        if not found:
            plugin.found = old.found  # where it may come back
            plugin.health.failed_to_start("it is not there any more")
        elif problems := self._load(plugin, found):
            plugin.health.failed_to_start("; ".join(problems))
        self._gather()
        return plugin

    def _find(self, enabled: Enabled) -> list[Found] | None:
        found = self.doors.find(enabled.name)
        if found:
            return found
        where = "".join(f", none in {folder}" for folder in self.doors.folders)
        hint = nearest(enabled.name, self.doors.available())
        text = f"no installed plugin has this name{where}{hint}; `cortex plugins` lists them"
        self.problems.append(self.config.say(enabled.path, text))
        return None

    def _load(self, plugin: Plugin, found: list[Found]) -> list[str]:
        """Load a plugin; return what is wrong with its section of the config."""
        try:
            plugin.found = only(found)
            return self._configure(plugin, self.register(plugin.found))
        except (Exception, SystemExit) as error:  # the plugin boundary: importing it runs any code
            reason = reason_of(error, plugin.found)
            trace = None if isinstance(error, PluginError) else error
            log.error("%s cannot be loaded: %s", plugin.name, reason, exc_info=trace)
            plugin.senses, plugin.cortexes, plugin.actuators = {}, {}, {}
            plugin.health.failed_to_start(reason)
            return []

    def register(self, found: Found) -> Kinds:
        """Import a plugin, and return what it registers.

        Raises:
            PluginError: it cannot work with this version of Cortex, or registers what cannot be.
            Exception: whatever it raises.
        """
        module = load(found)
        self._check_hooks(module)
        self._manager.register(module, found.name)
        others = {other for other in self._manager.get_plugins() if other is not module}
        kinds: Kinds = {}
        for hook, base in HOOKS.items():
            kinds[hook] = {}
            register = self._registrar(found.name, base, kinds[hook])
            self._manager.subset_hook_caller(hook, others)(register=register)
        if not any(kinds.values()):
            raise PluginError(f"{found.module} registers nothing; does it have a @hookimpl function?")
        return kinds

    def _check_hooks(self, module: Any) -> None:
        for name in dir(module):
            if self._manager.parse_hookimpl_opts(module, name) is None:
                continue
            if name not in HOOKS:
                hint = nearest(name, HOOKS) or f" (the hooks are {', '.join(HOOKS)})"
                raise PluginError(f"{name}() is marked as a hook, but there is none of this name{hint}")
            arguments = list(inspect.signature(getattr(module, name)).parameters)
            if arguments not in ([], ["register"]):
                raise PluginError(f"the hook {name}({', '.join(arguments)}) has to be {name}(register)")

    def _registrar(self, plugin: str, base: type[Any], kinds: dict[str, type[Any]]) -> Callable[[str, type[Any]], None]:
        what = base.__name__.lower()

        def register(name: str = "", kind: type[Any] | None = None) -> None:
            if not isinstance(name, str) or not name or kind is None:
                raise PluginError(f"register needs a name and a class, such as register('robin', {base.__name__})")
            if not (isinstance(kind, type) and issubclass(kind, base)):
                raise PluginError(f"{kind!r}, registered as {name!r}, is no subclass of {base.__name__}")
            if not (isinstance(kind.Options, type) and issubclass(kind.Options, BaseOptions)):
                raise PluginError(f"{kind.__name__}.Options, {kind.Options!r}, is no subclass of BaseOptions")
            if name in kinds:
                raise PluginError(f"it registers the {what} {name!r} twice")
            taker = self._takers.setdefault((what, name), plugin)
            if taker != plugin:
                raise PluginError(f"there is a {what} {name!r} already, of the plugin {taker!r}")
            kinds[name] = kind

        return register

    def _configure(self, plugin: Plugin, kinds: Kinds) -> list[str]:
        """Check the plugin's section against the options of all that it registered, and make those things.

        Returns what is wrong with the section, each problem with its place.
        """
        enabled, say = plugin.enabled, self.config.say
        structs = structs_of(kinds)
        values = {} if enabled.options is None else enabled.options
        if not isinstance(values, dict):
            return [say(enabled.path, f"expected options and their values, got {values!r}")]
        known = {field.encode_name: None for struct in structs for field in msgspec.structs.fields(struct)}
        problems = [((*enabled.path, str(key)), unknown(str(key), known)) for key in values if key not in known]
        checked: dict[Any, Any] = {}
        for struct in structs:
            names = {field.encode_name for field in msgspec.structs.fields(struct)}
            own = {key: value for key, value in values.items() if key in names}
            checked[struct], wrong = convert(own, struct, enabled.path)
            problems += wrong
        problems += [((*enabled.path, *path), text) for path, text in _budget_problems(kinds, checked)]
        if problems:
            return [say(*problem) for problem in problems]
        if None in checked.values():  # the environment lacks something, which the config has said
            return []
        plugin.limits = checked.get(limits_of(kinds), plugin.limits)
        made: tuple[dict[str, Any], ...] = (plugin.senses, plugin.cortexes, plugin.actuators)
        for things, registered in zip(made, kinds.values(), strict=True):
            for name, kind in registered.items():
                things[name] = kind(checked[kind.Options])
        for cortex in plugin.cortexes.values():
            _check_cortex(cortex)
        for sense in plugin.senses.values():
            if type(sense).run is not Sense.run and not inspect.iscoroutinefunction(sense.run):
                raise PluginError(f"{type(sense).__name__}.run has to be an `async def`; it would block everything")
        for thing in plugin.browser.values():
            self._check_settings(thing)
        plugin.healths = {name: Health(plugin.name) for name in (*plugin.cortexes, *on_server(plugin.senses))}
        plugin.health.started()
        return []

    def _check_settings(self, thing: Sense | Actuator) -> None:
        """Make sure that what every client will be told can be told, and holds no secret."""
        told = msgspec.json.decode(msgspec.json.encode(thing.settings()))
        if self.config.secrets.reveals(told):
            text = f"{type(thing).__name__}.settings() would tell every browser a secret; return only what it needs"
            raise PluginError(text)


def _check_cortex(cortex: Cortex) -> None:
    """Make sure that a cortex can be asked; have what it perceives in a form that is quickly looked up.

    Raises:
        PluginError: it cannot be.
    """
    name, senses = type(cortex).__name__, cortex.perceives
    if isinstance(senses, str):
        raise PluginError(f"{name}.perceives is a text; it has to be a set of names: {{{senses!r}}}")
    try:
        cortex.perceives = frozenset(senses)
    except TypeError as error:
        raise PluginError(f"{name}.perceives is {senses!r}; it has to be a set of names of senses") from error
    if not all(isinstance(sense, str) for sense in cortex.perceives):
        raise PluginError(f"{name}.perceives is {senses!r}; it has to be a set of names of senses")
    if cortex.interruptible and not is_async(cortex.perceive):
        raise PluginError(f"{name} is interruptible: its perceive has to be an `async def`, as no thread can be ended")
    try:
        inspect.signature(cortex.perceive).bind(None, None)
    except TypeError as error:
        raise PluginError(f"{name}.perceive has to take a stimulus and a session: {error}") from error


def is_async(perceive: Callable[..., Any]) -> bool:
    """Tell whether a method runs on the event loop."""
    return inspect.iscoroutinefunction(perceive) or inspect.isasyncgenfunction(perceive)


def only(found: list[Found]) -> Found:
    """Return the one plugin of its name.

    Raises:
        PluginError: several contend for it.
    """
    if len(found) > 1:
        both = " and ".join(sorted(each.place for each in found))
        raise PluginError(f"two plugins have this name: {both}; remove or rename one")
    return found[0]


def limits_of(kinds: Kinds) -> type[Limits | SenseLimits]:
    """Return which limits a plugin can be held to."""
    if any(kind.uses for kind in kinds["register_cortexes"].values()):
        return Budget
    return Limits if kinds["register_cortexes"] else SenseLimits


def _budget_problems(kinds: Kinds, checked: Mapping[Any, Any]) -> list[tuple[tuple[str, ...], str]]:
    """Return what is wrong with the prices of what a plugin uses: where, and what."""
    budget = checked.get(Budget)
    if budget is None:
        return []
    uses: dict[str, str] = {}
    for kind in kinds["register_cortexes"].values():
        uses |= kind.uses
    wrong: list[tuple[tuple[str, ...], str]] = []
    wrong += [(("prices", name), unknown(name, uses)) for name in budget.prices if name not in uses]
    if budget.max_cost_per_day is not None and not budget.prices:
        named = ", ".join(f"{name} ({what})" for name, what in uses.items())
        wrong.append((("max_cost_per_day",), f"it needs `prices` to reckon with: of {named}"))
    return wrong


def structs_of(kinds: Kinds) -> list[type[msgspec.Struct]]:
    """Return the structs whose fields are the options of a plugin's section."""
    options = [kind.Options for registered in kinds.values() for kind in registered.values()]
    limits = [limits_of(kinds)] if kinds["register_cortexes"] or kinds["register_senses"] else []
    return list(dict.fromkeys([*options, *limits]))


def on_server(senses: Mapping[str, Sense]) -> dict[str, Sense]:
    """Return the senses that perceive on the server by themselves."""
    return {name: sense for name, sense in senses.items() if type(sense).run is not Sense.run}


def is_in_client(thing: Sense | Actuator) -> bool:
    """Tell whether clients have a sense or actuator; they have not what perceives on the server only."""
    if thing.client is not None or not isinstance(thing, Sense):
        return True
    return type(thing).run is Sense.run and type(thing).post is Sense.post


def source_of(found: Found) -> list[Path]:
    """Return the file of a plugin's module, or its folder where it is a package."""
    with contextlib.suppress(ImportError, ValueError):
        spec = importlib.util.find_spec(found.module)
        if spec is not None and spec.origin is not None:
            path = Path(spec.origin)
            return [path.parent if path.name == "__init__.py" else path]
    return []


def module_file(thing: Sense | Actuator) -> Path | None:
    """Return the ES module of a sense or actuator as a file; `None` where it has none, or it is a path of the page."""
    if thing.client is None or thing.client.startswith("/"):
        return None
    return Path(inspect.getfile(type(thing))).parent / thing.client


def module_url(name: str, thing: Sense | Actuator, version: int = 0) -> str | None:
    """Return where the page finds the ES module of a sense or actuator; a reloaded one has a new address."""
    if thing.client is None or thing.client.startswith("/"):
        return thing.client
    return f"/modules/{name}{f'~{version}' if version else ''}/{thing.client}"
