"""The training script, on a handful of generated pictures: it trains, resumes, exports, and the export agrees."""

import importlib
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from training import batches, camera, damage, evaluate, eye, metrics, names, pictures, plot, schedule, temperature
from training.metadata import with_metadata

ROOT = Path(__file__).parents[2]
KINDS = ["n07749582", "n07720875", "n02834778", "n01768244"]
"""A lemon, a bell pepper, a kind that is kept out, and one that is trained on without a name."""
COLOURS = [(230, 220, 40), (30, 160, 60), (40, 40, 220), (120, 120, 120)]


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
    assert len(set(names.KINDS)) == len(names.KINDS) <= 160
    assert (*kinds, *names.UNNAMED) == names.KINDS
    assert len({name.english for name in names.NAMES}) == len(names.NAMES) == len({name.french for name in names.NAMES})


def test_the_scores_of_the_kinds_of_a_name_are_added_up():
    scores = np.random.default_rng(0).dirichlet(np.ones(len(names.KINDS)), 3).astype(np.float32)
    merged = names.of_names(scores)
    assert merged.shape == (3, len(names.NAMES))
    for place, name in enumerate(names.NAMES):
        of_kinds = scores[:, [names.KINDS.index(kind) for kind in name.kinds]]
        assert merged[:, place] == pytest.approx(of_kinds.sum(axis=1), abs=1e-6)


def test_held_out_pictures_are_not_trained_on(data, tmp_path):
    learn, held_out = pictures.training(data, tmp_path), pictures.held_out(data, tmp_path)
    lemon, pepper, trilobite = (names.KINDS.index(KINDS[place]) for place in (0, 1, 3))
    assert Counter(learn.outputs.tolist()) == {lemon: 38, pepper: 38, trilobite: 38}
    assert learn.pixels.shape == (114, 64, 64, 3)
    assert [len(part) for part in (held_out.known, held_out.unknown, held_out.nameless)] == [4, 25, 2]
    assert {names.NAMES[output].english for output in held_out.known.outputs} == {"lemon", "bell pepper"}
    assert not {one.tobytes() for one in learn.pixels} & {one.tobytes() for one in held_out.pixels}
    again = pictures.training(data, tmp_path)
    assert np.array_equal(again.pixels, learn.pixels)
    assert np.array_equal(again.outputs, learn.outputs)
    validation = pictures.validation(data)
    assert [len(part) for part in (validation.known, validation.unknown, validation.nameless)] == [2, 1, 1]


def test_a_folder_of_something_else_is_named(tmp_path):
    for read in (pictures.training, pictures.validation):
        with pytest.raises(click.UsageError, match="tiny-imagenet-200"):
            read(tmp_path)
    (tmp_path / "train").mkdir()
    with pytest.raises(click.UsageError, match="tiny-imagenet-200"):
        pictures.training(tmp_path)


