"""config.yaml -> typed settings. Errors name file, line, key path and the nearest known key."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import yaml

from cortex.arbiter import ArbiterSettings
from cortex.errors import ConfigError
from cortex.schema import convert, unknown
from cortex.secrets import Secrets
from cortex.yamlfile import YamlFile, dotted, parse

if TYPE_CHECKING:
    from collections.abc import Iterable

DOORS = ("senses", "actuators", "plugins")
"""The sections that name plugins and hold their options; one door, three shelves."""

_KEY = re.compile(r"""\s*(?:"([^"]+)"|'([^']+)'|([^.="'\s][^.="']*?))\s*(?=[.=])""")
"""One step of the path of an override: a key, in quotes where it has a dot in it."""


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
    lacks: tuple[str, ...] = ()
    """What its section takes from the environment, and cannot have; each with its place."""


class Extras(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What stands in the config outside every section."""

    plugin_dirs: tuple[str, ...] = ()
    """Folders of plugins, one Python file or package each; relative to the folder of the file that names them."""


class Config:
    """A checked configuration; the options of plugins are checked when their schemas are known."""

    def __init__(self, files: list[YamlFile], values: dict[str, Any], overrides: dict[tuple[str, ...], str]) -> None:
        self._files = files
        self.source = files[0].name
        """The file that it comes from."""
        self._overrides = overrides
        self._added: dict[tuple[str, ...], str] = {}
        self.secrets = Secrets()
        """What of it came from the environment, and must not be shown."""
        problems = [problem for file in files for problem in file.problems]
        lacking = self.secrets.resolve(values)
        sections = ("server", "arbiter", "plugin_dirs", *DOORS)
        problems += [self.say((key,), unknown(key, sections)) for key in map(str, values) if key not in sections]
        server, wrong = convert(values.get("server"), ServerSettings, ("server",))
        arbiter, more = convert(values.get("arbiter"), ArbiterSettings, ("arbiter",))
        dirs = {"plugin_dirs": values["plugin_dirs"]} if values.get("plugin_dirs") is not None else None
        extras, others = convert(dirs, Extras, ())
        problems += [self.say(*problem) for problem in (*wrong, *more, *others)]
        self.server = server or ServerSettings()
        self.arbiter = arbiter or ArbiterSettings()
        self.plugin_dirs: tuple[Path, ...] = self._folders(extras.plugin_dirs if extras else (), problems)
        """The folders of plugins, absolute."""
        self.enabled: list[Enabled] = []
        for door in DOORS:
            section = {} if values.get(door) is None else values[door]
            if not isinstance(section, dict):
                problems.append(self.say((door,), f"expected names of plugins and their options, got {section!r}"))
                continue
            for name, options in section.items():
                path = (door, str(name))
                lacks = tuple(self.say(*problem) for problem in lacking if problem[0][:2] == path)
                self.enabled.append(Enabled(name=str(name), path=path, options=options, lacks=lacks))
        named = {enabled.path for enabled in self.enabled}
        self._problems = problems + [self.say(*problem) for problem in lacking if problem[0][:2] not in named]

    @property
    def problems(self) -> list[str]:
        """What is wrong in the core's own sections, and what the environment lacks.

        The options of plugins are checked later.
        """
        return [*self._problems, *(problem for enabled in self.enabled for problem in enabled.lacks)]

    def add(self, name: str, why: str) -> None:
        """Enable a plugin that stands in no file, with its default options; `why` is the place that problems name."""
        path = ("plugins", name)
        self._added[path] = why
        self.enabled.append(Enabled(name=name, path=path, options=None))

    def __repr__(self) -> str:
        return self.secrets.hide(f"<config of {self.source}: {self.server!r}, {self.arbiter!r}, {self.enabled!r}>")

    def _folders(self, names: tuple[str, ...], problems: list[str]) -> tuple[Path, ...]:
        typed = any(keys[0] == "plugin_dirs" for keys in self._overrides)
        base = Path() if typed else self._files[0].folder or Path()
        folders = [(base / name).absolute() for name in names]
        for index, folder in enumerate(folders):
            if not folder.is_dir():
                text = f"{folder} is no folder" if folder.exists() else f"there is no folder {folder}"
                problems.append(self.say(("plugin_dirs", f"[{index}]"), text))
        return tuple(dict.fromkeys(folders))

    def say(self, path: tuple[str, ...], problem: str) -> str:
        """Return a problem with the place where it stands, and without secrets."""
        return self.secrets.hide(f"{self._place(path)}: {problem}")

    def _place(self, path: tuple[str, ...]) -> str:
        if why := self._added.get(path[:2]):
            return f"{why}: {dotted(path)}" if path[2:] else why
        for length in range(len(path), 0, -1):
            if path[:length] in self._overrides:
                return f"--set {self._overrides[path[:length]]}: {dotted(path)}"
        for keys, text in self._overrides.items():
            if keys[: len(path)] == path:
                return f"--set {text}: {dotted(path)}"
        for file in self._files:
            if path[:1] in file.lines:
                return file.place(path)
        return self._files[0].place(path)


def load_config(path: Path | None = None, sets: Iterable[str] = ()) -> Config:
    """Read the config: the file named, else `config.yaml` in this folder, else the one inside the package.

    A section that the file leaves out is taken from the one inside the package. `sets` are overrides such as
    `plugins.classifier.top=5`, whose values are YAML; a key with a dot in it stands in quotes.

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
    keys, value = _split(text)
    section = values
    for index, key in enumerate(keys[:-1]):
        inner = section.get(key)
        if inner is not None and not isinstance(inner, dict):
            raise ConfigError([f"--set {text}: {dotted(keys[: index + 1])} is {inner!r}, which has no keys"])
        section[key] = inner = dict(inner or {})
        section = inner
    try:
        section[keys[-1]] = parse(value)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ConfigError([f"--set {text}: {value!r} is not YAML; quote it"]) from error
    return keys


def _split(text: str) -> tuple[tuple[str, ...], str]:
    """Return the keys and the value of an override."""
    keys: list[str] = []
    at = 0
    while step := _KEY.match(text, at):
        keys.append(step[1] or step[2] or step[3])
        at = step.end() + 1
        if text[at - 1] == "=":
            return tuple(keys), text[at:]
    advice = "such as plugins.classifier.top=5; a key with a dot in it stands in quotes"
    raise ConfigError([f"--set {text}: expected KEY.PATH=VALUE, {advice}"])
