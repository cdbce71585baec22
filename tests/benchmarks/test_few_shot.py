"""The few-shot benchmark on pictures made here: all right where things differ, chance where they are all the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from benchmarks import few_shot
from training.names import KINDS

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SIDE = 64
DRAWS = 20


def apart(count: int, pictures: int) -> list[NDArray[np.float32]]:
    """Return embeddings of kinds that have nothing to do with each other."""
    random = np.random.default_rng(2)
    kinds = random.gamma(1, 1, (count, 1, 128))
    return list((kinds + 0.1 * random.random((count, pictures, 128))).astype(np.float32))


def noise(count: int, pictures: int) -> list[NDArray[np.float32]]:
    """Return embeddings of kinds that are all the same."""
    return list(np.random.default_rng(3).gamma(1, 1, (count, pictures, 128)).astype(np.float32))


def test_things_that_differ_are_all_told_apart_and_from_unknown_ones():
    result = few_shot.measure("perfect", apart(12, 20), 5, 20, DRAWS)
    assert (result.right, result.right_interval) == (1, 0)
    assert result.area > 0.999
    assert result.named_wrong == 0


def test_things_that_are_all_the_same_are_told_apart_by_chance():
    result = few_shot.measure("noise", noise(12, 20), 5, 20, 100)
    assert result.right == pytest.approx(1 / few_shot.THINGS, abs=0.04)
    assert result.area == pytest.approx(0.5, abs=0.04)
    assert result.named_unknown < 0.2


def test_the_area_is_the_share_of_pairs_in_order_where_ties_count_half():
    assert few_shot.area(np.array([3.0, 2.0]), np.array([1.0, 2.0])) == pytest.approx(3.5 / 4)
    assert few_shot.area(np.array([1.0]), np.array([0.0, 0.5])) == 1


def test_the_same_seed_draws_the_same():
    kinds = noise(12, 20)
    first, again = (few_shot.measure("noise", kinds, 1, 0, 3) for _ in range(2))
    assert first == again


def test_the_fit_finds_what_tells_known_from_unknown():
    slope, base, _ = few_shot.fit([apart(16, 30)])
    assert slope > 0
    assert base > 0


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """Return a folder like tiny-imagenet-200: twelve colours, each a kind, and a kind that the built-in model knows."""
    random = np.random.default_rng(4)
    lines = []
    (tmp_path / "val" / "images").mkdir(parents=True)
    for number in range(13):
        kind = KINDS[0] if number == 12 else f"n9999{number:04}"
        (tmp_path / "train" / kind / "images").mkdir(parents=True)
        tint = random.integers(0, 256, 3)
        for place in range(8):
            pixels = np.clip(tint + random.integers(-20, 20, (SIDE, SIDE, 3)), 0, 255).astype(np.uint8)
            pixels[: 8 * (number % 6 + 1), : 8 * (number // 2 + 1)] ^= 0xFF
            picture = Image.fromarray(pixels)
            picture.save(tmp_path / "train" / kind / "images" / f"{kind}_{place}.JPEG")
            picture.save(tmp_path / "val" / "images" / f"val_{number}_{place}.JPEG")
            lines.append(f"val_{number}_{place}.JPEG\t{kind}\t0\t0\t62\t62\n")
    (tmp_path / "val" / "val_annotations.txt").write_text("".join(lines))
    return tmp_path


@pytest.mark.parametrize("part", ["train", "val"])
def test_only_kinds_that_the_built_in_model_never_saw_are_measured(folder, part):
    kinds = few_shot.unseen(folder, part)
    assert len(kinds) == 12
    assert KINDS[0] not in kinds
    assert {len(files) for files in kinds.values()} == {8}


def test_the_command_prints_a_table_and_writes_json(folder, monkeypatch):
    monkeypatch.setattr(few_shot, "models", list)
    path = folder / "out.json"
    command = [str(folder), "--draws", "5", "--json", str(path)]
    result = CliRunner().invoke(few_shot.main, command, catch_exceptions=False)
    assert result.exit_code == 0
    assert "5 things, 5 draws" in result.output
    rows = json.loads(path.read_text())
    assert [(row["model"], row["pictures"], row["background"]) for row in rows] == [
        ("built-in", pictures, background) for pictures in (1, 5) for background in (0, few_shot.BACKGROUND)
    ]
    assert all(0.5 < row["right"] <= 1 for row in rows)


def test_too_few_kinds_are_refused(folder, monkeypatch):
    monkeypatch.setattr(few_shot, "models", list)
    annotations = folder / "val" / "val_annotations.txt"
    annotations.write_text("".join(line for line in annotations.read_text().splitlines(keepends=True)[:40]))
    result = CliRunner().invoke(few_shot.main, [str(folder)])
    assert result.exit_code == 1
    assert "has 5 kinds that were never trained on, of 10 at least" in result.output
