"""What `cortex train` refuses, before it imports anything heavy: with exit code 2, and a line that says what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from cortex.testing import pictures
from cortex_trainer.command import train

if TYPE_CHECKING:
    from pathlib import Path


def folder(root: Path, **counts: int) -> Path:
    """Labels, and how many pictures each has."""
    root.mkdir()
    for label, count in counts.items():
        (root / label).mkdir()
        for number in range(count):
            (root / label / f"{number}.png").write_bytes(pictures.png(pictures.noise(number, (32, 24))))
    return root


def refusal(*arguments: object) -> str:
    result = CliRunner().invoke(train, [str(argument) for argument in arguments])
    assert result.exit_code == 2, result.output
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith("Error: ")
    return last.removeprefix("Error: ")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none", "-o", tmp_path / "my.tflite") == f"{tmp_path / 'none'}: there is no such folder"


def test_a_file_instead_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "this is a file, not a folder" in refusal(tmp_path / "file", "-o", tmp_path / "my.tflite")


def test_a_folder_without_folders(tmp_path: Path) -> None:
    root = folder(tmp_path / "all", unlabelled=7)
    text = refusal(root, "-o", tmp_path / "my.tflite")
    assert text.startswith(f"{root} has no folders of pictures; put the pictures of each thing into a folder")


def test_one_thing_only(tmp_path: Path) -> None:
    text = refusal(folder(tmp_path / "all", mug=6), "-o", tmp_path / "my.tflite")
    assert "has pictures of one thing only: 'mug' has 6" in text
    assert "at least 2 folders with 5 pictures each" in text


def test_too_few_pictures_of_some(tmp_path: Path) -> None:
    root = folder(tmp_path / "all", mug=4, plant=6, spoon=0)
    text = refusal(root, "-o", tmp_path / "my.tflite")
    assert text == (
        "too few pictures to learn from: 'mug' has 4, 'spoon' has 0; each thing needs at least 5, better 20. "
        f"Add some, or take the folder out of {root}"
    )


def test_too_few_pictures_that_can_be_read(tmp_path: Path) -> None:
    root = folder(tmp_path / "all", mug=5, plant=5)
    (root / "mug" / "3.png").write_bytes(b"")
    assert "'mug' has 4" in refusal(root, "-o", tmp_path / "my.tflite")


@pytest.mark.parametrize(("name", "reason"), [("x" * 61, "has 61 characters, 60 at most"), ("mug ", "with a space")])
def test_a_label_that_cannot_be_said(name: str, reason: str, tmp_path: Path) -> None:
    root = folder(tmp_path / "all", mug=5, plant=5)
    (root / name).mkdir()
    assert reason in refusal(root, "-o", tmp_path / "my.tflite")


def test_an_output_that_is_no_tflite(tmp_path: Path) -> None:
    assert "has to end in .tflite" in refusal(tmp_path, "-o", tmp_path / "my.keras")


def test_an_output_in_no_folder(tmp_path: Path) -> None:
    assert "there is no such folder to write to" in refusal(tmp_path, "-o", tmp_path / "no" / "my.tflite")


def test_an_output_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "my.tflite").mkdir()
    assert "is a folder; name a file in it" in refusal(tmp_path, "-o", tmp_path / "my.tflite")


def test_an_output_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "my.tflite").write_bytes(b"")
    assert "exists already; --force overwrites it" in refusal(tmp_path, "-o", tmp_path / "my.tflite")


@pytest.mark.parametrize("name", ["labels.txt", "my.txt", "my.labels.txt"])
def test_labels_beside_the_output_that_would_be_read_instead(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("else\n")
    text = refusal(tmp_path, "-o", tmp_path / "my.tflite", "--force")
    assert text.startswith(f"{tmp_path / name} would be read instead of the labels inside my.tflite")


def test_a_base_that_is_not_there(tmp_path: Path) -> None:
    root = folder(tmp_path / "all", mug=5, plant=5)
    missing = tmp_path / "base.tflite"
    assert refusal(root, "-o", tmp_path / "my.tflite", "--base", missing) == f"{missing}: there is no such model"
    text = refusal(root, "-o", tmp_path / "my.tflite", "--base", "NoSuchNet")
    assert text == "'NoSuchNet' is neither a file nor a network that is there: try `cortex models pull NoSuchNet`"


@pytest.mark.parametrize("content", [b"", b"no model at all", b"\x1c\0\0\0TFL3" + bytes(100)])
def test_a_base_that_is_no_model(content: bytes, tmp_path: Path) -> None:
    root = folder(tmp_path / "all", mug=5, plant=5)
    base = tmp_path / "base.tflite"
    base.write_bytes(content)
    assert str(base) in refusal(root, "-o", tmp_path / "my.tflite", "--base", base)
