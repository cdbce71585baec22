"""A YAML file and where its keys stand. Knows nothing of what they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from cortex.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Hashable
    from pathlib import Path

Keys = tuple[str, ...]

BOOLEAN = "tag:yaml.org,2002:bool"
TEXT = "tag:yaml.org,2002:str"


class Loader(yaml.SafeLoader):
    """PyYAML's, which would take a key such as `on` for a boolean; as a value, it is one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        for key, _ in node.value:
            if key.tag == BOOLEAN:
                key.tag = TEXT
        return super().construct_mapping(node, deep)


def parse(text: str) -> Any:
    """Return the values of a YAML text.

    Raises:
        yaml.YAMLError, ValueError, RecursionError: it is no YAML.
    """
    return Loader(text).get_single_data()


def dotted(path: Keys) -> str:
    """Return a key path as a person writes it: `plugins."acme.bots".feeds[0].url`; `[0]` is a step of its own."""
    steps = [step if step.startswith("[") else f'."{step}"' if "." in step else f".{step}" for step in path]
    return "".join(steps).removeprefix(".")


class YamlFile:
    """The values of a YAML file, and the line of every key path."""

    def __init__(self, name: str, text: str, folder: Path | None = None) -> None:
        self.name = name
        self.folder = folder
        """The folder that it lies in, which relative paths in it start from; `None`: it is no file of the user's."""
        self.lines: dict[Keys, int] = {}
        self.problems: list[str] = []
        self._walked: set[yaml.Node] = set()
        try:
            loader = Loader(text)
            node = loader.get_single_node()
            if node is not None:
                self._walk(node, ())
            value = None if node is None else loader.construct_document(node)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            at = f":{mark.line + 1}" if mark else ""
            raise ConfigError([f"{name}{at}: this is not YAML: {error.problem or error.context}"]) from error
        except (yaml.YAMLError, ValueError, RecursionError) as error:  # no such day, no such number, nested too deep
            raise ConfigError([f"{name}: this is not YAML: {' '.join(str(error).split())}"]) from error
        if value is not None and not isinstance(value, dict):
            raise ConfigError([f"{name}:1: expected sections such as 'plugins:', got {value!r}"])
        self.values: dict[str, Any] = value or {}

    @classmethod
    def read(cls, path: Path) -> YamlFile:
        """Read a file; raises `ConfigError` where it cannot be read or is not YAML."""
        try:
            return cls(str(path), path.read_text(encoding="utf-8"), path.parent)
        except FileNotFoundError as error:
            raise ConfigError([f"{path}: there is no such file"]) from error
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError([f"{path}: cannot be read: {error}"]) from error

    def _walk(self, node: yaml.Node, path: Keys) -> None:
        if not isinstance(node, yaml.CollectionNode) or node in self._walked:  # an alias may lead back to itself
            return
        self._walked.add(node)
        if isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                here = (*path, f"[{index}]")
                self.lines[here] = item.start_mark.line + 1
                self._walk(item, here)
            return
        for key, value in node.value:
            here = (*path, str(key.value))
            line = key.start_mark.line + 1
            if here in self.lines:
                text = f"the key stands here a second time (first in line {self.lines[here]})"
                self.problems.append(f"{self.name}:{line}: {dotted(here)}: {text}")
            self.lines[here] = line
            self._walk(value, here)

    def place(self, path: Keys) -> str:
        """Return `file:line: key.path`, the line that of the nearest key above where the path itself is absent."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return f"{self.name}:{self.lines[path[:length]]}: {dotted(path)}"
        return f"{self.name}: {dotted(path)}"
