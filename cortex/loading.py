"""Imports the module of a plugin that was found, within a time limit, and forgets it again. Knows no hook."""

from __future__ import annotations

import ast
import contextlib
import importlib
import importlib.util
import sys
import threading
from concurrent.futures import Future, wait
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import cortex
from cortex.doors import FOLDERS, package_of
from cortex.errors import CortexError, PluginError
from cortex.missing import explain_missing

if TYPE_CHECKING:
    from cortex.doors import Found

IMPORT_LIMIT = 10.0  # seconds


def load(found: Found) -> Any:
    """Return the module, or the part of it that is the plugin.

    It is imported in a thread that is not waited for longer than the limit.

    Raises:
        PluginError: it takes too long, was written for another version of the plugin API, or raises what ends programs.
        Exception: whatever the module raises.
        SystemExit: the module raises it.
    """
    if found.brought is not None:
        check_version(getattr(found.brought, "cortex_api", None), found.place)
        return found.brought
    loading: Future[Any] = Future()

    def attempt() -> None:
        try:
            loading.set_result(_import(found))
        except BaseException as error:  # noqa: BLE001 - it is raised again below
            loading.set_exception(error)

    threading.Thread(target=attempt, name=f"cortex import {found.name}", daemon=True).start()
    wait([loading], IMPORT_LIMIT)
    if not loading.done():
        raise PluginError(f"{found.module} takes longer than {IMPORT_LIMIT:g} s to import")
    error = loading.exception()
    if error is None or isinstance(error, (Exception, SystemExit)):
        return loading.result()
    raise PluginError(f"importing {found.module} raised {type(error).__name__}: {error}".removesuffix(": ")) from error


def _import(found: Found) -> Any:
    if found.file is not None:
        _enter(found.module.rpartition(".")[0], found.file.parent)
        if not _is_from(sys.modules.get(found.module), found.file):
            forget(found.module)
    spec = importlib.util.find_spec(found.module)
    if spec is not None and spec.origin is not None:
        check_version(_declared(Path(spec.origin)), found.place)
    module = importlib.import_module(found.module)
    check_version(getattr(module, "cortex_api", None), found.place)
    thing: Any = module
    for part in filter(None, found.attribute.split(".")):
        thing = getattr(thing, part)
    return thing


def _enter(name: str, folder: Path) -> None:
    """Have a folder be a package."""
    shelf = sys.modules.setdefault(FOLDERS, ModuleType(FOLDERS))
    shelf.__path__ = []
    package = sys.modules.setdefault(name, ModuleType(name))
    package.__path__ = [str(folder)]
    setattr(shelf, name.rpartition(".")[2], package)


def _is_from(module: ModuleType | None, file: Path) -> bool:
    source = getattr(module, "__file__", None)
    return source is not None and Path(source) in (file, file / "__init__.py")


def _declared(source: Path) -> Any:
    """Return the `cortex_api` of a source file without importing it, which another version may not let us do."""
    if source.suffix != ".py":
        return None
    for node in ast.parse(source.read_bytes(), str(source)).body:
        if isinstance(node, ast.Assign) and any(_is_declaration(target) for target in node.targets):
            return ast.literal_eval(node.value) if isinstance(node.value, ast.Constant) else None
    return None


def _is_declaration(target: ast.expr) -> bool:
    return isinstance(target, ast.Name) and target.id == "cortex_api"


def check_version(declared: Any, place: str) -> None:
    """Make sure that a plugin can work with this version of the plugin API; one that declares none is taken to.

    Raises:
        PluginError: it was written for another one.
    """
    if declared is None:
        return
    major, minor = map(int, cortex.API_VERSION.split("."))
    try:
        wanted, least = map(int, declared.split("."))
    except (AttributeError, ValueError):
        text = f"{place}: cortex_api is {declared!r}; it has to be a text such as {cortex.API_VERSION!r}"
        raise PluginError(text) from None
    if wanted == major and least <= minor:
        return
    advice = "upgrade Cortex" if (wanted, least) > (major, minor) else "ask its author for a newer one"
    text = f"{place} was written for the plugin API {declared}; this Cortex has {cortex.API_VERSION}: {advice}"
    raise PluginError(text)


def forget(module: str) -> None:
    """Have a module and what is in it imported anew, from its source, when it is next imported."""
    importlib.invalidate_caches()
    compiled = _compiled(module)
    for name in [name for name in sys.modules if name == module or name.startswith(f"{module}.")]:
        gone = sys.modules.pop(name)
        parent, _, last = name.rpartition(".")
        if vars(sys.modules.get(parent, gone)).get(last) is gone:  # where `from . import` would find it
            delattr(sys.modules[parent], last)
        if cached := getattr(gone, "__cached__", None):
            compiled.add(Path(cached))
    for path in compiled:  # they are compared by whole seconds: two quick edits would look like one
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def forget_shared(folder: Path) -> None:
    """Forget what the plugins of a folder share: the modules whose names begin with `_`."""
    package = package_of(folder)
    names = {f"{package}.{path.stem}" for path in folder.glob("_*") if not path.name.startswith("__")}
    names |= {".".join(name.split(".")[:3]) for name in sys.modules if name.startswith(f"{package}._")}
    for name in names:
        forget(name)


def _compiled(module: str) -> set[Path]:
    """Return the compiled files of a module and of what is in it, also of those that could not be imported."""
    parent = module.rpartition(".")[0]
    places = getattr(sys.modules.get(parent), "__path__", []) if parent else sys.path
    spec = PathFinder.find_spec(module, list(places))
    if spec is None or spec.origin is None:
        return set()
    source = Path(spec.origin)
    sources = source.parent.rglob("*.py") if source.name == "__init__.py" else [source]
    return {Path(importlib.util.cache_from_source(str(path))) for path in sources if path.suffix == ".py"}


def reason_of(error: BaseException, found: Found | None) -> str:
    """Return in one line why a plugin cannot work, and what to do where that is known."""
    if isinstance(error, CortexError):
        return str(error)
    if isinstance(error, ModuleNotFoundError):
        return explain_missing(error, found.distribution, found.module) if found else explain_missing(error, None)
    if isinstance(error, SyntaxError) and error.filename:
        return f"SyntaxError: {error.msg} ({Path(error.filename).name}, line {error.lineno})"
    return f"{type(error).__name__}: {error}"
