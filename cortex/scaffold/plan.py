"""Which files a new plugin has, and what stands in them. Reads templates, writes nothing.

The templates are real files, checked like any other; the words `knock_knock`, `knock-knock`, `KnockKnock` and `Knock
knock` in them stand for the plugin's name.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from cortex.scaffold.names import Name

Kind = Literal["cortex", "sense", "actuator"]

TEMPLATES = Path(__file__).parent / "templates"
CODE = {"knock_knock/__init__.py": "knock_knock.py", "tests/test_knock_knock.py": "test_knock_knock.py"}
FILE = {"knock_knock.py": "knock_knock.py", "test_knock_knock.py": "test_knock_knock.py"}
AROUND = {"README.md": "README.md", "pyproject.toml": "../package/pyproject.toml", ".gitignore": "../package/gitignore"}
SCRIPT = "knock_knock.js"


def plan_package(kind: Kind, name: Name) -> dict[Path, str]:
    """Return what stands in each file of a package, by the path in its folder.

    Raises:
        ValueError: the name is one of those that its code needs.
    """
    script = {f"knock_knock/{SCRIPT}": SCRIPT} if kind != "cortex" else {}
    return _fill(kind, name, CODE | script | AROUND)


def plan_file(kind: Kind, name: Name) -> dict[Path, str]:
    """Return what stands in each file of a plugin in a plugin folder, by the path there.

    Raises:
        ValueError: the name is one of those that its code needs.
    """
    script = {SCRIPT: SCRIPT} if kind != "cortex" else {}
    return _fill(kind, name, FILE | script)


def _fill(kind: Kind, name: Name, files: dict[str, str]) -> dict[Path, str]:
    code = ast.parse((TEMPLATES / kind / "knock_knock.py").read_text(encoding="utf-8"))
    if name.kind in _bound(code):
        raise ValueError(f"its class would be called {name.kind}, as another one in its code is; take another name")
    return {
        Path(_rename(path, name)): _rename((TEMPLATES / kind / template).read_text(encoding="utf-8"), name)
        for path, template in files.items()
    }


def _bound(code: ast.Module) -> set[str]:
    """Return the names of what a module imports and of its classes."""
    imports = [node for node in code.body if isinstance(node, ast.ImportFrom)]
    classes = [node.name for node in code.body if isinstance(node, ast.ClassDef)]
    return {*classes, *(alias.name for node in imports for alias in node.names)}


def _rename(text: str, name: Name) -> str:
    spellings = {
        "knock_knock": name.module,
        "knock-knock": name.distribution,
        "KnockKnock": name.kind,
        "Knock knock": name.title,
    }
    return re.sub("|".join(spellings), lambda found: spellings[found[0]], text)
