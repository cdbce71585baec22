"""The rooms of the house: who may import whom, and how large a file may be."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import cortex
from cortex import hookspecs

ROOT = Path(__file__).parents[2]
CORE = sorted((ROOT / "cortex").rglob("*.py"))
SENSES = sorted((ROOT / "senses").rglob("*.py"))
PLUGINS = sorted((ROOT / "plugins").rglob("*.py"))
TESTS = sorted(path for path in (ROOT / "tests").rglob("*") if path.suffix in (".py", ".js"))
SCRIPTS = sorted(path for room in ("web", "senses", "plugins") for path in (ROOT / room).rglob("*.js"))
OURS = {"cortex", "senses", *(path.stem for path in (ROOT / "plugins").iterdir())}


def name(path):
    return str(path.relative_to(ROOT))


def imports(path):
    """Yield every (module, name) that a file imports, wherever in it that stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(path)} imports relatively"
            yield from ((node.module or "", alias.name) for alias in node.names)


def root_of(module):
    return module.partition(".")[0]


@pytest.mark.parametrize("path", CORE, ids=name)
def test_the_core_imports_neither_senses_nor_plugins(path):
    assert {root_of(module) for module, _ in imports(path)} & OURS <= {"cortex"}


@pytest.mark.parametrize("path", [*SENSES, *PLUGINS], ids=name)
def test_senses_and_plugins_import_only_the_public_names_of_the_core(path):
    own = "senses" if path in SENSES else path.relative_to(ROOT / "plugins").parts[0].removesuffix(".py")
    for module, imported in imports(path):
        if root_of(module) == "cortex":
            assert module == "cortex", f"from {module} import {imported}"
            assert imported in cortex.__all__, imported
        elif root_of(module) in OURS:
            assert root_of(module) == own, f"{module} belongs to another"


def test_only_the_app_imports_quart():
    assert [name(path) for path in CORE if any(root_of(m) == "quart" for m, _ in imports(path))] == ["cortex/app.py"]


def test_heavy_libraries_are_imported_only_where_they_are_used():
    heavy = {"tensorflow", "keras", "ai_edge_litert", "numpy", "PIL"}
    code = f"import sys, cortex, cortex.server, cortex.cli; print(*sys.modules.keys() & {heavy})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout.split() == []


def test_what_is_public_is_sorted_and_is_all_that_the_package_imports():
    imported = [imported for _, imported in imports(ROOT / "cortex" / "__init__.py")]
    assert sorted(cortex.__all__) == cortex.__all__
    assert sorted([*imported, "API_VERSION"]) == cortex.__all__


@pytest.mark.parametrize("public", cortex.__all__)
def test_everything_public_has_a_docstring(public):
    thing = getattr(cortex, public)
    assert public == "hookimpl" or inspect.getdoc(thing)


@pytest.mark.parametrize("path", [*CORE, *SENSES, *PLUGINS, *TESTS, *SCRIPTS], ids=name)
def test_no_file_is_longer_than_four_hundred_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", [*CORE, *SENSES, *PLUGINS], ids=name)
def test_every_module_says_what_it_is(path):
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


HOOKS = [value for value in vars(hookspecs).values() if hasattr(value, "cortex_spec")]


def test_there_are_six_hooks_at_most_and_none_is_asynchronous():
    assert 0 < len(HOOKS) <= 6
    assert not any(map(inspect.iscoroutinefunction, HOOKS))


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook.__name__)
def test_every_hook_says_in_a_sentence_what_it_is_for_and_is_documented_and_used(hook):
    assert hook.__doc__
    assert hook.__doc__.count(".") == 1
    assert f"{hook.__name__}(register)" in (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
    used = [path for path in (*SENSES, *PLUGINS) if f"def {hook.__name__}(register" in path.read_text(encoding="utf-8")]
    assert used, "a hook that no bundled plugin uses"
