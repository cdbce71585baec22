"""Write docs/reference.md from the code and its docstrings. `make docs` calls it; a test holds the file against it."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

import cortex
from cortex import cortex as core
from cortex import hookspecs
from cortex.limits import Budget, Limits, SenseLimits
from cortex.testing import Bot, Clock, Conversation, Page, pictures

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HEAD = """# Reference

Everything that a plugin may import: `from cortex import …`. How to use it: [plugins.md](plugins.md). Written by
`make docs` from the code.
"""

GROUPS: dict[str, tuple[str, ...]] = {
    "What you write": (
        "Cortex",
        "Sense",
        "Actuator",
        "BaseOptions",
        "SecretText",
        "Register",
        "hookimpl",
        "API_VERSION",
    ),
    "What is perceived": (
        "Stimulus",
        "Sentence",
        "Frame",
        "Event",
        "Header",
        "Once",
        "decode_picture",
        "sentence_text",
    ),
    "What is thought": ("Seen", "Named", "Meaning", "Eye"),
    "What is done": ("Action", "Show", "Say", "Hush", "Attend", "Adjust", "Picture", "Label", "Box"),
    "The conversation": ("Session", "Hindrance"),
    "Elsewhere": ("Place", "place_of", "encode_picture", "Threads"),
    "On the server": ("Emit", "Post", "state_folder"),
    "Errors": (
        "CortexError",
        "ConfigError",
        "PluginError",
        "ModelError",
        "ServiceError",
        "RefusedError",
        "WireError",
        "StimulusError",
    ),
}
INNER = ("# For the router", "# For the bot")
"""Where the part of a class begins that is none of a plugin's business."""


def page() -> str:
    """Return the page."""
    parts = [HEAD, "## The hooks\n", *(_function(hook) for hook in _hooks())]
    for title, names in GROUPS.items():
        parts += [f"## {title}\n", *(_entry(name) for name in names)]
    parts += ["## Limits\n", _class("Limits", Limits), _class("Budget", Budget), _class("SenseLimits", SenseLimits)]
    parts += ["## Testing\n", "The fixtures of `cortex.testing`: [testing.md](testing.md).\n"]
    parts += [_class("The fixture bot", Bot), _class("Conversation, which a bot is", Conversation)]
    parts += [_class("The fixture clock", Clock), _class("The fixture page", Page)]
    parts += ["### `cortex.testing.pictures`\n", *(_function(each, 4) for each in _public(pictures))]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(parts)).rstrip() + "\n"


def _hooks() -> list[Any]:
    return [value for name, value in vars(hookspecs).items() if name.startswith("register_")]


def _public(module: Any) -> list[Any]:
    return [
        thing
        for name, thing in vars(module).items()
        if inspect.isfunction(thing) and thing.__module__ == module.__name__ and not name.startswith("_")
    ]


def _entry(name: str) -> str:
    thing = getattr(cortex, name)
    if isinstance(thing, type):
        return _class(name, thing)
    if inspect.isfunction(thing):
        return _function(thing)
    sources = [ast.parse(inspect.getsource(module)).body for module in (cortex, hookspecs, core)]
    text = next(text for body in sources if (text := _attributes(body).get(name)))
    value = f" = `{thing!r}`" if isinstance(thing, str) else ""
    return f"### `{name}`{value}\n\n{text}\n"


def _function(function: Any, level: int = 3) -> str:
    signature = str(inspect.signature(function)).replace("'", "")
    kind = "async " if inspect.iscoroutinefunction(function) else ""
    return f"{'#' * level} `{kind}{function.__name__}{signature}`\n\n{_prose(inspect.getdoc(function))}\n"


def _class(title: str, kind: type) -> str:
    source = inspect.getsource(kind)
    public = source[: min((source.find(mark) for mark in INNER if mark in source), default=len(source))]
    parts = [f"### `{title}`\n" if title.isidentifier() else f"### {title}\n", _prose(inspect.getdoc(kind)), ""]
    if rows := list(_rows(kind, public)):
        parts += ["| | default | |", "|---|---|---|", *rows, ""]
    for name, thing in vars(kind).items():
        function = getattr(thing, "__func__", thing)
        told = inspect.isfunction(function) and function.__doc__ and not name.startswith("_")
        if told and f"def {name}(" in public:
            parts.append(_function(function, 4))
    return "\n".join(parts)


def _rows(kind: type, source: str) -> Iterator[str]:
    """Yield a row of a table for each attribute that has a docstring, and each property."""
    body = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
    fields = {field.name: field for field in msgspec.structs.fields(kind)} if issubclass(kind, msgspec.Struct) else {}
    blocks = [node.body for node in ast.walk(body) if isinstance(node, (ast.ClassDef, ast.FunctionDef))]
    for name, text in ((name, text) for block in blocks for name, text in _attributes(block).items()):
        if not name.startswith("_") and name in source:
            yield f"| `{name}` | {_default(kind, name, fields.get(name))} | {text} |"
    for name, value in vars(kind).items():
        if isinstance(value, property) and value.__doc__ and not name.startswith("_"):
            yield f"| `{name}` | | {' '.join(value.__doc__.split())} |"


def _default(kind: type, name: str, field: Any) -> str:
    if field is None:
        value = vars(kind).get(name)
        return f"`{value!r}`" if name in vars(kind) and isinstance(value, (str, int, float, type(None))) else ""
    if field.required:
        return "must be given"
    return "made anew" if field.default is msgspec.NODEFAULT else f"`{field.default!r}`"


def _attributes(block: Iterable[ast.stmt]) -> dict[str, str]:
    """Return the docstring under each variable of a block of code, in one line."""
    found: dict[str, str] = {}
    name = ""
    for statement in block:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and name:
            found[name] = " ".join(str(statement.value.value).split())
        target: Any = None
        if isinstance(statement, (ast.AnnAssign, ast.Assign)):
            target = statement.target if isinstance(statement, ast.AnnAssign) else statement.targets[0]
        name = str(getattr(target, "attr", getattr(target, "id", "")))
    return found


def _prose(text: str | None) -> str:
    """Return a docstring as Markdown: what it raises as a list."""
    if not text:
        raise LookupError("there is no docstring")
    head, _, raised = text.partition("Raises:\n")
    items = [" ".join(item.split()) for item in re.split(r"\n(?=    \w+: )", f"\n{raised}") if item.strip()]
    lines = [re.sub(r"^(\w+): ", r"- `\1`: ", item) for item in items]
    return head.strip() + ("\n\nRaises:\n\n" + "\n".join(lines) if lines else "")


if __name__ == "__main__":
    (Path(__file__).parents[1] / "docs" / "reference.md").write_text(page(), encoding="utf-8")
