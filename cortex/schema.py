"""From plain values to typed structs, with every problem named and none hidden by another. Knows no file."""

from __future__ import annotations

import difflib
import re
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec.inspect import type_info

from cortex.cortex import SecretText
from cortex.secrets import Secret, Unset, scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    # Key path, what was wrong.
    Problem = tuple[tuple[str, ...], str]

T = TypeVar("T", bound=msgspec.Struct)

IN_PLAIN = "no secret stands in the config: set an environment variable, and write {$env: NAME} here with its name"

_INNER_PATH = re.compile(r" - at `(?:key` in `)?\$(.*)`$")
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")


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
    """Make a struct of a mapping, checking every field; return it, or `None` and all the problems.

    A `Secret` becomes a plain text, or where that does not fit, the number or boolean that it is in YAML. A problem
    never shows one. Where there is an `Unset`, a problem that has been told, it returns `None` and the other problems.
    """
    if values is None:
        values = {}
    if not isinstance(values, dict):
        return None, [(path, f"expected keys and values, got {values!r}")]
    problems: list[Problem] = []
    found: dict[str, Any] = {}
    whole = True
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for key, value in values.items():
        here = (*path, str(key))
        if key not in fields:
            problems.append((here, unknown(str(key), fields)))
            continue
        field = fields[key]
        struct = struct_of(field.type)
        if field.type == SecretText and isinstance(value, str) and value and not isinstance(value, Secret):
            problems.append((here, IN_PLAIN))
            continue
        if struct is not None and isinstance(value, dict):
            made, inner = convert(value, struct, here)
        elif not (inner := _inner_problems(value, field.type, here)):
            made, inner = _value(value, field.type, here)
        else:
            made = None
        problems += inner
        whole = whole and not any(isinstance(each, Unset) for each in _leaves(value))
        found[field.name] = made
    problems += [
        ((*path, name), "is missing") for name, field in fields.items() if field.required and name not in values
    ]
    if problems or not whole:
        return None, problems
    try:
        return kind(**found), []
    except (TypeError, ValueError) as error:  # what `__post_init__` of a struct has against values that do not agree
        return None, [(path, str(error))]


def struct_of(kind: Any) -> type[msgspec.Struct] | None:
    """Return the struct that a field holds, also where it may be `None` instead; `None` where it may be of several."""
    structs = [each for each in _alternatives(kind) if isinstance(each, type) and issubclass(each, msgspec.Struct)]
    return structs[0] if len(structs) == 1 else None


def _alternatives(kind: Any) -> Iterator[Any]:
    """Yield the types that a value may be of."""
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) in (Union, UnionType):
        for each in get_args(kind):
            yield from _alternatives(each)
    else:
        yield kind


def _value(value: Any, kind: Any, path: tuple[str, ...]) -> tuple[Any, list[Problem]]:
    """Convert one value; return it, or `None` and what is wrong with it. With an `Unset` in it, nothing is known."""
    foreign = [each for each in _leaves(value) if isinstance(each, (Secret, Unset))]
    if any(isinstance(each, Unset) for each in foreign):
        return None, []
    try:
        return _revealed(value, kind) if foreign else msgspec.convert(value, kind), []
    except msgspec.ValidationError as error:
        text = _INNER_PATH.sub(_where, str(error))
        if text.startswith("Invalid enum value"):
            from cortex.documentation import in_words  # with `ast` and `inspect`, which nobody needs otherwise

            text = f"{text}, expected {in_words(type_info(kind))}"
        for secret in (each for each in foreign if isinstance(each, Secret)):
            text = text.replace(repr(secret.plain()), repr(secret))
        return None, [(path, f"{text}; it is {_shown(value)}")]


def _inner_problems(value: Any, kind: Any, path: tuple[str, ...]) -> list[Problem]:
    """Return what is wrong in the structs that stand in lists and mappings, each with its own path."""
    struct = struct_of(kind)
    if struct is not None and isinstance(value, dict):
        return convert(value, struct, path)[1]
    if not _has_structs(kind):
        return []
    for each in _alternatives(kind):
        inner = get_args(each)
        if isinstance(value, dict) and get_origin(each) is dict:
            items = [(item, inner[1], (*path, str(key))) for key, item in value.items()]
        elif isinstance(value, list) and (get_origin(each) is list or inner[1:] == (...,)):
            items = [(item, inner[0], (*path, f"[{index}]")) for index, item in enumerate(value)]
        else:
            continue
        return [problem for item in items for problem in _inner_problems(*item)]
    return _value(value, kind, path)[1]


def _has_structs(kind: Any) -> bool:
    return any(
        (isinstance(each, type) and issubclass(each, msgspec.Struct)) or any(map(_has_structs, get_args(each)))
        for each in _alternatives(kind)
    )


def _where(match: re.Match[str]) -> str:
    return f" at {match[1].lstrip('.')}" if match[1] else ""


def _shown(value: Any) -> str:
    if isinstance(value, Secret):
        return f"the value of the environment variable {value.name}, which is not shown"
    return repr(value)


def _leaves(value: Any, walked: set[int] | None = None) -> Iterator[Any]:
    """Yield every value that contains no other, going into each container once."""
    walked = set() if walked is None else walked
    if not isinstance(value, (dict, list)):
        yield value
    elif id(value) not in walked:
        walked.add(id(value))
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _leaves(inner, walked)


def _revealed(value: Any, kind: Any) -> Any:
    """Convert a value with secrets in it: each is a text, and what it is in YAML where a text does not fit."""
    hidden, plain = [value], [_plain(value, {})]
    while True:
        try:
            return msgspec.convert(plain[0], kind)
        except msgspec.ValidationError as error:
            inner = _INNER_PATH.search(str(error))
            path = [match[1] or match[2] for match in _STEP.finditer(inner[1] if inner else "")]
            if not _reread(hidden, plain, ["0", *path]):
                raise


def _plain(value: Any, made: dict[int, Any]) -> Any:
    """Return a copy of a value with texts for secrets; what is shared in it stays shared."""
    if isinstance(value, Secret):
        return value.plain()
    if id(value) in made:
        return made[id(value)]
    if isinstance(value, dict):
        mapping = made[id(value)] = {}
        mapping.update({key: _plain(inner, made) for key, inner in value.items()})
        return mapping
    if isinstance(value, list):
        items: list[Any] = []
        made[id(value)] = items
        items.extend(_plain(inner, made) for inner in value)
        return items
    return value


def _reread(hidden: Any, plain: Any, path: list[str]) -> bool:
    """Put what the secrets at a path are in YAML into the copy; tell whether there was one that is no text there."""
    step, *rest = path
    if isinstance(hidden, list):
        keys: list[Any] = [int(step)] if step.isdigit() else []
    elif isinstance(hidden, dict):
        keys = list(hidden) if step == "..." else [step] if step in hidden else []
    else:
        keys = []
    changed = False
    for key in keys:
        secret = hidden[key]
        if rest:
            changed = _reread(secret, plain[key], rest) or changed
        elif isinstance(secret, Secret) and isinstance(plain[key], str):
            plain[key] = scalar(secret)
            changed = changed or not isinstance(plain[key], str)
    return changed
