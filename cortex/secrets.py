"""Values that the config takes from the environment, `{$env: NAME}`, and how they are kept out of every text shown."""

from __future__ import annotations

import difflib
import json
import logging
import os
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import msgspec
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Path = tuple[str, ...]
    Problem = tuple[Path, str]

ENV = "$env"
NAME = r"[^\s=]+"
"""What the name of an environment variable may be, as a pattern."""
MASK = "***"
SHORTEST = 4
"""Characters; what is shorter stands in half of all words and numbers, and cannot be masked without ruining them."""
WORDS = frozenset({"true", "false", "null", "none"})
"""Nor can these."""
LONG = 6
"""Digits; a number with fewer is found everywhere, and no secret where it stands as a number."""

NUMBER = re.compile(r"-?\d+(\.\d+)?")

_FORMATTER = logging.Formatter()


class Secret(str):
    """A text from the environment as it waits to be checked: it does not show itself."""

    name: str
    """The environment variable that it comes from."""

    def __new__(cls, value: str, name: str) -> Secret:
        secret = super().__new__(cls, value)
        secret.name = name
        return secret

    def __repr__(self) -> str:
        return repr(MASK)

    def plain(self) -> str:
        """Return it as a text like any other."""
        return str.__str__(self)


class Unset:
    """Stands for a value that the environment lacks, which is a problem of its own already."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"{{{ENV}: {self.name}}}"


class Secrets:
    """Every value that came from the environment."""

    def __init__(self) -> None:
        self._forms: set[str] = set()
        self._numbers: set[int | float] = set()
        self._pattern: re.Pattern[str] | None = None

    def __repr__(self) -> str:
        return f"<{len(self._forms)} forms of secrets>"

    def resolve(self, values: Any, environment: Mapping[str, str] = os.environ) -> list[Problem]:
        """Put a `Secret` in the place of every `{$env: NAME}` inside plain values; return what cannot be had."""
        problems: list[Problem] = []
        walked: set[int] = set()  # an anchor of YAML may be used in many places, and lead back to itself

        def walk(container: Any, path: Path) -> None:
            if id(container) in walked:
                return
            walked.add(id(container))
            for key, name, value in _inner(container):
                here = (*path, name)
                if not _refers(value):
                    walk(value, here)
                    continue
                problem = _malformed(value)
                if problem is None:
                    container[key], problem = self._get(str(value[ENV]), environment)
                else:
                    container[key] = Unset("?")
                problems.extend([(here, problem)] if problem else [])

        walk(values, ())
        return problems

    def _get(self, name: str, environment: Mapping[str, str]) -> tuple[Secret | Unset, str | None]:
        value = environment.get(name)
        if value is None:
            hint = _nearest(name, environment)
            text = f"the environment variable {name} is not set{hint}; set it, or write another value here"
            return Unset(name), text
        if not value:
            return Unset(name), f"the environment variable {name} is set, but empty; give it a value, or write one here"
        try:
            value.encode()
        except UnicodeEncodeError:
            return Unset(name), f"the environment variable {name} is no text in UTF-8"
        self.add(value)
        return Secret(value, name), None

    def add(self, value: str) -> None:
        """Have a value masked from now on, unless it is too short or too common a word for that."""
        value = value.strip()
        if len(value) < SHORTEST or value.lower() in WORDS:
            return
        written = (repr(value)[1:-1], json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1])
        self._forms |= {value, *written, quote(value), quote(value, safe=""), quote_plus(value)}
        numbers = _numbers(value)
        self._numbers.update(numbers)
        self._forms |= {str(number) for number in numbers}
        self._forms |= {msgspec.json.encode(number).decode() for number in numbers if isinstance(number, float)}
        longest_first = sorted(self._forms, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(_whole, longest_first)))

    def hide(self, text: str) -> str:
        """Return a text with `***` for every secret in it, also where it is quoted for JSON, Python or a URL."""
        return self._pattern.sub(MASK, text) if self._pattern else text

    def hide_json(self, text: str) -> str:
        """Return a JSON text with `***` for every secret in it, in quotes where that is a number; keys stay."""
        if self._pattern is None or not self._pattern.search(text):
            return text
        return json.dumps(self.hide_in(json.loads(text)), ensure_ascii=False, separators=(",", ":"))

    def hide_in(self, value: Any) -> Any:
        """Return plain values with `***` for every secret in their texts and among their numbers; keys stay."""
        if isinstance(value, Secret):
            return MASK
        if isinstance(value, str):
            return self.hide(value)
        if isinstance(value, dict):
            return {key: self.hide_in(inner) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            hidden = map(self.hide_in, value)
            return tuple(hidden) if isinstance(value, tuple) else list(hidden)
        if self._is_secret(value):
            return MASK
        return repr(value) if isinstance(value, Unset) else value

    def reveals(self, value: Any) -> bool:
        """Tell whether plain values hold a secret: in a text or a key, or as a number of 6 digits or more."""
        if isinstance(value, dict):
            return any(self.reveals(each) for pair in value.items() for each in pair)
        if isinstance(value, (list, tuple, set, frozenset)):
            return any(map(self.reveals, value))
        if isinstance(value, str):
            return isinstance(value, Secret) or self.hide(value) != value
        return self._is_secret(value)

    def _is_secret(self, value: Any) -> bool:
        return isinstance(value, (int, float)) and value in self._numbers

    def filter(self) -> logging.Filter:
        """Return a filter to add to a handler: it masks messages, their arguments, extra fields and tracebacks."""
        return _Filter(self)


class _Filter(logging.Filter):
    def __init__(self, secrets: Secrets) -> None:
        super().__init__()
        self._secrets = secrets

    def filter(self, record: logging.LogRecord) -> bool:
        hide = self._secrets.hide
        if record.exc_info and not record.exc_text:
            record.exc_text = _FORMATTER.formatException(record.exc_info)
        message = _message(record)
        if hide(message) != message:
            record.msg, record.args = message, None
        for name, value in vars(record).items():
            if isinstance(value, str) and (hidden := hide(value)) != value:
                setattr(record, name, hidden)
                if name == "exc_text":
                    record.exc_info = None  # nobody is to format it again
        return True


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception as error:  # noqa: BLE001 - else logging would print the arguments, past every filter
        record.msg = f"{record.msg} (its arguments {record.args!r} do not fit: {type(error).__name__})"
        record.args = None
        return record.msg


def _inner(container: Any) -> Iterator[tuple[Any, str, Any]]:
    """Yield what is in a mapping or list: its key, that key in a path, and the value."""
    if isinstance(container, dict):
        yield from [(key, str(key), value) for key, value in container.items()]
    elif isinstance(container, list):
        yield from [(index, f"[{index}]", value) for index, value in enumerate(container)]


def _refers(value: Any) -> bool:
    """Tell whether a value is meant to be `{$env: NAME}`; `$evn` and `$ENV` are meant so too."""
    return isinstance(value, dict) and any(
        isinstance(key, str) and key.startswith("$") and difflib.get_close_matches(key.lower(), [ENV], 1)
        for key in value
    )


def _malformed(value: dict[Any, Any]) -> str | None:
    if ENV not in value:
        wrong = next(key for key in value if isinstance(key, str) and key.startswith("$"))
        return f"unknown key {wrong!r} (did you mean {ENV!r}?)"
    others = [str(key) for key in value if key != ENV]
    if others:
        return f"beside {ENV} there may be no other key, and here is {', '.join(map(repr, others))}"
    name = value[ENV]
    if not isinstance(name, str) or not re.fullmatch(NAME, name):
        return f"{ENV} needs the name of an environment variable, such as {{{ENV}: TOKEN}}; it is {name!r}"
    return None


def _nearest(name: str, environment: Mapping[str, str]) -> str:
    near = difflib.get_close_matches(name, list(environment), 1, 0.8)
    return f" (did you mean {near[0]!r}?)" if near else ""


def _whole(form: str) -> str:
    """Return the pattern of a secret; a number is not looked for inside longer numbers."""
    return rf"(?<!\d){re.escape(form)}(?!\d)" if NUMBER.fullmatch(form) else re.escape(form)


def _numbers(value: str) -> list[int | float]:
    """Return the numbers that an option may be where its value is a secret: none where they have too few digits."""
    number = scalar(Secret(value, ""))
    if isinstance(number, bool) or not isinstance(number, (int, float)) or sum(map(str.isdigit, str(number))) < LONG:
        return []
    try:
        return [number, float(number)]
    except OverflowError:
        return [number]


def scalar(secret: Secret) -> Any:
    """Return what a secret means in YAML where that is a number, a boolean or nothing; else its text."""
    try:
        value = yaml.safe_load(secret.plain())
    except (yaml.YAMLError, ValueError, RecursionError):
        return secret.plain()
    return value if value is None or isinstance(value, (bool, int, float)) else secret.plain()
