"""The wheel as a user gets it: installed into an environment of its own, run from an empty folder."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import urllib.request
import venv
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(name="environment", scope="module")
def _environment(tmp_path_factory):
    """A virtual environment with the wheel installed; the dependencies are lent by the one that runs the tests."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True, text=True)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "env", with_pip=False)
    python = folder / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", str(wheel)]
    subprocess.run(install, check=True, capture_output=True, text=True)
    ask = [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    site = subprocess.run(ask, check=True, capture_output=True, text=True).stdout.strip()
    # A path in a .pth file is searched, but the .pth files in it are not read: nothing of the checkout comes along.
    (Path(site) / "lent.pth").write_text(sysconfig.get_path("purelib"))
    return python


@pytest.fixture(name="cortex")
def _cortex(environment):
    return environment.parent / "cortex"


@pytest.fixture(name="empty")
def _empty(tmp_path):
    return {"cwd": tmp_path, "env": {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}}


def test_it_is_the_wheel_that_runs_and_not_the_checkout(environment, empty):
    code = "import cortex, senses, cortex_classifier as c; print(cortex.__file__, senses.__file__, c.__file__)"
    found = subprocess.run([environment, "-c", code], check=True, capture_output=True, text=True, **empty).stdout
    assert str(ROOT) not in found
    assert found.count(str(environment.parents[1])) == 3


def test_cortex_run_serves_the_page_and_its_modules_from_an_empty_folder(cortex, empty):
    server = subprocess.Popen([cortex, "run", "--port", "0"], stdout=subprocess.PIPE, text=True, **empty)
    try:
        address = re.search(r"http://\S+", server.stdout.readline())[0]
        for path in ("/", "/main.js", "/style.css", "/actuators/display.js", "/modules/vision/client.js"):
            with urllib.request.urlopen(address + path, timeout=10) as answer:
                assert answer.status == 200
                assert answer.read()
        with urllib.request.urlopen(address + "/plugins", timeout=10) as answer:
            states = {plugin["name"]: plugin["state"] for plugin in json.load(answer)}
    finally:
        server.terminate()
        server.communicate(timeout=10)
    assert server.returncode == 0
    assert states["classifier"] == "working"


def test_cortex_answers_a_sentence_from_an_empty_folder(cortex, empty):
    heard = subprocess.run([cortex, "hear", "hello"], check=True, capture_output=True, text=True, **empty)
    assert heard.stdout == "hello: “Hello!”\n"


def test_nobody_can_import_a_package_called_plugins_or_web(environment, empty):
    for name in ("plugins", "web"):
        code = f"import {name}"
        found = subprocess.run([environment, "-c", code], capture_output=True, text=True, check=False, **empty)
        assert "ModuleNotFoundError" in found.stderr


def test_every_package_that_is_imported_is_a_declared_dependency():
    declared = {re.match(r"[\w.-]+", line)[0].lower().replace("_", "-") for line in requires("cortex-senses") or []}
    ours = {"cortex", "senses", *(path.stem for path in (ROOT / "plugins").iterdir())}
    imported = set()
    for folder in ("cortex", "senses", "plugins"):
        for path in (ROOT / folder).rglob("*.py"):
            lines = re.findall(r"^\s*(?:from|import) ([a-zA-Z_]\w*)", path.read_text(encoding="utf-8"), re.MULTILINE)
            imported |= set(lines)
    foreign = imported - ours - sys.stdlib_module_names - {"of"}
    distributions = packages_distributions()
    undeclared = {name for name in foreign if not declared & {d.lower() for d in distributions.get(name, [name])}}
    assert foreign >= {"quart", "uvicorn", "msgspec", "yaml", "PIL"}
    assert undeclared <= {"flatbuffers", "keras"}, "these come with TensorFlow"
