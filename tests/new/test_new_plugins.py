"""What `cortex new` makes: installed, tested, checked and tried exactly as it says itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.new.environment import ROOT

if TYPE_CHECKING:
    from tests.new.environment import Environment

KINDS = ("cortex", "sense", "actuator")
SAID = {"cortex": "who are you?: “I am My cortex ", "sense": "fine", "actuator": "'emoji': '🎉'"}
BIN = Path(sys.executable).parent
TSC = ROOT / "node_modules" / ".bin" / "tsc"


class Made(NamedTuple):
    """A plugin, fresh from `cortex new`."""

    kind: str
    module: str
    folder: Path
    """Where the command was typed."""
    root: Path
    """The folder of the package, or the plugin folder."""
    trial: list[str]
    """What was printed last."""


def make(environment: Environment, folder: Path, kind: str, *flags: str) -> Made:
    name = f"my-{kind}-wren" if flags else f"my-{kind}-robin"  # both may be there at once
    printed = environment.run(" ".join(["cortex", "new", kind, name, *flags]), folder).stdout.splitlines()
    root = folder / ("my_plugins" if flags else name)
    return Made(kind, name.replace("-", "_"), folder, root, printed[-2:])


@pytest.fixture(name="package", scope="module", params=KINDS)
def _package(request, environment, tmp_path_factory):
    """A package, installed by the first of the two lines."""
    made = make(environment, tmp_path_factory.mktemp("package"), request.param)
    environment.run(made.trial[0], made.folder)
    yield made
    environment.run(f"pip uninstall --yes {made.module}", made.folder)


@pytest.fixture(name="file", params=KINDS)
def _file(request, environment, tmp_path):
    """A file in a plugin folder."""
    return make(environment, tmp_path, request.param, "--file")


# Its own tests


def test_the_tests_of_a_package_pass(environment, package):
    passed = environment.run("python -m pytest -W error", package.root).stdout
    assert "3 passed" in passed


def test_the_tests_of_a_file_pass(environment, file):
    passed = environment.run("python -m pytest -W error my_plugins", file.folder).stdout
    assert "3 passed" in passed


# Tried


@pytest.mark.parametrize("config", [None, "plugins:\n  greeter:\n"], ids=["none", "own"])
@pytest.mark.parametrize("package", ["cortex"], indirect=True)
def test_the_second_line_tries_a_cortex_with_and_without_a_config(environment, package, tmp_path, config):
    if config is not None:
        (tmp_path / "config.yaml").write_text(config)
    assert SAID["cortex"] in environment.run(package.trial[1], tmp_path).stdout


def test_the_first_line_tries_a_file(environment, file):
    assert SAID[file.kind] in environment.run(file.trial[0], file.folder).stdout


@pytest.mark.parametrize("file", ["cortex"], indirect=True)
def test_the_first_line_tries_a_file_whatever_folders_the_config_has(environment, file):
    (file.folder / "config.yaml").write_text("plugin_dirs: [others]\n")
    assert SAID["cortex"] in environment.run(file.trial[0], file.folder).stdout


def test_a_file_is_tried_where_the_config_has_its_folder(environment, tmp_path):
    (tmp_path / "config.yaml").write_text("plugin_dirs: [my_plugins]\n")
    made = make(environment, tmp_path, "cortex", "--file")
    assert "plugin_dirs" not in made.trial[0]
    assert SAID["cortex"] in environment.run(made.trial[0], tmp_path).stdout


@pytest.mark.parametrize("package", ["cortex"], indirect=True)
def test_a_package_is_refused_while_a_plugin_of_its_name_is_installed(environment, package, tmp_path):
    again = environment.run(f"cortex new cortex {package.module}", tmp_path, check=False)
    assert again.returncode == 2
    assert f"there is a plugin '{package.module}' already" in again.stderr
    assert list(tmp_path.iterdir()) == []


# Checked


def check(command, folder, **variables):
    environment = {**os.environ, **variables}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_the_wheel_has_both_halves_and_names_its_door(environment, package, tmp_path):
    build = f'python -m build --wheel --no-isolation --outdir "{tmp_path}" "{package.root}"'
    environment.run(build, package.folder)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (points,) = (archive.read(name).decode() for name in names if name.endswith("entry_points.txt"))
    script = set() if package.kind == "cortex" else {f"{package.module}/{package.module}.js"}
    assert {name for name in names if ".dist-info" not in name} == {f"{package.module}/__init__.py", *script}
    assert points.split() == ["[cortex]", package.module, "=", package.module]


def test_the_code_is_clean_by_the_rules_of_cortex(package):
    for command in (["check", package.module], ["format", "--check", "."]):
        ruff = [sys.executable, "-m", "ruff", *command, "--config", str(ROOT / "pyproject.toml")]
        done = check(ruff, package.root)
        assert done.returncode == 0, done.stdout


def test_the_types_of_the_code_are_right(package, tmp_path_factory):
    cache = tmp_path_factory.getbasetemp() / "mypy"
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(cache), "--config-file", ""]
    paths = {"MYPYPATH": f"{ROOT}"}
    done = subprocess.run(
        [*command, package.module], cwd=package.root, env=paths, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.skipif(not (TSC.exists() and (BIN / "node").exists()), reason="`make` has not set up node here")
@pytest.mark.parametrize("package", ["sense", "actuator"], indirect=True)
def test_the_types_of_the_browser_half_are_right_and_the_page_can_load_it(package, tmp_path):
    script = package.root / package.module / f"{package.module}.js"
    # What the page loads is a `Module`; a module that is none does not pass.
    (tmp_path / "load.js").write_text(
        f'import * as script from "{script}";\n'
        f'/** @import {{Module}} from "{ROOT / "web" / "faculty.js"}" */\n'
        "/** @type {Module} */\n"
        "export const module = script;\n"
    )
    config = {
        "extends": str(ROOT / "tsconfig.json"),
        "compilerOptions": {"typeRoots": [str(ROOT / "node_modules" / "@types")]},
        "include": ["load.js"],
    }
    (tmp_path / "tsconfig.json").write_text(json.dumps(config))
    done = subprocess.run(
        [TSC, "-p", tmp_path],
        env={"PATH": sys.prefix + "/bin:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
