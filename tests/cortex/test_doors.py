"""The three doors: installed packages, folders of plain files, modules by name. What is not enabled is not imported."""

from __future__ import annotations

import json
import os
import re
import sys

import pytest

from cortex import API_VERSION
from cortex.config import load_config
from cortex.doors import Doors, package_of
from cortex.health import State
from cortex.loading import forget_shared
from cortex.plugins import Plugins
from tests.support.outsiders import cortex


@pytest.fixture(name="folder")
def _folder(tmp_path):
    folder = tmp_path / "my_plugins"
    folder.mkdir()
    yield folder
    for name in [name for name in sys.modules if name.startswith("cortex_plugin_dirs")]:
        del sys.modules[name]


@pytest.fixture(name="load_from")
def _load_from(tmp_path):
    """Load the plugins of a config that names these folders."""

    def load_from(*folders):
        def load(*names, **options):
            plugins = {name: options.get(name) for name in names}
            config = {"plugin_dirs": folders, "senses": None, "actuators": None, "plugins": plugins}
            file = tmp_path / "bot.yaml"
            file.write_text(json.dumps(config, indent=1), encoding="utf-8")
            return Plugins(load_config(file))

        return load

    return load_from


@pytest.fixture(name="load")
def _load(folder, load_from):
    """Load the plugins of a config that names the folder."""
    return load_from("my_plugins")


def reason(plugins):
    assert plugins.all[-1].health.state is State.FAILED
    return plugins.all[-1].health.reason


def test_a_file_in_a_plugin_folder_is_a_plugin(load, folder):
    (folder / "robin.py").write_text(cortex("pass", name="robin"))
    plugins = load("robin")
    assert plugins.problems == []
    assert list(plugins.all[0].cortexes) == ["robin"]


def test_a_package_in_a_plugin_folder_is_one_and_may_import_its_own_parts(load, folder):
    (folder / "wren").mkdir()
    (folder / "wren" / "song.py").write_text("SONG = 'la'")
    (folder / "wren" / "__init__.py").write_text("from .song import SONG\n" + cortex("song = SONG", name="wren"))
    (wren,) = load("wren").all[0].cortexes.values()
    assert wren.song == "la"


def test_files_of_one_folder_may_share_a_module_that_is_no_plugin(load, folder):
    (folder / "_shared.py").write_text("WORD = 'hi'")
    (folder / "robin.py").write_text("from ._shared import WORD\n" + cortex("word = WORD", name="robin"))
    (robin,) = load("robin").all[0].cortexes.values()
    assert robin.word == "hi"


def test_tests_and_private_files_are_no_plugins(folder):
    for name in ("robin.py", "_shared.py", "test_robin.py", "conftest.py", ".hidden.py", "notes.txt"):
        (folder / name).touch()
    (folder / "data").mkdir()
    ours = Doors().available()
    assert set(Doors([folder]).available()) - set(ours) == {"robin"}


def test_what_is_not_enabled_is_not_imported(load, folder):
    (folder / "robin.py").write_text(cortex("pass", name="robin"))
    (folder / "bomb.py").write_text("raise SystemExit('imported')")
    assert load("robin").all[0].health.state is not State.FAILED
    assert not [name for name in sys.modules if name.startswith("cortex_plugin_dirs") and name.endswith(".bomb")]


def test_a_file_named_like_a_module_of_python_hides_nothing(load, folder):
    (folder / "queue.py").write_text(cortex("pass", name="queue"))
    assert list(load("queue").all[0].cortexes) == ["queue"]
    import queue

    assert queue.SimpleQueue


def test_a_plugin_may_be_named_by_its_module(load, tmp_path, monkeypatch):
    package = tmp_path / "path" / "acme" / "bots"
    package.mkdir(parents=True)
    (package / "robin.py").write_text(
        cortex("class Options(BaseOptions):\n    top: int = 1", name="robin"), encoding="utf-8"
    )
    monkeypatch.syspath_prepend(tmp_path / "path")
    plugins = load("acme.bots.robin", **{"acme.bots.robin": {"top": 3}})
    assert plugins.problems == []
    assert plugins.all[0].cortexes["robin"].options.top == 3


def test_a_module_that_is_not_there_is_named(load):
    assert reason(load("nobody.nowhere")) == "there is no module nobody.nowhere"
    assert reason(load("json.nowhere")) == "there is no module json.nowhere"


def test_what_a_dotted_module_lacks_is_no_module_of_its_own(load, tmp_path, monkeypatch):
    (tmp_path / "path" / "acme_birds").mkdir(parents=True)
    (tmp_path / "path" / "acme_birds" / "robin.py").write_text("import acme_bird")
    monkeypatch.syspath_prepend(tmp_path / "path")
    assert reason(load("acme_birds.robin")).startswith("it needs 'acme_bird', which is not installed")


def test_a_shared_file_that_is_not_there_is_sought_in_the_folder(load, folder):
    (folder / "robin.py").write_text("from ._wrods import X")
    assert reason(load("robin")) == "it needs '_wrods', which is not in its plugin folder"


