"""A YAML file and where its keys stand. Knows nothing of what they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from cortex.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

Keys = tuple[str, ...]


class YamlFile:
    """The values of a YAML file, and the line of every key path."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.lines: dict[Keys, int] = {}
        self.problems: list[str] = []
        self._walked: set[yaml.Node] = set()
        try:
            loader = yaml.SafeLoader(text)
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
            return cls(str(path), path.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise ConfigError([f"{path}: there is no such file"]) from error
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError([f"{path}: cannot be read: {error}"]) from error

    def _walk(self, node: yaml.Node, path: Keys) -> None:
        if not isinstance(node, yaml.MappingNode) or node in self._walked:  # an alias may lead back to itself
            return
        self._walked.add(node)
        for key, value in node.value:
            here = (*path, str(key.value))
            line = key.start_mark.line + 1
            if here in self.lines:
                text = f"the key stands here a second time (first in line {self.lines[here]})"
                self.problems.append(f"{self.name}:{line}: {'.'.join(here)}: {text}")
            self.lines[here] = line
            self._walk(value, here)

    def place(self, path: Keys) -> str:
        """Return `file:line: key.path`, the line that of the nearest key above where the path itself is absent."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return f"{self.name}:{self.lines[path[:length]]}: {'.'.join(path)}"
        return f"{self.name}: {'.'.join(path)}"
