"""`cortex train`: from a folder of pictures to a model that the classifier uses, and what it tells of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image, ImageDraw

from cortex_trainer.command import train

if TYPE_CHECKING:
    from click.testing import Result

    from cortex.testing import Bot

ROOT = Path(__file__).parents[2]
KINDS = {"ball": (200, 40, 40), "box": (40, 160, 60), "tent": (50, 70, 200)}
COUNT = 12


def shape(kind: str, random: np.random.Generator) -> Image.Image:
    """A coloured shape somewhere on a speckled ground."""
    ground = random.integers(120, 256, (12, 16, 3)).astype(np.uint8)
    picture = Image.fromarray(ground).resize((160, 120))
    side = int(random.integers(40, 70))
    left, top = int(random.integers(25, 135 - side)), int(random.integers(5, 115 - side))
    colour = tuple(int(value) for value in np.clip(np.array(KINDS[kind]) + random.integers(-30, 30, 3), 0, 255))
    draw = ImageDraw.Draw(picture)
    if kind == "ball":
        draw.ellipse((left, top, left + side, top + side), fill=colour)
    elif kind == "box":
        draw.rectangle((left, top, left + side, top + side), fill=colour)
    else:
        draw.polygon(((left, top + side), (left + side, top + side), (left + side // 2, top)), fill=colour)
    return picture


def drawn(root: Path) -> Path:
    """A folder of shapes, some that nobody has named, and one that is no picture."""
    random = np.random.default_rng(3)
    for kind in KINDS:
        (root / kind).mkdir(parents=True)
        for number in range(COUNT):
            shape(kind, random).save(root / kind / f"{number:02}.png")
    (root / "unlabelled").mkdir()
    shape("ball", random).save(root / "unlabelled" / "1.png")
    (root / "box" / "broken.jpg").write_bytes(b"no picture")
    return root


def run(*arguments: object) -> Result:
    return CliRunner().invoke(train, [str(argument) for argument in arguments])


class Trained(NamedTuple):
    """What came of a training."""

    file: Path
    report: dict[str, Any]
    told: str


@pytest.fixture(name="shapes", scope="module")
def _shapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return drawn(tmp_path_factory.mktemp("pictures") / "shapes")


@pytest.fixture(name="trained", scope="module")
def _trained(shapes: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    file = tmp_path_factory.mktemp("model") / "my.tflite"
    result = run(shapes, "-o", file, "--json", "--epochs", 15)
    assert result.exit_code == 0, result.output
    return Trained(file, json.loads(result.stdout), result.stderr)


async def test_the_classifier_names_the_things_with_it(bot: Bot, trained: Trained) -> None:
    random = np.random.default_rng(77)
    await bot.load("classifier", model=str(trained.file), smoothing=1)
    for kind in KINDS:
        await bot.see(shape(kind, random), asked=True)
        assert bot.shown[-1].labels[0].name == kind
    assert {label.name for label in bot.shown[-1].labels} == set(KINDS)


async def test_the_classifier_is_right_as_often_as_the_report_says(bot: Bot, trained: Trained) -> None:
    await bot.load("classifier", model=str(trained.file), smoothing=1)
    right = 0
    for path in map(Path, trained.report["validation"]):
        await bot.see(path, asked=True)
        right += bot.shown[-1].labels[0].name == path.parent.name
    assert right == trained.report["accuracy"]["right"]
    assert len(trained.report["validation"]) == trained.report["accuracy"]["of"]


async def test_the_classifier_is_sure_from_the_threshold_of_the_file(bot: Bot, trained: Trained) -> None:
    await bot.load("classifier", model=str(trained.file), smoothing=1)
    for path in map(Path, trained.report["validation"]):
        await bot.see(path, asked=True)
        assert bot.shown[-1].sure == (bot.shown[-1].labels[0].score >= trained.report["threshold"])


def test_the_report_counts_what_was_validated(trained: Trained) -> None:
    report = trained.report
    assert [label["name"] for label in report["labels"]] == list(KINDS)
    assert [label["pictures"] for label in report["labels"]] == [COUNT] * 3
    assert all(label["validated"] >= 1 for label in report["labels"])
    assert sum(map(sum, report["confusion"])) == report["accuracy"]["of"]
    assert report["accuracy"]["low"] <= report["accuracy"]["share"] <= report["accuracy"]["high"]
    assert report["accuracy"]["share"] >= 0.6
    assert report["bytes"] == trained.file.stat().st_size
    assert not report["fine_tuned"]


def test_what_is_left_out_is_told(trained: Trained, shapes: Path) -> None:
    assert "Left out: the folder `unlabelled` (pictures that nobody has named: 1)." in trained.told
    broken = shapes / "box" / "broken.jpg"
    assert f"{broken} was left out: this is no JPEG, PNG or WebP picture that can be decoded" in trained.told
    assert list(trained.report["skipped"]) == [str(broken)]
    assert trained.report["unlabelled"] == 1


def test_the_same_seed_gives_the_same_file_and_people_get_a_table(
    trained: Trained, shapes: Path, tmp_path: Path
) -> None:
    result = run(shapes, "-o", tmp_path / "again.tflite", "--epochs", 15)
    assert result.exit_code == 0, result.output
    assert (tmp_path / "again.tflite").read_bytes() == trained.file.read_bytes()
    assert "pictures that it did not learn from" in result.stdout
    assert "rows: what it is; columns: what it is taken for" in result.stdout
    assert f"model: {tmp_path / 'again.tflite'}" in result.stdout


def test_a_trained_model_can_be_built_on(trained: Trained, shapes: Path, tmp_path: Path) -> None:
    result = run(shapes, "-o", tmp_path / "next.tflite", "--base", trained.file, "--views", 0, "--epochs", 2)
    assert result.exit_code == 0, result.output
    assert (tmp_path / "next.tflite").stat().st_size == pytest.approx(trained.file.stat().st_size, rel=0.01)


async def test_a_fine_tuned_model_loads_and_is_no_worse(bot: Bot, shapes: Path, tmp_path: Path) -> None:
    result = run(shapes, "-o", tmp_path / "tuned.tflite", "--fine-tune", "--epochs", 1, "--json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["fine_tuned"] or "Fine-tuning made nothing better" in result.stderr
    assert report["accuracy"]["share"] >= 0.6
    await bot.load("classifier", model=str(tmp_path / "tuned.tflite"), smoothing=1)
    right = 0
    for path in map(Path, report["validation"]):
        await bot.see(path, asked=True)
        right += bot.shown[-1].labels[0].name == path.parent.name
    assert right == report["accuracy"]["right"]


def test_an_interrupted_training_leaves_the_old_file_and_nothing_else(shapes: Path, tmp_path: Path) -> None:
    output = tmp_path / "my.tflite"
    output.write_bytes(b"the old one")
    heeds = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"  # a job in the background does not
    )
    program = f"{heeds}; from cortex_trainer.command import train; train()"
    arguments = [str(shapes), "-o", str(output), "--force", "--views", "64"]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'plugins'}"}
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments], stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("Looking at the pictures"):
                break
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
    assert process.returncode == 1
    assert "Aborted!" in rest
    assert output.read_bytes() == b"the old one"
    assert [path.name for path in tmp_path.iterdir()] == ["my.tflite"]
