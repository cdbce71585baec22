"""Plugins as an outsider installs them: a module and a dist-info folder with entry points, somewhere on the path."""

from __future__ import annotations

import importlib
import os
import sys
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

COLOURS = """
    from cortex import Cortex, Label, Say, Show, hookimpl

    class Colours(Cortex):
        perceives = {"vision"}

        def perceive(self, frame, session):
            means = dict(zip(("red", "green", "blue"), frame.image.mean(axis=(0, 1)) / 255))
            labels = sorted((Label(name, float(mean)) for name, mean in means.items()), key=lambda label: -label.score)
            yield Show(tuple(labels))
            yield Say(f"I see {labels[0].name}.", topic=labels[0].name)

    @hookimpl
    def register_cortexes(register):
        register("colours", Colours)
"""
"""Names the colour that a picture has most of."""


def cortex(body: str, *, name: str, perceives: str = "{'reading', 'hearing'}") -> str:
    """Return the source of a plugin with one cortex, whose methods are given."""
    head = f"""\
import asyncio, sys, threading, time
from pathlib import Path
from cortex import *

class Plugin(Cortex):
    perceives = {perceives}

"""
    foot = f"""

@hookimpl
def register_cortexes(register):
    register({name!r}, Plugin)
"""
    return head + textwrap.indent(textwrap.dedent(body).strip(), "    ") + foot


class Outsiders:
    """A folder of installed distributions, as `site-packages` is one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._modules: list[str] = []
        folder.mkdir(parents=True, exist_ok=True)

    def install(self, name: str, source: str, *, distribution: str | None = None) -> str:
        """Install one plugin in a distribution of its own; return the name of its module."""
        module = f"outside_{(distribution or name).replace('-', '_')}"
        (self.folder / f"{module}.py").write_text(textwrap.dedent(source), encoding="utf-8")
        info = self.folder / f"{module}-0.1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 0.1\n", encoding="utf-8")
        (info / "entry_points.txt").write_text(f"[cortex]\n{name} = {module}\n", encoding="utf-8")
        self._modules.append(module)
        return module

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a process that has these plugins."""
        ours = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
        return {**ours, "PYTHONPATH": str(self.folder), "COLUMNS": "200"}

    def enter(self) -> None:
        """Have these plugins in this process too."""
        sys.path.insert(0, str(self.folder))
        importlib.invalidate_caches()

    def leave(self) -> None:
        """Be as if they had never been here."""
        sys.path.remove(str(self.folder))
        for module in self._modules:
            sys.modules.pop(module, None)
        importlib.invalidate_caches()