@pytest.mark.parametrize("command", [["training", "-o", "made"], ["training.evaluate"]])
def test_a_folder_of_something_else_makes_nothing_and_ends_in_one_line(command, tmp_path):
    module, *options = command
    environment = os.environ | {"PYTHONPATH": str(ROOT), "KERAS_BACKEND": "tensorflow"}
    done = subprocess.run(
        [sys.executable, "-m", module, str(tmp_path), *options],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "is this the folder tiny-imagenet-200?" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_camera_gives_the_same_for_the_same_seed():
    pixels = np.random.default_rng(0).integers(0, 256, (60, 64, 64, 3), dtype=np.uint8)
    first, again, other = (camera.look(pixels, 32, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first.shape == (60, 32, 32, 3)
    assert first.dtype == np.uint8
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_each_damage_is_the_same_each_time_and_does_harm():
    rough = np.random.default_rng(4).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    soft = Image.fromarray(rough).resize((64, 64), Image.Resampling.BICUBIC)
    one = pictures.Pictures(np.stack([np.asarray(soft)] * 20), np.arange(20))
    harmed, which = damage.damaged(one)
    again, _ = damage.damaged(one)
    assert which[:10] == which[10:] == list(damage.DAMAGES)
    assert np.array_equal(harmed.pixels, again.pixels)
    assert np.array_equal(harmed.outputs, one.outputs)
    apart = np.abs(harmed.pixels.astype(float) - one.pixels).mean(axis=(1, 2, 3))
    assert apart.min() > 1


def test_an_epoch_can_go_on_in_its_middle(data):
    maker = batches.Batches(pictures.training(data), size=8, seed=3)
    whole, rest = (list(maker.between(start, 28, lambda step: 16 if step < 17 else 24)) for start in (14, 19))
    assert len(whole) == len(maker) == 14
    assert [len(pixels[0]) for pixels, _ in whole] == [16] * 3 + [24] * 11
    assert len(rest) == 9
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
    logits = random.normal(0, 2, (4000, 6)).astype(np.float32)
    outputs = np.array([random.choice(6, p=row / row.sum()) for row in temperature.softmax(logits).astype(np.float64)])
    assert temperature.fit(logits * 2, outputs) == pytest.approx(2, rel=0.1)

    def pairs(scores):
        return scores[:, ::2] + scores[:, 1::2]

    assert temperature.fit(logits * 2, outputs // 2, pairs) == pytest.approx(2, rel=0.1)


def test_metrics_of_a_few_scores():
    known = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]], np.float32)
    unknown = np.array([[0.55, 0.45], [0.6, 0.4]], np.float32)
    outputs = np.array([0, 1, 1])
    assert metrics.top(known, outputs, 1).hits == 2
    assert metrics.top(known, outputs, 2).hits == 3
    assert metrics.area(known, unknown) == pytest.approx(5.5 / 6)
    low, high = metrics.area_interval(known, unknown)
    assert low < metrics.area(known, unknown) < high
    assert metrics.at_least(unknown, 0.6).hits == 1
    bins = metrics.promises(known, outputs, (0.0, 0.7, 0.85, 1.01))
    assert [(share.hits, share.of) for *_, share in bins] == [(0, 1), (1, 1), (1, 1)]
    assert metrics.calibration_error(known, outputs) == pytest.approx((0.1 + 0.2 + 0.6) / 3, abs=1e-6)
    assert 0.6 < metrics.threshold(known, outputs, unknown) <= 0.8
    assert str(metrics.Share(50, 100)) == "50.0% (40.4% to 59.6%, of 100)"
    assert metrics.Share(0, 0).interval == (0.0, 1.0)


def test_it_trains_resumes_and_exports_what_the_float_model_says(data, tmp_path, monkeypatch):
    if "keras" not in sys.modules:
        monkeypatch.setitem(os.environ, "KERAS_BACKEND", "tensorflow")
    keras = importlib.import_module("keras")
    assert keras.backend.backend() == "tensorflow", "exports need Keras on TensorFlow: unset KERAS_BACKEND"
    from training import checkpoint, export, network, trainer

    learn, held_out = pictures.training(data), pictures.held_out(data).known
    plan = trainer.Plan(epochs=1, batch=16, precision="float32", peak=0.05)
    first = trainer.Trainer(tmp_path, plan, network.TINY, len(names.KINDS))
    assert not first.resume()
    first.train(learn, held_out)

    longer = trainer.Plan(epochs=2, batch=16, precision="float32")
    second = trainer.Trainer(tmp_path, longer, network.TINY, len(names.KINDS))
    assert second.resume()
    second.train(learn, held_out)
    assert (tmp_path / "log.csv").read_text().count("\n") == 3

    state = checkpoint.Checkpoint.load(tmp_path / checkpoint.FILE)
    assert state.step == 14
    export.write_labels(tmp_path)
    for side in (64, 80):
        model = export.floating(state.average, network.TINY, len(names.KINDS), side)
        export.warm(model, 0.02)  # so that it is sure of something
        exact = model(export.scaled(held_out.pixels, side).astype(np.float32), training=False)
        expected = names.of_names(temperature.softmax(np.asarray(exact["logits"])))
        assert expected.max() > 0.5
        content = export.converted(model, export.scaled(learn.pixels[::4], side))
        (tmp_path / "model.tflite").write_bytes(with_metadata(content, output="scores", threshold=0.25))
        (tmp_path / "float.tflite").write_bytes(export.converted(model, None))
        ours, floats = (eye.Eye(tmp_path / f"{name}.tflite", tmp_path / "labels.txt") for name in ("model", "float"))
        assert ours.threshold == 0.25
        assert floats.threshold == 0.5
        assert floats.see(held_out.pixels) == pytest.approx(expected, abs=0.05)
        assert ours.see(held_out.pixels) == pytest.approx(expected, abs=0.25)
        assert np.array_equal(ours.see(held_out.pixels).argmax(axis=1), expected.argmax(axis=1))

    interpreter = importlib.import_module("ai_edge_litert.interpreter").Interpreter(str(tmp_path / "model.tflite"))
    seen = interpreter.get_signature_runner()(pixels=export.scaled(held_out.pixels[:1], 80))
    assert seen["embedding"] == pytest.approx(np.asarray(exact["embedding"])[:1], abs=0.15)

    monkeypatch.setattr(network, "SMALL", network.TINY)
    monkeypatch.setattr(export, "SAMPLE_EVERY", 8)
    (tmp_path / "model.tflite").unlink()
    chosen = CliRunner().invoke(export.export, [str(data), str(tmp_path)], catch_exceptions=False)
    assert "average at 72 px: " in chosen.output
    threshold = eye.Eye(tmp_path / "model.tflite").threshold
    assert f"sure from {threshold:.2f}, {(tmp_path / 'model.tflite').stat().st_size:,} bytes" in chosen.output

    files = [str(tmp_path / name) for name in ("model.tflite", "float.tflite", "model.tflite")]
    options = [str(data), files[0], "--float", files[1], "--against", files[2]]
    first, again = (CliRunner().invoke(evaluate.evaluate, options, catch_exceptions=False).output for _ in range(2))
    assert "| pictures | 2 of things with a name, 1 of kept-out kinds, 1 of kinds that" in first
    assert f"| sure from | {threshold:.2f} |" in first
    assert "points are lost in 8 bits |" in first
    assert first.partition("### Time")[0] == again.partition("### Time")[0]
    chosen_with = CliRunner().invoke(evaluate.evaluate, [str(data), files[0], "--held-out"], catch_exceptions=False)
    assert "| pictures | 4 of things with a name, 25 of kept-out kinds, 2 of kinds that" in chosen_with.output
    plot.draw(tmp_path)
    with Image.open(tmp_path / "training.png") as picture:
        assert picture.size == (800, 450)
