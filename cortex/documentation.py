"""What can be said of options in plain words: their types, their defaults, and the docstrings under their fields.

Knows no plugin and no config.
"""

from __future__ import annotations

import ast
import inspect
import itertools
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from msgspec import inspect as kinds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LISTS = (kinds.ListType, kinds.SetType, kinds.FrozenSetType, kinds.VarTupleType, kinds.CollectionType)
PLAIN: dict[type[kinds.Type], str] = {
    kinds.AnyType: "anything",
    kinds.BoolType: "true or false",
    kinds.BytesType: "text in base64",
    kinds.DateTimeType: "date and time",
    kinds.DateType: "date",
    kinds.DecimalType: "number",
    kinds.NoneType: "nothing",
    kinds.StructType: "keys and values",
    kinds.TimeDeltaType: "duration",
    kinds.TimeType: "time of day",
    kinds.UUIDType: "UUID",
}


class Option(NamedTuple):
    """What there is to know of one option."""

    key: str
    """Its name; `tls.cert` inside another, `feeds[].url` in each of a list, `timers.*.at` in each of a mapping."""
    type: str
    """In words, such as `integer from 1 to 10`."""
    required: bool
    default: Any
    """Plain values; `None` also where it is required."""
    help: str
    """One line; empty where its author left none."""


def first_line(text: str | None) -> str:
    """Return the first paragraph of a docstring as one line."""
    return " ".join(inspect.cleandoc(text or "").split("\n\n")[0].split())


def options_of(structs: Iterable[type[msgspec.Struct]]) -> list[Option]:
    """Return every option of some structs, those inside others included; of two of one name the first."""
    found: dict[str, Option] = {}
    for struct in structs:
        for option in _options(struct, "", ()):
            found.setdefault(option.key, option)
    return list(found.values())


def _options(struct: Any, prefix: str, outer: tuple[Any, ...]) -> Iterator[Option]:
    helps = helps_of(struct)
    for field in struct_info(struct).fields:
        key = prefix + field.encode_name
        yield Option(key, in_words(field.type), field.required, default_of(field), helps.get(field.name, ""))
        step, inner = _inside(field.type)
        if inner is not None and inner not in (struct, *outer):
            yield from _options(inner, f"{key}{step}.", (struct, *outer))


def struct_info(struct: Any) -> kinds.StructType:
    """Return the fields of a struct with their types taken apart."""
    info = kinds.type_info(struct)
    if not isinstance(info, kinds.StructType):
        raise TypeError(f"{struct!r} is no struct")
    return info


def default_of(field: kinds.Field) -> Any:
    """Return the default of a field as plain values; `None` where it has none."""
    default = field.default
    if field.default_factory is not msgspec.NODEFAULT:
        default = field.default_factory()
    return None if default is msgspec.NODEFAULT else msgspec.to_builtins(default, enc_hook=repr)


def _inside(info: kinds.Type) -> tuple[str, Any]:
    """Return the struct inside a type, and the step of a key path that leads there."""
    if isinstance(info, kinds.Metadata):
        return _inside(info.type)
    if isinstance(info, kinds.StructType):
        return "", info.cls
    if isinstance(info, LISTS):
        step, inner = _inside(info.item_type)
        return f"[]{step}", inner
    if isinstance(info, kinds.DictType):
        step, inner = _inside(info.value_type)
        return f".*{step}", inner
    if isinstance(info, kinds.UnionType):
        return next((found for each in info.types if (found := _inside(each))[1] is not None), ("", None))
    return "", None


# Types in words


def in_words(info: kinds.Type) -> str:
    """Return a type as people say it: `integer from 1 to 10`, `one of: a, b`, `list of text`."""
    if isinstance(info, kinds.Metadata):
        return in_words(info.type)
    if isinstance(info, (kinds.IntType, kinds.FloatType)):
        return ("integer" if isinstance(info, kinds.IntType) else "number") + _range(info)
    if isinstance(info, kinds.StrType):
        return "text" + _length(info, "characters") + (f" that matches {info.pattern}" if info.pattern else "")
    if isinstance(info, kinds.LiteralType):
        return f"one of: {', '.join(map(_value, info.values))}"
    if isinstance(info, kinds.EnumType):
        return f"one of: {', '.join(_value(member.value) for member in info.cls)}"
    if isinstance(info, LISTS):
        return f"list of {in_words(info.item_type)}{_length(info, 'items')}"
    if isinstance(info, kinds.TupleType):
        return f"list of {', '.join(map(in_words, info.item_types))}"
    if isinstance(info, kinds.DictType):
        return f"mapping of {in_words(info.key_type)} to {in_words(info.value_type)}"
    if isinstance(info, kinds.UnionType):
        return _union(info)
    return PLAIN.get(type(info), getattr(getattr(info, "cls", None), "__name__", "anything"))


def _union(info: kinds.UnionType) -> str:
    words = [in_words(each) for each in info.types if not isinstance(each, kinds.NoneType)]
    return " or ".join(words) + (", or nothing" if len(words) < len(info.types) else "")


def _range(info: kinds.IntType | kinds.FloatType) -> str:
    if info.ge is not None and info.le is not None:
        return f" from {_value(info.ge)} to {_value(info.le)}"
    bounds = {"of at least": info.ge, "above": info.gt, "of at most": info.le, "below": info.lt}
    said = [f"{words} {_value(bound)}" for words, bound in bounds.items() if bound is not None]
    return f" {' and '.join(said)}" if said else ""


def _length(info: Any, what: str) -> str:
    least, most = info.min_length or None, info.max_length
    if least is not None and most is not None:
        return f", {least} to {most} {what}" if least != most else f", {least} {what}"
    if least is not None:
        return f", at least {least} {what}"
    return f", at most {most} {what}" if most is not None else ""


def _value(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


# Docstrings under fields


def helps_of(struct: Any) -> dict[str, str]:
    """Return one line of help for each field of a struct: the docstring under it, else the description in its `Meta`.

    A struct whose source cannot be read has no docstrings under its fields.
    """
    helps: dict[str, str] = {}
    for field in struct_info(struct).fields:
        extra = (field.type.extra_json_schema or {}) if isinstance(field.type, kinds.Metadata) else {}
        if extra.get("description"):
            helps[field.name] = first_line(extra["description"])
    for base in reversed(struct.__mro__):
        helps |= _under_fields(base)
    return helps


def _under_fields(struct: type) -> dict[str, str]:
    body = _body_of(struct)
    return {
        field.target.id: first_line(below.value.value)
        for field, below in itertools.pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
        and isinstance(below.value.value, str)
    }


def _body_of(struct: type) -> list[ast.stmt]:
    module = inspect.getmodule(struct)
    if module is None or not struct.__module__ or not issubclass(struct, msgspec.Struct):
        return []
    try:
        inside: ast.AST = ast.parse(inspect.getsource(module))
    except (OSError, TypeError, SyntaxError):  # made without a file, or the file has changed since
        return []
    for name in struct.__qualname__.split("."):
        if name == "<locals>":
            continue
        named = (
            node
            for node in ast.walk(inside)  # the outermost first
            if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == name
        )
        found = next(named, None)
        if found is None:
            return []
        inside = found
    return inside.body if isinstance(inside, ast.ClassDef) else []
