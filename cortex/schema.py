"""From plain values to typed structs, with every problem named and none hidden by another. Knows no file."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    # Key path, what was wrong.
    Problem = tuple[tuple[str, ...], str]

T = TypeVar("T", bound=msgspec.Struct)

_INNER_PATH = re.compile(r" - at `\$(.*)`$")


def nearest(name: str, known: Iterable[str]) -> str:
    """Return ` (did you mean 'x'?)`, or nothing where no known name is near."""
    near = difflib.get_close_matches(name, list(known), 1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def unknown(name: str, known: Iterable[str]) -> str:
    """Return what to say of an unknown key."""
    known = list(known)
    hint = nearest(name, known) or (f" (known here: {', '.join(known)})" if known else " (there are no options here)")
    return f"unknown key {name!r}{hint}"


def convert(values: Any, kind: type[T], path: tuple[str, ...]) -> tuple[T | None, list[Problem]]:
    """Make a struct of a mapping, checking every field; return it, or `None` and all the problems."""
    if values is None:
        values = {}
    if not isinstance(values, dict):
        return None, [(path, f"expected keys and values, got {values!r}")]
    problems: list[Problem] = []
    found: dict[str, Any] = {}
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for key, value in values.items():
        here = (*path, str(key))
        if key not in fields:
            problems.append((here, unknown(str(key), fields)))
            continue
        field = fields[key]
        struct = _struct_of(field.type)
        if struct is not None and isinstance(value, dict):
            found[field.name], inner = convert(value, struct, here)
            problems += inner
            continue
        try:
            found[field.name] = msgspec.convert(value, field.type)
        except msgspec.ValidationError as error:
            problems.append((here, f"{_INNER_PATH.sub(_where, str(error))}; it is {value!r}"))
    problems += [
        ((*path, name), "is missing") for name, field in fields.items() if field.required and name not in values
    ]
    return (None if problems else kind(**found)), problems


def _where(match: re.Match[str]) -> str:
    return f" at {match[1].lstrip('.')}" if match[1] else ""


def _struct_of(kind: Any) -> type[msgspec.Struct] | None:
    """Return the struct that a field holds, also where it may be `None` instead."""
    for candidate in (kind, *getattr(kind, "__args__", ())):
        if isinstance(candidate, type) and issubclass(candidate, msgspec.Struct):
            return candidate
    return None
