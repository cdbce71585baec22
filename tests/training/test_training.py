"""The training script, on a handful of generated pictures: it trains, resumes, exports, and the export agrees."""

import importlib
import os
import sys

import numpy as np
import pytest
from PIL import Image

from training import batches, camera, metrics, names, pictures, schedule, temperature

KINDS = ["n07749582", "n07720875", "n02834778"]
"""A lemon, a bell pepper, and a kind that is kept out."""
COLOURS = [(230, 220, 40), (30, 160, 60), (40, 40, 220)]


@pytest.fixture(name="data", scope="module")
def _data(tmp_path_factory):
    """Plain-coloured pictures in the layout of Tiny ImageNet."""
    data = tmp_path_factory.mktemp("tiny-imagenet-200")
    random = np.random.default_rng(0)
    rows = []
    (data / "val/images").mkdir(parents=True)
    for kind, colour in zip(KINDS, COLOURS, strict=True):
        folder = data / "train" / kind / "images"
        folder.mkdir(parents=True)
        for place in range(40):
            pixels = np.clip(random.normal(colour, 25, (64, 64, 3)), 0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(folder / f"{kind}_{place:02}.JPEG")
        Image.fromarray(pixels).save(data / "val/images" / f"{kind}.JPEG")
        rows.append(f"{kind}.JPEG\t{kind}\t0\t0\t1\t1\n")
    (data / "val/val_annotations.txt").write_text("".join(rows))
    return data


def test_names_are_plain_unique_and_of_different_kinds():
    kinds = [kind for name in names.NAMES for kind in name.kinds]
    assert 60 <= len(names.NAMES) <= 100
    assert len(set(kinds)) == len(kinds) <= 160
    assert len({name.english for name in names.NAMES}) == len(names.NAMES) == len({name.french for name in names.NAMES})


def test_held_out_pictures_are_not_trained_on(data, tmp_path):
    learn, held_out = pictures.training(data, tmp_path), pictures.held_out(data, tmp_path)
    assert (len(learn), len(held_out.known), len(held_out.unknown)) == (76, 4, 25)
    assert learn.pixels.shape == (76, 64, 64, 3)
    again = pictures.training(data, tmp_path)
    assert np.array_equal(again.pixels, learn.pixels)
    assert [len(part) for part in (pictures.validation(data).known, pictures.validation(data).unknown)] == [2, 1]


def test_a_folder_of_something_else_is_named(tmp_path):
    (tmp_path / "train").mkdir()
    with pytest.raises(FileNotFoundError, match="tiny-imagenet-200"):
        pictures.training(tmp_path)


def test_the_camera_gives_the_same_for_the_same_seed():
    pixels = np.random.default_rng(0).integers(0, 256, (60, 64, 64, 3), dtype=np.uint8)
    first, again, other = (camera.look(pixels, 32, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first.shape == (60, 32, 32, 3)
    assert first.dtype == np.uint8
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_an_epoch_can_go_on_in_its_middle(data):
    maker = batches.Batches(pictures.training(data), size=8, seed=3)
    whole, rest = (list(maker.between(start, 18, lambda step: 16 if step < 12 else 24)) for start in (9, 14))
    assert len(whole) == len(maker) == 9
    assert [len(pixels[0]) for pixels, _ in whole] == [16] * 3 + [24] * 6
    assert len(rest) == 4
    assert all(np.array_equal(a[0], b[0]) and np.array_equal(a[1], b[1]) for a, b in zip(whole[5:], rest, strict=True))


def test_the_rate_rises_and_falls_while_pictures_grow():
    plan = schedule.Schedule(steps=200, peak=1.0)
    rates = [plan.rate(step) for step in range(0, 200, 10)]
    assert max(rates) == pytest.approx(1.0, abs=0.01)
    assert rates[0] < 0.1
    assert rates[-1] < 0.05
    sides = [plan.side(step) for step in range(200)]
    assert sides == sorted(sides)
    assert sides[-1] == pictures.SIDE


def test_a_temperature_is_found_again():
    random = np.random.default_rng(0)
    logits = random.normal(0, 2, (4000, 5)).astype(np.float32)
    outputs = np.array([random.choice(5, p=row / row.sum()) for row in temperature.softmax(logits).astype(np.float64)])
    assert temperature.fit(logits * 2, outputs) == pytest.approx(2, rel=0.1)


def test_metrics_of_a_few_scores():
    known = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]], np.float32)
    unknown = np.array([[0.55, 0.45], [0.6, 0.4]], np.float32)
    outputs = np.array([0, 1, 1])
    assert metrics.top(known, outputs, 1).hits == 2
    assert metrics.top(known, outputs, 2).hits == 3
    assert metrics.area(known, unknown) == pytest.approx(5.5 / 6)
    assert metrics.calibration_error(known, outputs) == pytest.approx((0.1 + 0.2 + 0.6) / 3, abs=1e-6)
    assert 0.6 < metrics.threshold(known, outputs, unknown) <= 0.8
    assert str(metrics.Share(50, 100)) == "50.0% (40.4% to 59.6%, of 100)"
    assert metrics.Share(0, 0).interval == (0.0, 1.0)


def test_it_trains_resumes_and_exports_what_the_float_model_says(data, tmp_path, monkeypatch):
    if "keras" not in sys.modules:
        monkeypatch.setitem(os.environ, "KERAS_BACKEND", "tensorflow")
    keras = importlib.import_module("keras")
    assert keras.backend.backend() == "tensorflow", "exports need Keras on TensorFlow: unset KERAS_BACKEND"
    from training import checkpoint, evaluate, export, network, trainer

    learn, held_out = pictures.training(data), pictures.held_out(data).known
    plan = trainer.Plan(epochs=1, batch=16, precision="float32", peak=0.05)
    first = trainer.Trainer(tmp_path, plan, network.TINY, len(names.NAMES))
    assert not first.resume()
    first.train(learn, held_out)

    second = trainer.Trainer(
        tmp_path, trainer.Plan(epochs=2, batch=16, precision="float32"), network.TINY, len(names.NAMES)
    )
    assert second.resume()
    second.train(learn, held_out)
    assert (tmp_path / "log.csv").read_text().count("\n") == 3

    state = checkpoint.Checkpoint.load(tmp_path / checkpoint.FILE)
    assert state.step == 8
    model = export.floating(state.average, network.TINY, len(names.NAMES))
    export.warm(model, 0.8)
    content = export.quantised(model, learn.pixels[::4])
    eye = evaluate.Eye(content)
    scores, embedding = eye.see(held_out.pixels)
    expected = model(held_out.pixels.astype(np.float32), training=False)
    assert scores == pytest.approx(temperature.softmax(np.asarray(expected["logits"])), abs=0.02)
    assert embedding == pytest.approx(np.asarray(expected["embedding"]), abs=0.15)
    assert scores.sum(axis=1) == pytest.approx(1, abs=1e-5)

    export.write_labels(tmp_path)
    for labels in ("labels.txt", "labels.fr.txt"):
        assert len((tmp_path / labels).read_text(encoding="utf-8").splitlines()) == scores.shape[1]
