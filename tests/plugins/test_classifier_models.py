"""Every kind of model that the classifier takes: the same picture, the same scores; and every one that it refuses."""

from __future__ import annotations

import importlib
import os
import re
import sys
import warnings
import zipfile
from typing import TYPE_CHECKING, Any

import flatbuffers
import numpy as np
import pytest

from cortex import PluginError
from cortex.testing import pictures as shots
from tests.support.networks import SIDE, frozen, scale, softmax

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from cortex.testing import Bot

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

NAMES = ("red", "green", "blue")


# A network so small that its weights are written down: how red, green and blue a picture is on the whole.


def colours(tf: Any, *, rescaling: bool = False, ending: str | None = "softmax", dtype: str = "float32") -> Any:
    layers = tf.keras.layers
    entry = layers.Input((SIDE, SIDE, 3), dtype=dtype, name="picture")
    scaled = layers.Rescaling(1 / 127.5, offset=-1)(entry) if rescaling else entry
    seen = layers.Conv2D(3, 3, use_bias=False, name="seen")(scaled)
    mean = layers.GlobalAveragePooling2D(name="mean")(seen)
    model = tf.keras.Model(entry, layers.Dense(3, activation=ending, name="scores")(mean))
    model.get_layer("seen").set_weights([np.tile(np.eye(3, dtype=np.float32) / 9, (3, 3, 1, 1))])
    model.get_layer("scores").set_weights([4 * np.eye(3, dtype=np.float32), np.zeros(3, np.float32)])
    return model


def converted(tf: Any, model: Any, kind: Any, pictures: list[NDArray[np.uint8]], *, scaled: bool = True) -> bytes:
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if kind is not None:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: (
            [scale(picture)[np.newaxis] if scaled else picture[np.newaxis].astype(np.float32)] for picture in pictures
        )
        converter.inference_input_type = converter.inference_output_type = kind
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the converter's own: it misses statistics that it takes from the pictures
        content: bytes = converter.convert()
    return content


@pytest.fixture(name="tf", scope="session")
def _tf() -> Any:
    return importlib.import_module("tensorflow")


@pytest.fixture(name="pictures", scope="session")
def _pictures() -> list[NDArray[np.uint8]]:
    random = np.random.default_rng(7)
    tints = np.array([[230, 40, 90], [20, 200, 60], [30, 80, 240], [128, 128, 128], [255, 255, 255], [0, 0, 0]])
    noise = random.integers(-60, 60, (len(tints), SIDE, SIDE, 3))
    return list(np.clip(tints[:, None, None] + noise, 0, 255).astype(np.uint8))


@pytest.fixture(name="network", scope="session")
def _network(tf: Any) -> Any:
    return colours(tf)


