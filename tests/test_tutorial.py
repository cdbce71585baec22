"""The tutorial, followed to the letter: its blocks in order, in an empty folder, by an author who has the wheel only.

A `console` block is typed line by line, and what it prints is what the page shows (`...` stands for anything). Of the
others, the words after the language say what they are: `file="PATH"`, what stands there; `save="PATH"`, what to write;
`append="PATH"`, what to add at the end; `class="PATH"`, what to put in place of the class of that name. Blocks in `sh`,
and those that say nothing, are not followed.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.new.environment import Environment

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parents[1] / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```(\w+)(?: (\w+)=\"([^\"]+)\")?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# There is no network, and another server may have the port.
HERE = {"python -m build": "python -m build --no-isolation", "cortex run": "cortex run --port 0"}


class Block(NamedTuple):
    """A fenced block of the page."""

    language: str
    what: str
    path: str
    text: str


def blocks() -> list[Block]:
    return [Block(*map(str, found.groups(""))) for found in BLOCK.finditer(PAGE.read_text(encoding="utf-8"))]


def steps(text: str) -> Iterator[tuple[str, str]]:
    """Yield each line that is typed, and what is shown to come of it."""
    for step in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        line, _, shown = step.partition("\n")
        yield line, shown.strip()


def looks_like(shown: str, printed: str) -> bool:
    """Tell whether something was printed as it is shown; white space at the ends of lines is not seen."""
    pattern = ".*".join(re.escape(part) for part in shown.split("..."))
    return re.fullmatch(pattern, re.sub(r"[ \t]+$", "", printed, flags=re.MULTILINE).strip(), re.DOTALL) is not None


def type_in(environment: Environment, line: str, shown: str, folder: Path) -> None:
    for said, meant in HERE.items():
        line = line.replace(said, meant)
    if line.startswith("cortex run"):
        process = environment.start(line, folder)
        printed = process.stdout.readline()
        process.terminate()
        process.communicate()
        code = process.returncode
    else:
        done = environment.run(line, folder, check=False)
        code = done.returncode
        printed = done.stderr if code == 2 else done.stdout  # 2: what is wrong with the config
    assert shown == "" or looks_like(shown, printed), f"$ {line}\n{printed}\nis not what the page shows:\n{shown}"
    assert code == 0 or shown, f"$ {line}\n{printed}"


def put_class(source: str, new: str) -> str:
    """Put a class in place of the one of its name."""
    (name,) = (node.name for node in ast.parse(new).body)
    (old,) = (node for node in ast.parse(source).body if isinstance(node, ast.ClassDef) and node.name == name)
    lines = source.splitlines(keepends=True)
    return "".join([*lines[: old.lineno - 1], new, *lines[old.end_lineno :]])


def follow(environment: Environment, block: Block, folder: Path) -> None:
    path = folder / block.path
    if block.language == "console":
        for line, shown in steps(block.text):
            type_in(environment, line, shown, folder)
    elif block.what == "file":
        assert path.read_text(encoding="utf-8") == block.text, f"{block.path} is not what the page shows"
    elif block.what == "save":
        path.write_text(block.text, encoding="utf-8")
    elif block.what == "append":
        path.write_text(f"{path.read_text(encoding='utf-8')}\n\n{block.text}", encoding="utf-8")
    elif block.what == "class":
        path.write_text(put_class(path.read_text(encoding="utf-8"), block.text), encoding="utf-8")


@pytest.fixture(name="environment", scope="module")
def _environment(tmp_path_factory) -> Environment:
    return Environment(tmp_path_factory.mktemp("author"))


def test_who_follows_the_tutorial_gets_what_it_shows(environment, tmp_path):
    for block in blocks():
        follow(environment, block, tmp_path)


def test_every_block_of_the_tutorial_is_followed_but_for_the_upload():
    followed = {"file", "save", "append", "class"}
    left = [block.text for block in blocks() if block.language != "console" and block.what not in followed]
    assert left == ["twine upload robin/dist/*\n"]
