"""`cortex new`: which names it takes, what it writes, and that it writes all or nothing."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from cortex.cli import main
from cortex.scaffold.names import spell
from cortex.scaffold.writing import write_new

KINDS = ("cortex", "sense", "actuator")
PLACEHOLDERS = ("knock_knock", "knock-knock", "KnockKnock", "Knock knock")


@pytest.fixture(autouse=True)
def _empty(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def new(*arguments):
    return CliRunner().invoke(main, ["new", *arguments], prog_name="cortex")


def written(folder="."):
    return sorted(path.relative_to(folder).as_posix() for path in Path(folder).rglob("*") if path.is_file())


# What it makes


@pytest.mark.parametrize("kind", KINDS)
def test_a_package_has_code_a_test_and_what_pip_needs(kind):
    assert new(kind, "my-robin").exit_code == 0
    script = [] if kind == "cortex" else ["my_robin/my_robin.js"]
    around = [".gitignore", "README.md"]
    code = ["my_robin/__init__.py", *script]
    assert written("my-robin") == [*around, *code, "pyproject.toml", "tests/test_my_robin.py"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_comes_with_its_test_into_a_plugin_folder(kind):
    assert new(kind, "my-robin", "--file").exit_code == 0
    script = [] if kind == "cortex" else ["my_robin.js"]
    assert written("my_plugins") == [*script, "my_robin.py", "test_my_robin.py"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_is_spelt_as_each_place_wants_it(kind):
    new(kind, "My_robin-2")
    texts = {path: Path(path).read_text(encoding="utf-8") for path in written()}
    assert not [path for path, text in texts.items() if any(word in path + text for word in PLACEHOLDERS)]
    project = tomllib.loads(texts["My_robin-2/pyproject.toml"])
    assert project["project"]["name"] == "my-robin-2"
    assert project["project"]["entry-points"]["cortex"] == {"my_robin_2": "my_robin_2"}
    assert "class MyRobin2(" in texts["My_robin-2/my_robin_2/__init__.py"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_code_says_for_which_version_of_the_plugin_api_it_is(kind):
    new(kind, "robin", "--file")
    assert 'cortex_api = "1.2"' in Path("my_plugins/robin.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_every_class_and_option_is_documented(kind):
    new(kind, "robin", "--file")
    tree = ast.parse(Path("my_plugins/robin.py").read_text(encoding="utf-8"))
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    assert [node.name for node in classes if not ast.get_docstring(node)] == []
    (options,) = (node.body for node in classes if node.name == "Options")
    fields = [index for index, node in enumerate(options) if isinstance(node, ast.AnnAssign)]
    assert len(fields) == 1
    assert all(isinstance(options[index + 1], ast.Expr) for index in fields)


def test_a_reader_grasps_each_file_in_a_minute():
    for kind in KINDS:
        new(kind, f"my-{kind}")
    for path in map(Path, written()):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 70, path


@pytest.mark.parametrize("flags", [(), ("--file",)])
def test_into_says_in_which_folder(flags):
    assert new("cortex", "robin", *flags, "--into", "some/where else").exit_code == 0
    assert Path("some/where else/robin.py" if flags else "some/where else/robin/robin/__init__.py").is_file()


def test_a_file_goes_into_the_first_plugin_folder_of_the_config():
    Path("config.yaml").write_text("plugin_dirs: [mine, others]\n")
    result = new("cortex", "robin", "--file")
    assert result.exit_code == 0
    assert written("mine") == ["robin.py", "test_robin.py"]
    assert "plugin_dirs" not in result.output.splitlines()[-1]


# What it prints last


def test_the_last_two_lines_install_a_package_and_try_it():
    assert new("cortex", "my-robin").output.splitlines()[-2:] == [
        "pip install -e my-robin",
        'cortex hear "who are you?" --only my_robin',
    ]


def test_the_last_two_lines_try_a_file():
    assert new("actuator", "robin", "--file").output.splitlines()[-2:] == [
        'cortex hear "hooray" --set "plugin_dirs=[my_plugins]" --only robin',
        'cortex run --open --set "plugin_dirs=[my_plugins]" --set actuators.robin=',
    ]


def test_what_takes_a_browser_to_be_tried_is_checked_first():
    assert new("sense", "robin", "--file").output.splitlines()[-2:] == [
        'cortex check --set "plugin_dirs=[my_plugins]" --set senses.robin=',
        'cortex run --open --set "plugin_dirs=[my_plugins]" --set senses.robin=',
    ]


def test_the_folders_of_the_config_stay_beside_another_one():
    Path("config.yaml").write_text("plugin_dirs: [mine, gone]\n")
    Path("mine").mkdir()
    line = new("actuator", "robin", "--file", "--into", "my others").output.splitlines()[-1]
    assert line == """cortex run --open --set 'plugin_dirs=[mine, "my others"]' --set actuators.robin="""


# What it refuses


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("2nd", "begin with a letter"),
        ("-robin", "No such option"),
        ("robin-", "end with a letter or a digit"),
        ("rob.in", "letters, digits, - and _"),
        ("rob in", "letters, digits, - and _"),
        ("../robin", "letters, digits, - and _"),
        ("rötkehlchen", "letters, digits, - and _"),
        ("", "letters, digits, - and _"),
        ("r" * 65, "64 at most"),
        ("class", "a word of Python"),
        ("None", "a word of Python"),
        ("json", "Python's own library"),
        ("JSON", "Python's own library"),
        ("numpy", "an installed package"),
        ("cortex", "an installed package"),
        ("greeter", "there is a plugin 'greeter' already: cortex_greeter of cortex-senses"),
        ("say", "its class would be called Say"),
        ("test-robin", "taken for a test"),
        ("conftest", "taken for a test"),
    ],
)
@pytest.mark.parametrize("flags", [(), ("--file",)])
def test_a_name_that_cannot_be_is_refused_with_the_reason(name, reason, flags):
    result = new("cortex", name, *flags)
    assert result.exit_code == 2
    assert reason in result.output
    assert written() == []


def test_the_name_of_a_plugin_in_a_plugin_folder_is_taken():
    Path("config.yaml").write_text("plugin_dirs: [mine]\n")
    Path("mine").mkdir()
    Path("mine/robin.py").touch()
    result = new("cortex", "robin")
    assert result.exit_code == 2
    assert "there is a plugin 'robin' already" in result.output
    assert not Path("robin").exists()


@pytest.mark.parametrize("make", [Path.mkdir, Path.touch])
def test_a_folder_or_file_that_is_there_is_not_touched(make):
    make(Path("robin"))
    result = new("cortex", "robin")
    assert result.exit_code == 2
    assert "robin is there already" in result.output
    assert written() == [path for path in ("robin",) if Path(path).is_file()]


def test_a_test_that_is_there_is_not_touched_and_nothing_else_is_written():
    Path("my_plugins").mkdir()
    Path("my_plugins/test_robin.py").write_text("mine")
    result = new("sense", "robin", "--file")
    assert result.exit_code == 2
    assert f"{Path('my_plugins/test_robin.py')} is there already" in result.output
    assert written() == ["my_plugins/test_robin.py"]
    assert Path("my_plugins/test_robin.py").read_text() == "mine"


@pytest.mark.parametrize("flags", [(), ("--file",)])
def test_a_place_that_is_a_file_is_told_and_nothing_is_left(flags):
    Path("place").write_text("mine")
    result = new("cortex", "robin", *flags, "--into", "place")
    assert result.exit_code == 2
    assert written() == ["place"]


@pytest.mark.parametrize("flags", [(), ("--file",)])
def test_a_place_that_cannot_be_made_is_told_in_one_line(flags):
    Path("place").write_text("mine")
    result = new("cortex", "robin", *flags, "--into", "place/inside")
    assert result.exit_code == 1
    assert result.output.count("\n") == 1
    assert "Not a directory; nothing was made" in result.output
    assert written() == ["place"]


def test_a_failure_half_way_leaves_nothing_behind(tmp_path):
    (tmp_path / "there").mkdir()
    files = {Path("there/one/a.txt"): "a", Path("there/two/b.txt"): "b", Path("there/two/c.txt"): "\ud800"}
    with pytest.raises(UnicodeEncodeError):
        write_new(files)
    assert [path.name for path in tmp_path.rglob("*")] == ["there"]


# Help


@pytest.mark.parametrize("arguments", [(), ("cortex",), ("robot", "robin")])
def test_what_is_missing_or_unknown_gives_the_usage(arguments):
    result = new(*arguments)
    assert result.exit_code == 2
    assert "Usage: cortex new [OPTIONS] {cortex|sense|actuator} NAME" in result.output
    assert written() == []


def test_the_help_tells_the_kinds_and_the_options():
    result = new("--help")
    assert result.exit_code == 0
    for word in ("thinks", "perceives", "acts", "--file", "--into FOLDER", "my_plugins"):
        assert word in result.output


def test_a_name_of_several_words_is_spelt_in_every_way():
    assert spell("My_Odd--Robin") == ("My_Odd--Robin", "my_odd_robin", "my-odd-robin", "MyOddRobin", "My odd robin")