@pytest.fixture(name="shelf", scope="session")
def _shelf(tf: Any, network: Any, pictures: list[Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of models of every kind, and the labels of all."""
    shelf = tmp_path_factory.mktemp("models")
    (shelf / "labels.txt").write_text("\n".join(NAMES) + "\n")
    network.save(shelf / "plain.keras")
    network.export(shelf / "plain", verbose=False)
    rescaling = colours(tf, rescaling=True)
    rescaling.save(shelf / "rescaling.keras")
    rescaling.export(shelf / "rescaling", verbose=False)
    colours(tf, rescaling=True, dtype="uint8").save(shelf / "bytes.keras")
    colours(tf, ending=None).save(shelf / "logits.keras")
    both = tf.keras.Model(network.input, [network.get_layer("mean").output, network.output])
    both = tf.keras.Model(
        both.input, {"embedding": tf.keras.layers.Dense(7)(both.outputs[0]), "scores": both.outputs[1]}
    )
    both.save(shelf / "both.keras")
    free = tf.keras.Sequential([tf.keras.layers.Input((None, None, 3)), *network.layers[1:]])
    free.save(shelf / "free.keras")
    (shelf / "graph.pb").write_bytes(frozen(tf))
    (shelf / "shapeless.pb").write_bytes(frozen(tf, name="camera", shaped=False))
    for name, model, kind in (
        ("float", network, None),
        ("uint8", network, tf.uint8),
        ("int8", network, tf.int8),
        ("inner", network, tf.float32),
        ("rescaling", rescaling, None),
        ("logits", colours(tf, ending=None), None),
        ("logits8", colours(tf, ending=None), tf.int8),
        ("both", both, None),
        ("free", free, None),
    ):
        (shelf / f"{name}.tflite").write_bytes(converted(tf, model, kind, pictures))
    raw = converted(tf, rescaling, tf.uint8, pictures, scaled=False)
    (shelf / "rescaling8.tflite").write_bytes(raw)
    return shelf


async def scores(bot: Bot, *pictures: NDArray[np.uint8], **options: Any) -> list[NDArray[np.float32]]:
    """Return how red, green and blue the classifier finds each picture."""
    await bot.load("classifier", smoothing=1, **options)
    for picture in pictures:
        await bot.see(picture)
    assert len(bot.shown) == len(pictures)
    found = [{label.name: label.score for label in show.labels} for show in bot.shown]
    return [np.array([by_name[name] for name in NAMES], np.float32) for by_name in found]


async def refused(bot: Bot, pattern: str, **options: Any) -> None:
    """Make sure that the classifier does not start, and why: one line."""
    await bot.load("classifier", **options)
    with pytest.raises(PluginError, match=pattern) as refusal:
        await bot.start()
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("model", "tolerance"),
    [
        ("plain.keras", 1e-4),
        ("rescaling.keras", 1e-4),
        ("bytes.keras", 1e-4),
        ("logits.keras", 1e-4),
        ("both.keras", 1e-4),
        ("plain", 1e-4),
        ("rescaling", 1e-4),
        ("float.tflite", 1e-4),
        ("rescaling.tflite", 1e-4),
        ("logits.tflite", 1e-4),
        ("both.tflite", 1e-4),
        ("uint8.tflite", 0.03),
        ("int8.tflite", 0.03),
        ("inner.tflite", 0.03),
        ("logits8.tflite", 0.03),
        ("rescaling8.tflite", 0.03),
    ],
)
async def test_the_same_picture_scores_as_with_the_network_itself(
    bot: Bot, model: str, tolerance: float, shelf: Path, network: Any, pictures: list[Any]
) -> None:
    found = await scores(bot, *pictures, model=shelf / model)
    expected = [network(scale(picture)[np.newaxis]).numpy()[0] for picture in pictures]
    np.testing.assert_allclose(found, expected, atol=tolerance)


@pytest.mark.parametrize("model", ["free.keras", "free.tflite"])
async def test_size_says_how_large_the_picture_is_where_the_model_does_not(
    bot: Bot, model: str, shelf: Path, network: Any, pictures: list[Any]
) -> None:
    (found,) = await scores(bot, pictures[0], model=shelf / model, size=SIDE)
    expected = network(scale(pictures[0])[np.newaxis]).numpy()[0]
    np.testing.assert_allclose(found, expected, atol=1e-4)
    await bot.restart()
    await refused(
        bot, rf"{model} does not say .* large .* set `size`, such as `size: 224`", model=shelf / model, size=0
    )


@pytest.mark.parametrize("model", ["plain.keras", "plain", "float.tflite", "uint8.tflite"])
async def test_mean_and_scale_of_the_options_go_before_what_the_model_says(
    bot: Bot, model: str, shelf: Path, network: Any, pictures: list[Any]
) -> None:
    (found,) = await scores(bot, pictures[2], model=shelf / model, mean=64, scale=200)
    expected = network(scale(pictures[2], 64, 200)[np.newaxis]).numpy()[0]
    np.testing.assert_allclose(found, expected, atol=0.03)


@pytest.mark.parametrize(
    "options", [{"model": "graph.pb"}, {"model": "shapeless.pb", "size": SIDE, "input": "camera:0", "output": "output"}]
)
async def test_a_frozen_graph_sees_pixels_less_117(
    bot: Bot, options: dict[str, Any], shelf: Path, pictures: list[Any]
) -> None:
    found = await scores(bot, *pictures, **{**options, "model": shelf / options["model"]})
    expected = [softmax(scale(picture, 117, 1).mean((0, 1)) / 30) for picture in pictures]
    np.testing.assert_allclose(found, expected, atol=1e-4)


async def test_scores_of_the_inception_of_2017_that_have_no_name_are_left_out(
    bot: Bot, tf: Any, tmp_path: Path
) -> None:
    with tf.Graph().as_default() as graph:
        entry = tf.compat.v1.placeholder(tf.float32, [1, 4, 4, 3], name="input")
        bias = np.linspace(0, 9, 1008, dtype=np.float32)  # the last, which has no name, is the likeliest
        tf.nn.softmax(tf.reduce_mean(entry) * 0 + bias[np.newaxis], name="output")
        (tmp_path / "inception.pb").write_bytes(graph.as_graph_def().SerializeToString())
    (tmp_path / "labels.txt").write_text("".join(f"thing {number}\n" for number in range(1001)))
    await bot.load("classifier", model=tmp_path / "inception.pb", top=1)
    await bot.see(shots.grey((64, 48)))
    (show,) = bot.shown
    assert [label.name for label in show.labels] == ["thing 1000"]


@pytest.mark.parametrize(("by", "certain"), [(255, False), (1, True)])
async def test_where_the_end_does_not_tell_scores_beyond_one_are_softmaxed(
    bot: Bot, by: int, certain: bool, tf: Any, tmp_path: Path
) -> None:
    with tf.Graph().as_default() as graph:
        entry = tf.compat.v1.placeholder(tf.float32, [1, 4, 4, 3], name="input")
        tf.reduce_mean(entry, [1, 2], name="output")
        (tmp_path / "mean.pb").write_bytes(graph.as_graph_def().SerializeToString())
    (tmp_path / "labels.txt").write_text("\n".join(NAMES))
    red = np.full((4, 4, 3), (204, 102, 51), np.uint8)
    (found,) = await scores(bot, red, model=tmp_path / "mean.pb", mean=0, scale=by)
    expected = [1, 0, 0] if certain else [0.8, 0.4, 0.2]
    np.testing.assert_allclose(found, expected, atol=1e-4)


async def test_where_litert_has_no_wheel_tensorflow_runs_a_tflite_model(
    bot: Bot, shelf: Path, network: Any, pictures: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)  # stands for a machine that lacks it
    (found,) = await scores(bot, pictures[0], model=shelf / "float.tflite")
    expected = network(scale(pictures[0])[np.newaxis]).numpy()[0]
    np.testing.assert_allclose(found, expected, atol=1e-4)


async def test_labels_inside_a_tflite_are_found(bot: Bot, shelf: Path, tmp_path: Path) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes((shelf / "float.tflite").read_bytes())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("licence.txt", "do with it\nwhat you like\n")
        archive.writestr("labels.txt", "rouge\nvert\nbleu\n")
    await bot.load("classifier", model=path)
    await bot.see(shots.grey((64, 48)))
    (show,) = bot.shown
    assert {label.name for label in show.labels} == {"rouge", "vert", "bleu"}


@pytest.mark.parametrize(("mean", "by"), [([127.5], [50.0]), ([100.0, 120.0, 140.0], [60.0, 70.0, 80.0])])
@pytest.mark.parametrize("model", ["float", "int8"])
async def test_scaling_in_the_metadata_of_a_tflite_is_followed(
    bot: Bot, model: str, mean: list[float], by: list[float], shelf: Path, tmp_path: Path, network: Any, pictures: Any
) -> None:
    path = tmp_path / "model.tflite"
    path.write_bytes(with_metadata((shelf / f"{model}.tflite").read_bytes(), mean, by))
    picture = np.clip(pictures[3], 90, 160)  # what the 8 bits were made for
    scaled = (picture - np.array(mean, np.float32)) / np.array(by, np.float32)
    expected = network(scaled.astype(np.float32)[np.newaxis]).numpy()[0]
    (found,) = await scores(bot, picture, model=path, labels=shelf / "labels.txt")
    np.testing.assert_allclose(found, expected, atol=1e-4 if model == "float" else 0.05)


def with_metadata(content: bytes, mean: list[float], by: list[float]) -> bytes:
    """Return a .tflite with the metadata that TensorFlow Lite's support library writes for an input's scaling."""
    schema = importlib.import_module("ai_edge_litert.schema_py_generated")
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(content, 0))
    buffer, entry = schema.BufferT(), schema.MetadataT()
    buffer.data = np.frombuffer(metadata(mean, by), np.uint8)
    entry.name, entry.buffer = "TFLITE_METADATA", len(model.buffers)
    model.buffers.append(buffer)
    model.metadata = [*(model.metadata or []), entry]
    builder = flatbuffers.Builder(len(content))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def metadata(mean: list[float], by: list[float]) -> bytes:
    builder = flatbuffers.Builder(0)

    def table(fields: dict[int, Callable[[int], None]]) -> int:
        builder.StartObject(8)
        for field, add in fields.items():
            add(field)
        return int(builder.EndObject())

    def offset(value: int) -> Callable[[int], None]:
        return lambda field: builder.PrependUOffsetTRelativeSlot(field, value, 0)

    def vector(values: list[Any], prepend: Callable[[Any], None]) -> int:
        builder.StartVector(4, len(values), 4)
        for value in reversed(values):
            prepend(value)
        return int(builder.EndVector())

    means, scales = vector(mean, builder.PrependFloat32), vector(by, builder.PrependFloat32)
    normalization = table({0: offset(means), 1: offset(scales)})
    unit = table({0: lambda field: builder.PrependUint8Slot(field, 1, 0), 1: offset(normalization)})
    tensor = table({4: offset(vector([unit], builder.PrependUOffsetTRelative))})
    graph = table({2: offset(vector([tensor], builder.PrependUOffsetTRelative))})
    builder.Finish(table({3: offset(vector([graph], builder.PrependUOffsetTRelative))}), b"M001")
    return bytes(builder.Output())


# What is refused, in one line


@pytest.mark.parametrize("model", ["plain.keras", "plain", "float.tflite", "graph.pb"])
async def test_a_wrong_number_of_labels_names_both_numbers_and_both_files(
    bot: Bot, model: str, shelf: Path, tmp_path: Path
) -> None:
    labels = tmp_path / "four.txt"
    labels.write_text("a\nb\nc\nd\n")
    text = f"{shelf / model} gives 3 scores, but {labels} has 4 labels; they must be as many"
    await refused(bot, f"^classifier did not start: {re.escape(text)}$", model=shelf / model, labels=labels)


async def test_of_several_outputs_all_numbers_are_named(bot: Bot, shelf: Path, tmp_path: Path) -> None:
    labels = tmp_path / "four.txt"
    labels.write_text("a\nb\nc\nd\n")
    await refused(
        bot, r"gives (3 or 7|7 or 3) scores, but .*four\.txt has 4 labels", model=shelf / "both.keras", labels=labels
    )


async def test_an_output_that_is_not_there_is_met_with_those_that_are(bot: Bot, shelf: Path) -> None:
    await refused(bot, r"has no output 'score' \(did you mean scores\?\)", model=shelf / "both.keras", output="score")


@pytest.mark.parametrize(
    ("options", "pattern"),
    [
        ({"input": "inputs"}, r"graph\.pb has no tensor 'inputs' \(did you mean input\?\)"),
        ({"output": "outptu:0"}, r"graph\.pb has no tensor 'outptu:0' \(did you mean output"),
    ],
)
async def test_a_frozen_graph_without_the_named_tensor_suggests_near_ones(
    bot: Bot, options: dict[str, str], pattern: str, shelf: Path
) -> None:
    await refused(bot, pattern, model=shelf / "graph.pb", **options)


async def test_a_frozen_graph_with_two_ways_in_asks_which(bot: Bot, tf: Any, tmp_path: Path) -> None:
    with tf.Graph().as_default() as graph:
        pictures = [tf.compat.v1.placeholder(tf.float32, [1, 8, 8, 3], name=name) for name in ("left", "right")]
        tf.add(*pictures, name="sum")
        (tmp_path / "two.pb").write_bytes(graph.as_graph_def().SerializeToString())
    await refused(
        bot, "does not say what its input is: set `input`; it could be left, right", model=tmp_path / "two.pb"
    )


async def test_a_frozen_graph_that_says_nothing_of_its_size_asks_for_it(bot: Bot, shelf: Path) -> None:
    await refused(
        bot, r"shapeless\.pb does not say how large its pictures are: set `size`", model=shelf / "shapeless.pb"
    )


@pytest.mark.parametrize("model", ["plain.keras", "graph.pb", "float.tflite"])
async def test_a_file_that_was_cut_off_is_refused_in_one_line(
    bot: Bot, model: str, shelf: Path, tmp_path: Path
) -> None:
    content = (shelf / model).read_bytes()
    (tmp_path / model).write_bytes(content[: len(content) * 2 // 3])
    (tmp_path / "labels.txt").write_text("\n".join(NAMES))
    await refused(bot, f"{model} is no .* that can be used: ", model=tmp_path / model)


async def test_a_saved_model_without_its_weights_is_refused_in_one_line(bot: Bot, shelf: Path, tmp_path: Path) -> None:
    (tmp_path / "saved_model.pb").write_bytes((shelf / "plain" / "saved_model.pb").read_bytes())
    await refused(bot, "is no SavedModel folder that can be used: ", model=tmp_path)


async def test_a_saved_model_without_its_signature_says_which_it_has(bot: Bot, tf: Any, tmp_path: Path) -> None:
    tf.saved_model.save(tf.Module(), str(tmp_path / "bare"))
    await refused(bot, "has no signature 'serving_default'; it has none at all", model=tmp_path / "bare")


async def test_a_model_that_does_not_look_at_pictures_is_refused(bot: Bot, tf: Any, tmp_path: Path) -> None:
    words = tf.keras.Sequential([tf.keras.layers.Input((12,)), tf.keras.layers.Dense(3)])
    words.save(tmp_path / "words.keras")
    await refused(
        bot, r"does not look at pictures: its input is \[\?, 12\], not \[1, height", model=tmp_path / "words.keras"
    )


async def test_a_model_with_two_inputs_is_refused(bot: Bot, tf: Any, tmp_path: Path) -> None:
    inputs = [tf.keras.layers.Input((8, 8, 3), name=name) for name in ("left", "right")]
    model = tf.keras.Model(inputs, tf.keras.layers.add(inputs))
    model.save(tmp_path / "two.keras")
    model.export(tmp_path / "two", verbose=False)
    (tmp_path / "two.tflite").write_bytes(converted(tf, model, None, []))
    for path in ("two.keras", "two", "two.tflite"):
        await bot.restart()
        await refused(bot, "does not look at pictures: it has 2 inputs, not one", model=tmp_path / path)
