"""`cortex memory`: what was taught, listed, shown, forgotten, renamed, and given from bot to bot."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from cortex_teach.command import memory
from cortex_teach.store import Store
from tests.support.lessons import NOON, beside, jpeg, lesson

ROOT = Path(__file__).parents[2]


@pytest.fixture(name="db")
def _db(tmp_path):
    """A memory, as a server holds it open."""
    with closing(Store(tmp_path / "memory.db")) as store:
        store.teach(lesson("mug", 1, 2, owner="mine", by="voice", session="kitchen"))
        store.teach(lesson("sugar bowl", 3, when=NOON + 86400, by="page"))
        store.teach(lesson("mug", 3, denies=True, by="correction"))
        yield store


@pytest.fixture(name="run")
def _run(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)

    def run(*arguments, **how):
        return CliRunner().invoke(memory, [*map(str, arguments), "--db", "memory.db"], **how)

    return run


def assert_fails(result, code, why):
    assert result.exit_code == code, result.output
    assert result.stderr.startswith(f"Error: {why}"), result.stderr
    assert result.stderr.count("\n") == 1


def names(store):
    return [thing.name for thing in store.things()]


def test_it_lists_what_is_known(db, run):
    result = run("list")
    assert result.exit_code == 0
    rows = [line.split() for line in result.stdout.splitlines()]
    assert rows[0] == ["thing", "whose", "pictures", "lessons", "denials", "last", "taught"]
    assert rows[1][:5] == ["mug", "mine", "2", "1", "1"]
    assert rows[2][:4] == ["sugar", "bowl", "1", "1"]


def test_it_lists_it_as_json_a_line_each(db, run):
    lines = [json.loads(line) for line in run("list", "--json").stdout.splitlines()]
    assert lines == [
        {"name": "mug", "owner": "mine", "pictures": 2, "lessons": 1, "denials": 1, "taught": NOON},
        {"name": "sugar bowl", "owner": "", "pictures": 1, "lessons": 1, "denials": 0, "taught": NOON + 86400},
    ]


def test_a_new_memory_knows_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    result = CliRunner().invoke(memory, ["list"])
    assert result.stdout == "It knows nothing yet: show it something and say what that is.\n"
    assert CliRunner().invoke(memory, ["list", "--json"]).stdout == ""
    assert_fails(CliRunner().invoke(memory, ["export", str(tmp_path / "x")]), 1, "it knows nothing yet")
    assert not (tmp_path / "x").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="the folder of the state is elsewhere")
def test_without_a_file_it_is_the_memory_of_the_plugin(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with closing(Store(tmp_path / "cortex" / "teach" / "memory.db")) as store:
        store.teach(lesson("mug", 1))
    assert json.loads(CliRunner().invoke(memory, ["list", "--json"]).stdout)["name"] == "mug"


def test_it_shows_a_thing_and_its_lessons(db, run):
    db.sighted("mug", NOON)
    text = run("show", "My Mug").stdout
    assert text.startswith("mug (mine): 2 pictures of 1 lesson\nlast seen: 20")
    rows = [line.split() for line in text.splitlines()[2:]]
    assert rows[0] == ["taught", "how", "pictures", "session"]
    assert rows[1][2:] == ["voice", "2", "kitchen"]
    assert rows[2][2:] == ["correction", "1", "says", "what", "it", "is", "not"]


def test_it_shows_it_as_json(db, run):
    shown = json.loads(run("show", "mug", "--json").stdout)
    assert (shown["name"], shown["pictures"], shown["last_seen"], shown["files"]) == ("mug", 2, None, [])
    assert [(told["by"], told["denies"], len(told["pictures"])) for told in shown["told"]] == [
        ("voice", False, 2),
        ("correction", True, 1),
    ]


def test_it_saves_the_pictures_as_files(db, run, tmp_path):
    result = run("show", "mug", "--save", tmp_path / "new" / "pictures")
    assert result.stdout.endswith(f"2 pictures written to {tmp_path / 'new' / 'pictures'}\n")
    files = sorted((tmp_path / "new" / "pictures").iterdir())
    assert [(file.name, file.read_bytes()) for file in files] == [("000001.jpg", jpeg(1)), ("000002.jpg", jpeg(2))]
    shown = json.loads(run("show", "mug", "--json", "--save", "more").stdout)
    assert shown["files"] == [str(Path("more", file.name)) for file in files]


def test_pictures_that_cannot_be_saved_are_told(db, run, tmp_path):
    assert_fails(run("show", "mug", "--save", tmp_path / "memory.db" / "x"), 1, "the pictures cannot be written to ")


def test_what_came_from_elsewhere_does_not_colour_the_terminal(db, run):
    db.teach(lesson("[red]cup", 7, by="\x1b[31mvoice", session="[bold]x\n"))
    text = run("show", "[red]cup").stdout
    assert "[red]cup: 1 picture" in text
    assert "�[31mvoice" in text
    assert "[bold]x�" in text
    assert "[red]cup" in run("list").stdout


def test_it_forgets_a_thing(db, run):
    changes = db.changes()
    result = run("forget", "the mug", input="y\n")
    assert result.stdout == "Forget mug and its 2 pictures? [y/N]: y\nmug is forgotten, with 2 pictures.\n"
    assert names(db) == ["sugar bowl"]
    assert db.changes() != changes  # so the server notices


def test_it_asks_before_it_forgets(db, run):
    for answer in ("n\n", "\n", ""):
        assert run("forget", "mug", input=answer).exit_code == 1
    assert names(db) == ["mug", "sugar bowl"]
    assert run("forget", "mug", "--yes").stdout == "mug is forgotten, with 2 pictures.\n"
    assert names(db) == ["sugar bowl"]


@pytest.mark.parametrize("arguments", [["show"], ["forget", "--yes"], ["rename", "cup"]])
def test_a_name_that_is_not_known_is_wrong_use_and_tells_the_nearest(db, run, arguments):
    command, *more = arguments
    assert_fails(
        run(command, "sugar bowel", *more), 2, "nothing is known by the name 'sugar bowel'; did you mean 'sugar bowl'?"
    )
    assert_fails(run(command, "zebra", *more), 2, "nothing is known by the name 'zebra'; `cortex memory list` lists")
    assert names(db) == ["mug", "sugar bowl"]


def test_it_renames_a_thing(db, run):
    assert run("rename", "mug", "Tea Mug").stdout == "mug is now called Tea Mug.\n"
    assert run("rename", "tea mug", "tea mug").stdout == "Tea Mug is now called tea mug.\n"
    assert names(db) == ["sugar bowl", "tea mug"]


def test_it_makes_one_thing_of_two_when_told_so(db, run):
    question = "sugar bowl is known already. Make one thing of it and mug? [y/N]: "
    result = run("rename", "mug", "sugar bowl", input="n\n")
    assert (result.exit_code, result.stdout) == (1, f"{question}n\n")
    assert names(db) == ["mug", "sugar bowl"]
    result = run("rename", "mug", "sugar bowl", "--yes")
    assert result.stdout == "mug is now called sugar bowl, and has 3 pictures.\n"
    assert names(db) == ["sugar bowl"]


def test_a_name_that_is_none_is_wrong_use(db, run):
    assert_fails(run("rename", "mug", "../mug"), 2, "'../mug' is a path, not a name")
    assert_fails(run("rename", "mug", ""), 2, "a name needs a letter")
    assert names(db) == ["mug", "sugar bowl"]


def test_what_one_bot_learned_another_can_know(db, run, tmp_path):
    result = run("export", "x.cortex")
    assert result.stdout == "2 things with 4 pictures in x.cortex (0.0 MB)\n"
    imported = CliRunner().invoke(memory, ["import", "x.cortex", "--db", "other.db"])
    assert imported.stdout == "2 new things, 3 new lessons, 4 new pictures; 0 known already.\n"
    again = CliRunner().invoke(memory, ["import", "x.cortex", "--db", "other.db"])
    assert again.stdout == "0 new things, 0 new lessons, 0 new pictures; 3 known already.\n"
    with closing(Store(tmp_path / "other.db")) as other:
        assert names(other) == names(db)


def test_an_export_does_not_write_over_a_file_unless_told(db, run, tmp_path):
    (tmp_path / "x").write_text("mine")
    assert_fails(run("export", "x"), 2, "x is there already; --force writes over it")
    assert (tmp_path / "x").read_text() == "mine"
    assert run("export", "x", "--force").exit_code == 0
    assert (tmp_path / "x").read_bytes().startswith(b"PK")


def test_a_file_that_cannot_be_taken_in_is_told(db, run, tmp_path):
    (tmp_path / "x").write_text("no zip")
    assert_fails(run("import", "x"), 1, "x is cut off, damaged, or no exported memory")
    assert run("import", "nowhere").exit_code == 2
    assert names(db) == ["mug", "sugar bowl"]


def test_it_notes_what_must_be_made_anew(db, run, tmp_path):
    with closing(sqlite3.connect(db.path)) as connection, connection:
        connection.execute("DELETE FROM embeddings")
    run("export", "x")
    result = CliRunner().invoke(memory, ["import", "x", "--db", "other.db"])
    assert result.stdout.splitlines()[1] == (
        "Note: what models make of 4 of the pictures was missing or wrong; it is made anew from them"
    )


def test_a_memory_that_is_not_there_is_wrong_use(run, tmp_path):
    for arguments in (["list"], ["show", "mug"], ["forget", "mug"], ["rename", "mug", "cup"], ["export", "x"]):
        assert_fails(run(*arguments), 2, "there is no memory memory.db")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_memory_is_left_alone(run, tmp_path):
    (tmp_path / "memory.db").write_bytes(jpeg(1) * 20)
    assert_fails(run("list"), 1, "memory.db is damaged, or no memory at all: file is not a database")
    assert beside(tmp_path / "memory.db") == [tmp_path / "memory.db"]


def test_as_a_program(db, tmp_path):
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'plugins'}"}
    program = "from cortex_teach.command import memory; memory(prog_name='cortex memory')"
    command = [sys.executable, "-c", program, "list", "--json", "--db", str(tmp_path / "memory.db")]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    assert [json.loads(line)["name"] for line in done.stdout.splitlines()] == ["mug", "sugar bowl"]
    assert done.stderr == ""
