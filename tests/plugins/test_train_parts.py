"""The parts of `cortex train`: the split, the recorder's records, calibration, and what a base must be."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from cortex import ModelError
from cortex.testing import pictures
from cortex_trainer import base as bases
from cortex_trainer import calibration
from cortex_trainer import folder as folders
from cortex_trainer.export import Head, exported
from cortex_trainer.features import Eye
from cortex_trainer.metadata import normalization
from cortex_trainer.picture import scaled
from cortex_trainer.report import interval
from cortex_trainer.split import BURST, Example, split
from cortex_trainer.views import view

if TYPE_CHECKING:
    from pathlib import Path

RANDOM = np.random.default_rng(4)


def example(label: int = 0, session: str = "", when: float | None = None) -> Example:
    return Example(label, RANDOM.uniform(0, 255, 768).astype(np.float32), session, when)


def test_each_label_has_its_share_for_validation() -> None:
    examples = [example(label) for label in (0, 1) for _ in range(20)] + [example(2) for _ in range(5)]
    parts = split(examples, 0.2, seed=1)
    assert sorted(parts.training + parts.validation) == list(range(45))
    assert np.bincount([examples[number].label for number in parts.validation]).tolist() == [4, 4, 1]
    assert parts.torn == []


def test_a_seed_always_splits_in_the_same_way() -> None:
    examples = [example() for _ in range(20)]
    assert split(examples, 0.2, seed=1) == split(examples, 0.2, seed=1)
    assert split(examples, 0.2, seed=1).validation != split(examples, 0.2, seed=2).validation


def test_a_burst_stays_together() -> None:
    bursts = [[example(session=str(who), when=1000 + frame) for frame in range(4)] for who in range(5)]
    examples = [one for burst in bursts for one in burst]
    for seed in range(10):
        parts = split(examples, 0.2, seed)
        assert len({number // 4 for number in parts.validation}) == 1
        assert len(parts.validation) == 4


def test_pictures_of_one_session_that_lie_apart_are_no_burst() -> None:
    examples = [example(session="a", when=1000 + 2 * BURST * number) for number in range(10)]
    assert len(split(examples, 0.2, seed=0).validation) == 2


def test_nearly_the_same_pictures_stay_together() -> None:
    originals = [example() for _ in range(5)]
    again = [replace(one, small=one.small + RANDOM.uniform(-3, 3, 768).astype(np.float32)) for one in originals]
    for seed in range(10):
        validation = split([*originals, *again], 0.2, seed).validation
        assert len(validation) == 2
        assert validation[1] - validation[0] == 5


def test_a_single_burst_is_torn_and_that_is_told() -> None:
    examples = [example(session="a", when=1000 + frame) for frame in range(10)] + [example(1) for _ in range(10)]
    parts = split(examples, 0.2, seed=0)
    assert parts.torn == [0]
    assert {8, 9} <= set(parts.validation)
    assert 7 in parts.training


def recorded(root: Path, folder: str, name: str, **told: object) -> Path:
    path = root / folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(pictures.png(pictures.red((8, 8))))
    with (root / "records-1-0001.jsonl").open("a") as file:
        file.write(json.dumps({"file": f"{folder}/{name}", **told}) + "\n")
    return path


def test_the_records_tell_label_session_and_time(tmp_path: Path) -> None:
    when = "2026-11-22T23:51:50.500+00:00"
    path = recorded(tmp_path, "a cup~12345678", "1.png", label="a cup: mine", session="s", when=when)
    found = folders.read(tmp_path)
    assert found.labels == ["a cup: mine"]
    record = found.records.of(path)
    assert (record.session, record.when) == ("s", 1795391510.5)


def test_a_damaged_record_tells_nothing(tmp_path: Path) -> None:
    path = recorded(tmp_path, "cup%3F", "20261122T235150-500-ab12.png", label=None, session=3, when="noon")
    with (tmp_path / "records-1-0001.jsonl").open("a") as file:
        file.write('[1, 2]\n{"file": 3}\n{"file": "cup/')
    found = folders.read(tmp_path)
    assert found.labels == ["cup?"]
    assert found.records.of(path).when == 1795391510.5


def test_digits_in_a_file_name_that_are_no_time_tell_nothing(tmp_path: Path) -> None:
    path = recorded(tmp_path, "cup", "99999999-999999.png")
    assert folders.read(tmp_path).records.of(path).when is None


def test_hidden_things_and_other_files_are_no_pictures(tmp_path: Path) -> None:
    recorded(tmp_path, "cup", "1.png")
    recorded(tmp_path, "cup", ".2.png")
    recorded(tmp_path, ".hidden", "3.png")
    recorded(tmp_path, "cup", "notes.txt")
    (tmp_path / "beside.jpg").write_bytes(b"")
    found = folders.read(tmp_path)
    assert {label: [path.name for path in paths] for label, paths in found.pictures.items()} == {"cup": ["1.png"]}
    assert found.aside == 1


def test_the_temperature_makes_scores_promise_what_they_keep() -> None:
    numbers = RANDOM.integers(0, 3, 3000)
    honest = RANDOM.normal(0, 1, (3000, 3)).astype(np.float32)
    drawn = [RANDOM.choice(3, p=row / row.sum()) for row in calibration.softmax(honest).astype(np.float64)]
    assert calibration.temperature(honest * 2, np.array(drawn)) == pytest.approx(2, rel=0.1)
    assert calibration.temperature(honest * 50, numbers) == 4


def test_the_threshold_parts_right_from_wrong_and_strange() -> None:
    scores = np.array([[0.9, 0.1], [0.1, 0.9], [0.6, 0.4]], np.float32)
    nothing = np.zeros(0, np.float32)
    assert 0.6 < calibration.threshold(scores, np.array([0, 1, 1]), nothing) < 0.9
    assert 0.8 < calibration.threshold(scores, np.array([0, 1, 1]), np.array([0.5, 0.7, 0.8], np.float32)) < 0.9
    assert calibration.threshold(scores, np.array([0, 1, 0]), nothing) == calibration.UNTRIED


def test_the_interval_holds_the_share() -> None:
    assert interval(10, 10)[1] == 1
    assert interval(0, 10)[0] == 0
    low, high = interval(5, 10)
    assert low == pytest.approx(0.2366, abs=1e-4)
    assert high == pytest.approx(0.7634, abs=1e-4)


def test_a_view_has_the_size_and_differs() -> None:
    square = np.asarray(pictures.photo(1, (64, 64)))
    one, other = (view(square, (48, 48), np.random.default_rng(seed)) for seed in (1, 2))
    assert one.shape == (48, 48, 3)
    assert not np.array_equal(one, other)


def test_a_new_model_sees_what_its_base_sees_and_says_how_its_pixels_are_scaled() -> None:
    base = bases.opened("builtin")
    head = Head(np.ones((2, base.features), np.float32), np.zeros(2, np.float32))
    new = bases.parsed(exported(base, head, ["a", "b"], 0.6), "new")
    pixels = scaled(np.asarray(pictures.photo(1, (200, 200))), base.size)
    np.testing.assert_array_equal(Eye(base).embed(pixels), Eye(new).embed(pixels))
    mean, deviation = normalization(new.model)
    assert (mean.tolist(), deviation.tolist()) == ([0], [1])


def test_a_base_with_an_operation_that_cannot_be_trained_is_refused() -> None:
    from cortex_trainer.replay import Replay

    base = bases.opened("builtin")
    model = copy.deepcopy(base.model)
    code = next(code for code in model.operatorCodes if code.builtinCode == bases.CONV_2D)
    code.builtinCode = code.deprecatedBuiltinCode = 107  # READ_VARIABLE and its like are not for pictures
    with pytest.raises(ModelError, match="builtin cannot be fine-tuned: it has the operation "):
        Replay(replace(base, model=model))


def test_json_that_is_nested_without_end_tells_nothing(tmp_path: Path) -> None:
    path = recorded(tmp_path, "cup", "20261122T235150-500-ab12.png", label="cup", session="s", when="noon")
    (tmp_path / "records-0-0001.jsonl").write_text("[" * 200_000)
    assert folders.read(tmp_path).records.of(path).session == "s"


def test_nearly_the_same_pictures_stay_together_however_far_apart_they_stand() -> None:
    examples = [example() for _ in range(700)]
    examples[690] = Example(0, examples[3].small + 1)
    examples[300] = Example(0, examples[690].small + 1)
    parts = split(examples, 0.3, seed=1)
    assert len({number in parts.validation for number in (3, 300, 690)}) == 1
    assert len(parts.validation) in range(205, 214)
