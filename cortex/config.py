"""config.yaml -> typed settings. Errors name file, line, key path and the nearest known key."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import yaml

from cortex.arbiter import ArbiterSettings
from cortex.errors import ConfigError
from cortex.schema import convert, unknown
from cortex.yamlfile import YamlFile

if TYPE_CHECKING:
    from collections.abc import Iterable

DOORS = ("senses", "actuators", "plugins")
"""The sections that name plugins and hold their options; one door, three shelves."""


class Tls(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The certificate of the server."""

    cert: str
    """Path of the certificate (PEM, with the chain)."""
    key: str
    """Path of its private key (PEM)."""


class ServerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where and how the server listens."""

    host: str = "localhost"
    """Host name or address to listen on; `0.0.0.0` for every network."""
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8080
    """TCP port; 0 takes any free one."""
    tls: Tls | None = None
    """With it the server speaks https, which browsers ask for before they give a phone's camera."""
    origins: tuple[str, ...] = ()
    """Further origins whose pages may open the WebSocket, such as `https://example.org`; its own always may."""
    linger: Annotated[float, msgspec.Meta(ge=0)] = 60.0
    """Seconds that a session waits for its clients to come back before it ends."""


class Enabled(msgspec.Struct, frozen=True, kw_only=True):
    """A plugin named in the config."""

    name: str
    path: tuple[str, ...]
    options: Any
    """Its section, not yet checked: only the plugin knows its schema."""


class Config:
    """A checked configuration; the options of plugins are checked when their schemas are known."""

    def __init__(self, files: list[YamlFile], values: dict[str, Any], overrides: dict[tuple[str, ...], str]) -> None:
        self._files = files
        self.source = files[0].name
        """The file that it comes from."""
        self._overrides = overrides
        problems = [problem for file in files for problem in file.problems]
        sections = ("server", "arbiter", *DOORS)
        problems += [self.say((key,), unknown(key, sections)) for key in map(str, values) if key not in sections]
        server, wrong = convert(values.get("server"), ServerSettings, ("server",))
        arbiter, more = convert(values.get("arbiter"), ArbiterSettings, ("arbiter",))
        problems += [self.say(*problem) for problem in (*wrong, *more)]
        self.server = server or ServerSettings()
        self.arbiter = arbiter or ArbiterSettings()
        self.enabled: list[Enabled] = []
        for door in DOORS:
            section = values.get(door) or {}
            if not isinstance(section, dict):
                problems.append(self.say((door,), f"expected names of plugins and their options, got {section!r}"))
                continue
            for name, options in section.items():
                self.enabled.append(Enabled(name=str(name), path=(door, str(name)), options=options))
        self.problems: list[str] = problems
        """What is wrong in the core's own sections; the options of plugins are checked later."""

    def say(self, path: tuple[str, ...], problem: str) -> str:
        """Return a problem with the place where it stands."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._overrides:
                return f"--set {self._overrides[path[:length]]}: {'.'.join(path)}: {problem}"
        for keys, text in self._overrides.items():
            if keys[: len(path)] == path:
                return f"--set {text}: {'.'.join(path)}: {problem}"
        for file in self._files:
            if path[:1] in file.lines:
                return f"{file.place(path)}: {problem}"
        return f"{self._files[0].place(path)}: {problem}"


def load_config(path: Path | None = None, sets: Iterable[str] = ()) -> Config:
    """Read the config: the file named, else `config.yaml` in this folder, else the one inside the package.

    A section that the file leaves out is taken from the one inside the package. `sets` are overrides such as
    `plugins.classifier.top=5`, whose values are YAML.

    Raises:
        ConfigError: a file cannot be read, is not YAML, or an override is not `key.path=value`.
    """
    default = YamlFile(*_packaged())
    files = [default]
    if path is None and Path("config.yaml").is_file():
        path = Path("config.yaml")
    if path is not None:
        files.insert(0, YamlFile.read(path))
    values = default.values | {
        key: value for key, value in files[0].values.items() if value is not None or key in DOORS
    }
    overrides: dict[tuple[str, ...], str] = {}
    for text in sets:
        keys = _override(values, text)
        overrides[keys] = text
    return Config(files, values, overrides)


def _packaged() -> tuple[str, str]:
    """Return the name and the text of the default config: inside the wheel, or beside the package in a checkout."""
    root = resources.files("cortex")
    file = root / "config.yaml"
    if not file.is_file():
        file = Path(str(root)).parent / "config.yaml"  # an editable installation
    return "the default config.yaml", file.read_text(encoding="utf-8")


def _override(values: dict[str, Any], text: str) -> tuple[str, ...]:
    path, equals, value = text.partition("=")
    keys = tuple(path.strip().split("."))
    if not equals or not all(keys):
        raise ConfigError([f"--set {text}: expected KEY.PATH=VALUE, such as plugins.classifier.top=5"])
    section = values
    for index, key in enumerate(keys[:-1]):
        inner = section.get(key)
        if inner is not None and not isinstance(inner, dict):
            raise ConfigError([f"--set {text}: {'.'.join(keys[: index + 1])} is {inner!r}, which has no keys"])
        section[key] = inner = dict(inner or {})
        section = inner
    try:
        section[keys[-1]] = yaml.safe_load(value)
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigError([f"--set {text}: {value!r} is not YAML; quote it"]) from error
    return keys
