"""What a bot under test is made of: sections of a config, and plugins wherever they lie. Starts nothing."""

from __future__ import annotations

import importlib.util
import re
import sys
from copy import deepcopy
from difflib import get_close_matches
from functools import cached_property
from types import ModuleType
from typing import TYPE_CHECKING, Any

import msgspec
import yaml

from cortex.actuator import Actuator
from cortex.bot import Bot as Core
from cortex.config import load_config
from cortex.cortex import Cortex
from cortex.doors import Doors
from cortex.hookspecs import hookimpl
from cortex.plugins import source_of
from cortex.sense import Sense

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from cortex.clock import Clock
    from cortex.doors import Found
    from cortex.watchdog import Watchdog

Loadable = str | ModuleType | type[Cortex] | type[Sense] | type[Actuator]
"""A plugin's name, its module, or a class that it would register."""

HOOKS: dict[type[Any], str] = {
    Cortex: "register_cortexes",
    Sense: "register_senses",
    Actuator: "register_actuators",
}


class Recipe:
    """A config that grows. It has the senses and actuators of the browser from the beginning.

    `folders` are looked in for plugins that are not installed; the config is written to `file`.
    """

    def __init__(self, folders: Iterable[Path], file: Path, **sections: Any) -> None:
        self._folders = tuple(dict.fromkeys(folders))
        self._file = file
        self._brought: dict[str, ModuleType] = {}
        self._found_in: dict[Path, None] = {}
        self.paths: list[str] = []
        """What was added to `sys.path` for modules with dotted names."""
        self.sections: dict[str, Any] = {
            "senses": {"vision": None, "hearing": None, "reading": None},
            "actuators": {"display": None, "voice": None},
            "plugins": {},
            **sections,
        }

    @cached_property
    def _installed(self) -> dict[str, list[Found]]:
        return Doors().available()

    def configure(self, sections: dict[str, Any]) -> None:
        """Set whole sections of the config; of `senses`, `actuators` and `plugins` the names that are given."""
        for name, values in sections.items():
            known = self.sections.get(name)
            self.sections[name] = {**known, **values} if isinstance(known, dict) else values

    def add(self, plugin: Loadable, name: str, options: dict[str, Any]) -> str:
        """Enable a plugin; return its name in the config."""
        if isinstance(plugin, str):
            name = plugin
            self._find(plugin)
        else:
            name = name or _name_of(plugin)
            module = plugin if isinstance(plugin, ModuleType) else _module_of(plugin, name)
            if name in self._installed:  # an installed plugin, perhaps the bundled example that this one began as
                name = f"{name}_under_test"
            self._brought[name] = module
        shelf = next((door for door in ("senses", "actuators") if name in self.sections[door]), "plugins")
        self.sections[shelf][name] = msgspec.to_builtins(options, enc_hook=str) or None
        return name

    def drop(self, *names: str) -> None:
        """Enable these no longer."""
        for section in ("senses", "actuators", "plugins"):
            self.sections[section] = {key: value for key, value in self.sections[section].items() if key not in names}

    def saved(self) -> tuple[dict[str, Any], dict[str, ModuleType], dict[Path, None]]:
        """Return what it is made of now, for `restore`."""
        return deepcopy(self.sections), dict(self._brought), dict(self._found_in)

    def restore(self, saved: tuple[dict[str, Any], dict[str, ModuleType], dict[Path, None]]) -> None:
        """Be as it was when it was saved."""
        self.sections, self._brought, self._found_in = saved

    def make(self, clock: Clock, watchdog: Watchdog | None = None) -> Core:
        """Return a bot of it, not started.

        Raises:
            ConfigError: the config is wrong; every problem in it is named.
        """
        folders = {"plugin_dirs": [str(folder) for folder in self._found_in]} if self._found_in else {}
        self._file.write_text(yaml.safe_dump({**folders, **self.sections}, sort_keys=False), encoding="utf-8")
        return Core(load_config(self._file), watchdog, clock, self._brought)

    def _find(self, name: str) -> None:
        """Look for a plugin among the files of the test; what is installed needs no finding."""
        if "." in name:
            self._find_dotted(name)
            return
        for folder in self._folders:
            file, package = folder / f"{name}.py", folder / name
            if file.is_file() or (package / "__init__.py").is_file():
                source = file if file.is_file() else package
                if not _installed_from(self._installed.get(name, []), source):
                    self._found_in[folder] = None
                return
        if name not in self._installed:
            self._suggest(name)

    def _suggest(self, name: str) -> None:
        """Look where files have nearly this name, so that the error can suggest them."""
        for folder in self._folders:
            files = [path.stem for path in folder.iterdir()] if folder.is_dir() else []
            if get_close_matches(name, files):
                self._found_in[folder] = None

    def _find_dotted(self, name: str) -> None:
        first = name.partition(".")[0]
        if first in sys.modules or importlib.util.find_spec(first) is not None:
            return
        for folder in self._folders:
            if (folder / first).is_dir():
                sys.path.insert(0, str(folder))
                self.paths.append(str(folder))
                importlib.invalidate_caches()
                return


def folders_round(test: Path, root: Path) -> list[Path]:
    """Return where a plugin may lie that a test is about: beside it, in the folders above, in their `src`."""
    above = [folder for folder in test.parents if folder == root or folder.is_relative_to(root)] or [test.parent]
    return [place for folder in above for place in (folder, folder / "src")]


def _installed_from(installed: list[Found], source: Path) -> bool:
    files: AbstractSet[Path] = {path.resolve() for found in installed for path in source_of(found)}
    return source.resolve() in files


def _name_of(plugin: ModuleType | type[Any]) -> str:
    name = plugin.__name__.rpartition(".")[2]
    return name if isinstance(plugin, ModuleType) else re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _module_of(kind: type[Any], name: str) -> ModuleType:
    """Return a module that registers one class, as a plugin of a few lines would."""
    hook = next((hook for base, hook in HOOKS.items() if isinstance(kind, type) and issubclass(kind, base)), None)
    if hook is None:
        raise TypeError(f"{kind!r} is neither a plugin's name nor its module, nor a Cortex, a Sense or an Actuator")

    def register_it(register: Any) -> None:
        register(name, kind)

    module = ModuleType(kind.__module__, kind.__doc__)
    setattr(module, hook, hookimpl(register_it))
    return module
