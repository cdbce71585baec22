"""Where plugins are found: installed packages, folders of plain files, modules by name. Imports none of them."""

from __future__ import annotations

import itertools
import os
import re
import threading
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cortex.once import Once

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from importlib.metadata import Distribution

GROUP = "cortex"
FOLDERS = "cortex_plugin_dirs"
"""The package that the files of plugin folders are imported into, so that none can hide a module of another name.

Each folder is a package in it.
"""

_packages: dict[Path, str] = {}
_naming = threading.Lock()


class Found(NamedTuple):
    """A plugin that could be imported."""

    name: str
    module: str
    """What to import, such as `cortex_greeter`."""
    place: str
    """Where it is, for people: a distribution, a file, a module."""
    attribute: str = ""
    """What of the module is the plugin; empty for the module itself."""
    distribution: Distribution | None = None
    file: Path | None = None
    """The file or package of a plugin folder."""
    brought: Any = None
    """The module itself, where there is nothing to import."""


class Doors:
    """The doors that plugins come in through. `brought` are modules that are there already, by the plugin's name."""

    def __init__(self, folders: Iterable[Path] = (), brought: Mapping[str, Any] | None = None) -> None:
        self.folders = tuple(dict.fromkeys(Path(os.path.normpath(folder)) for folder in folders))
        self._brought = dict(brought or {})
        self._installed = Once(_installed)

    def available(self) -> dict[str, list[Found]]:
        """Return every plugin that has a name of its own; two of one name stand together."""
        found: dict[str, list[Found]] = {}
        for each in (*self._given(), *self._installed(), *self._in_folders()):
            if each not in found.setdefault(each.name, []):
                found[each.name].append(each)
        return found

    def find(self, name: str) -> list[Found]:
        """Return the plugins of this name: none, one, or several that contend for it."""
        found = self.available().get(name, [])
        if not found and "." in name and all(part.isidentifier() for part in name.split(".")):
            found = [Found(name, name, f"the module {name}")]
        return found

    def _given(self) -> list[Found]:
        return [
            Found(name, module.__name__, "what was handed in", brought=module) for name, module in self._brought.items()
        ]

    def _in_folders(self) -> list[Found]:
        found = []
        for folder in self.folders:
            package = package_of(folder)
            for path in sorted(folder.iterdir()) if folder.is_dir() else ():
                name = path.stem if path.suffix == ".py" else path.name
                source = path if path.suffix == ".py" else path / "__init__.py"
                if source.is_file() and not name.startswith(("_", ".", "test_")) and name != "conftest":
                    found.append(Found(name, f"{package}.{name}", str(path), file=path))
        return found


def package_of(folder: Path) -> str:
    """Return the package that the files of a plugin folder are imported into; it has the folder's name, or nearly."""
    folder = folder.absolute()
    with _naming:
        if folder not in _packages:
            taken = set(_packages.values())
            stem = f"{FOLDERS}.{re.sub(r'[^0-9A-Za-z_]', '_', folder.name) or 'root'}"
            names = itertools.chain([stem], (f"{stem}_{number}" for number in itertools.count(2)))
            _packages[folder] = next(name for name in names if name not in taken)
        return _packages[folder]


def _installed() -> list[Found]:
    return [
        Found(point.name, point.module, f"{point.value} of {_title(point.dist)}", point.attr or "", point.dist)
        for point in entry_points(group=GROUP)
    ]


def _title(distribution: Distribution | None) -> str:
    return f"{distribution.name} {distribution.version}" if distribution else "an unknown distribution"
