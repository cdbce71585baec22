"""The name of a new plugin in all its spellings, and what is wrong with a name. Imports no plugin."""

from __future__ import annotations

import importlib.util
import keyword
import re
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

FORM = re.compile(r"[A-Za-z](?:[A-Za-z0-9_-]*[A-Za-z0-9])?")
LONGEST = 64  # characters


class Name(NamedTuple):
    """One name, spelt as each place wants it."""

    folder: str
    """As the author wrote it, such as `My-Greeter`."""
    module: str
    """Of the Python module and in config.yaml, such as `my_greeter`."""
    distribution: str
    """Of the package, normalised as PEP 503 has it, such as `my-greeter`."""
    kind: str
    """Of the class, such as `MyGreeter`."""
    title: str
    """For people, such as `My greeter`."""


def spell(text: str) -> Name:
    """Return a name in all its spellings.

    Raises:
        ValueError: it has characters that some of those places do not take.
    """
    if not FORM.fullmatch(text) or len(text) > LONGEST:
        raise ValueError(
            f"{text!r} is no name for a plugin: take letters, digits, - and _, {LONGEST} at most, such as my-greeter; "
            "begin with a letter, and end with a letter or a digit"
        )
    words = re.split(r"[-_]+", text.lower())
    return Name(
        text, "_".join(words), "-".join(words), "".join(map(str.capitalize, words)), " ".join(words).capitalize()
    )


def check_free(name: Name, plugins: Mapping[str, str]) -> None:
    """Make sure that nothing else has this name. `plugins` are those that there are, each with its place.

    Raises:
        ValueError: something has.
    """
    module = name.module
    if keyword.iskeyword(module) or keyword.iskeyword(module.capitalize()):
        raise ValueError(f"{module!r} is a word of Python itself; take another name")
    if module.startswith("test_") or module in ("tests", "conftest"):
        raise ValueError(f"{module!r} would be taken for a test; take another name")
    if module in plugins:
        raise ValueError(f"there is a plugin {module!r} already: {plugins[module]}; take another name")
    if module in sys.stdlib_module_names:
        raise ValueError(f"{module!r} is a module of Python's own library; take another name")
    if importlib.util.find_spec(module) is not None:
        raise ValueError(f"an installed package has a module {module!r} already; take another name")