@pytest.mark.parametrize(
    "error", ["GeneratorExit('x')", "KeyboardInterrupt('x')", "type('Odd', (BaseException,), {})('x')"]
)
def test_whatever_an_import_raises_ends_only_that_plugin(load, folder, error):
    (folder / "robin.py").write_text(f"raise {error}")
    name = "Odd" if "Odd" in error else error.partition("(")[0]
    assert reason(load("echo", "robin")) == f"importing {package_of(folder)}.robin raised {name}: x"


def test_a_file_and_an_installed_plugin_of_one_name_are_both_named(load, folder, outsiders):
    outsiders.install("robin", cortex("pass", name="robin"))
    (folder / "robin.py").write_text(cortex("pass", name="robin"))
    why = reason(load("robin"))
    assert "two plugins have this name" in why
    assert "outside_robin of outside_robin 0.1" in why
    assert str(folder / "robin.py") in why


def test_an_unknown_name_is_sought_in_the_folders_too(load, folder):
    (folder / "robin.py").touch()
    (problem,) = load("robbin").problems
    assert f"none in {folder} (did you mean 'robin'?)" in problem


def test_each_of_two_folders_has_what_its_own_plugins_share(load_from, tmp_path):
    for place, name in (("d1/birds", "robin"), ("d2/birds", "wren")):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "_w.py").write_text(f"WORD = {place!r}")
        source = "from . import _w\nfrom ._w import WORD\n" + cortex("words = WORD, _w.WORD", name=name)
        (tmp_path / place / f"{name}.py").write_text(source)
    robin, wren = load_from("d1/birds", "d2/birds")("robin", "wren").all
    assert robin.cortexes["robin"].words == ("d1/birds", "d1/birds")
    assert wren.cortexes["wren"].words == ("d2/birds", "d2/birds")
    assert robin.owns(robin.found.module + ".part")
    assert not robin.owns(wren.found.module)


def test_the_module_of_a_file_is_named_after_its_folder(tmp_path):
    modules = []
    for place in ("one/my-birds", "two/my-birds"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "robin.py").touch()
        modules += [Doors([tmp_path / place]).find("robin")[0].module for _ in range(2)]
    assert all(re.fullmatch(r"cortex_plugin_dirs\.my_birds(_\d+)?\.robin", module) for module in modules)
    assert modules[0] == modules[1] != modules[2] == modules[3]


def test_the_place_of_a_plugin_has_no_detours(tmp_path):
    for place in ("c1", "birds"):
        (tmp_path / place).mkdir()
    (tmp_path / "birds" / "robin.py").touch()
    doors = Doors([tmp_path / "c1" / ".." / "birds", tmp_path / "birds"])
    (found,) = doors.find("robin")
    assert found.place == str(found.file) == str(tmp_path / "birds" / "robin.py")


def test_what_is_forgotten_is_imported_anew_also_after_a_quick_edit_that_failed(load, folder, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    source = "from . import _w\n" + cortex("word = _w.WORD", name="robin")
    (folder / "robin.py").write_text(source)
    plugins = None
    moment = (folder / "robin.py").stat().st_mtime_ns
    words = []
    for shared in ("WORD = 'aa'", "1/0;;;;;;;;".replace(";", "#"), "WORD = 'bb'", "WORD = 'cc'"):
        assert len(shared) == len("WORD = 'aa'")
        (folder / "_w.py").write_text(shared)
        os.utime(folder / "_w.py", ns=(moment, moment))
        forget_shared(folder)
        plugins = plugins or load("robin")
        plugin = plugins.reload(plugins.all[-1])
        words.append(getattr(plugin.cortexes.get("robin"), "word", None))
    assert words == ["aa", None, "bb", "cc"]


def test_another_folder_brings_another_plugin_of_the_name(folder, tmp_path):
    words = []
    for word in ("one", "two"):
        (tmp_path / word).mkdir()
        (tmp_path / word / "robin.py").write_text(cortex(f"word = {word!r}", name="robin"))
        file = tmp_path / f"{word}.yaml"
        file.write_text(json.dumps({"plugin_dirs": [word], "senses": None, "plugins": {"robin": None}}))
        words.append(Plugins(load_config(file)).all[-1].cortexes["robin"].word)
    assert words == ["one", "two"]


@pytest.mark.parametrize("version", [API_VERSION, "1.0"])
def test_a_plugin_for_this_version_of_the_api_is_taken(load, folder, version):
    (folder / "robin.py").write_text(f"cortex_api = {version!r}\n" + cortex("pass", name="robin"))
    assert load("robin").all[0].health.state is not State.FAILED


@pytest.mark.parametrize(
    ("declared", "advice"),
    [
        ("'2.0'", f"robin.py was written for the plugin API 2.0; this Cortex has {API_VERSION}: upgrade Cortex"),
        ("'1.99'", "upgrade Cortex"),
        ("'0.9'", "ask its author for a newer one"),
        ("2", "cortex_api is 2; it has to be a text such as '1.2'"),
        ("'new'", "cortex_api is 'new'; it has to be a text such as '1.2'"),
    ],
)
def test_a_plugin_for_another_version_is_refused_before_it_is_imported(load, folder, declared, advice):
    (folder / "robin.py").write_text(f"cortex_api = {declared}\nfrom cortex import WhatTheFutureBrings\n")
    assert advice in reason(load("robin"))
