"""What a model saw before it named anything: of every kind of model, in the run that gives the scores."""

from __future__ import annotations

import hashlib
import importlib
import logging
import os
import threading
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

import cortex_classifier
from cortex import Cortex, Say, Seen, Show
from cortex.testing import pictures as shots
from cortex_classifier import Classifier
from cortex_classifier.features import Step, features_behind
from cortex_classifier.network import Network, load
from tests.support.networks import SIDE, frozen, scale

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cortex.testing import Bot

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

BUILTIN = Path(cortex_classifier.__file__).parent / "builtin"
DATA = Path(__file__).parents[2].parent / "shared" / "data"
MOBILENETS = ["mobilenet_v2_1.0_224_quant.tflite", "tf2_mobilenet_v2_1.0_224_ptq.tflite"]
NAMES = ("red", "green", "blue")
UNITS = 5

with_data = pytest.mark.skipif(not DATA.is_dir(), reason="there is no ../shared/data here")


def designs(tf: Any) -> dict[str, Any]:
    """Return small networks with random weights, by what comes at their end, each with the features it shall give."""
    layers = tf.keras.layers
    tf.keras.utils.set_random_seed(5)
    entry = layers.Input((SIDE, SIDE, 3), name="picture")
    seen = layers.Conv2D(UNITS, 3, strides=4, activation="relu", name="seen")(entry)
    mean = layers.GlobalAveragePooling2D(keepdims=True, name="mean")(seen)
    flat = layers.Flatten(name="flat")(mean)
    ends = {
        "dense": (flat, layers.Dense(3, activation="softmax", name="scores")(flat)),
        "logits": (flat, layers.Dense(3, name="scores")(flat)),
        "convolved": (mean, layers.Softmax(name="scores")(layers.Flatten()(layers.Conv2D(3, 1)(mean)))),
        "mapped": (seen, layers.Softmax(name="scores")(layers.GlobalAveragePooling2D()(layers.Conv2D(3, 1)(seen)))),
        "normal": (flat, layers.Softmax(name="scores")(layers.BatchNormalization()(layers.Dense(3)(flat)))),
    }
    return {
        name: tf.keras.Model(entry, {"scores": end, "features": features}) for name, (features, end) in ends.items()
    }


def bare(tf: Any, design: Any) -> Any:
    return tf.keras.Model(design.input, design.output["scores"])


def converted(tf: Any, model: Any, kind: Any, pictures: list[NDArray[np.uint8]]) -> bytes:
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if kind == "float16":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]
    elif kind is not None:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([scale(picture)[np.newaxis]] for picture in pictures)
        converter.inference_input_type = converter.inference_output_type = kind
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the converter's own
        content: bytes = converter.convert()
    return content


@pytest.fixture(name="tf", scope="module")
def _tf() -> Any:
    return importlib.import_module("tensorflow")


@pytest.fixture(name="pictures", scope="module")
def _pictures() -> list[NDArray[np.uint8]]:
    random = np.random.default_rng(7)
    return list(random.integers(0, 256, (6, SIDE, SIDE, 3), dtype=np.uint8))


@pytest.fixture(name="nets", scope="module")
def _nets(tf: Any) -> dict[str, Any]:
    return designs(tf)


@pytest.fixture(name="shelf", scope="module")
def _shelf(tf: Any, nets: dict[str, Any], pictures: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of models of every kind, none of which gives its features by itself, and their labels."""
    shelf = tmp_path_factory.mktemp("models")
    (shelf / "labels.txt").write_text("\n".join(NAMES) + "\n")
    for name, design in nets.items():
        model = bare(tf, design)
        model.save(shelf / f"{name}.keras")
        (shelf / f"{name}.tflite").write_bytes(converted(tf, model, None, pictures))
    bare(tf, nets["dense"]).export(shelf / "dense", verbose=False)
    bare(tf, nets["mapped"]).export(shelf / "mapped", verbose=False)
    for kind in ("int8", "uint8", "float16"):
        content = converted(tf, bare(tf, nets["dense"]), getattr(tf, kind) if "int" in kind else kind, pictures)
        (shelf / f"{kind}.tflite").write_bytes(content)
    (shelf / "graph.pb").write_bytes(frozen(tf))
    return shelf


def opened(model: Path | str, **options: Any) -> Network:
    return load(Classifier.Options(model=str(model), **options))


ALL = [
    f"{name}.{kind}" for name in ("dense", "logits", "convolved", "mapped", "normal") for kind in ("keras", "tflite")
]


@pytest.mark.parametrize("model", [*ALL, "dense", "mapped"])
def test_the_embedding_is_what_the_last_layer_looks_at(model: str, shelf: Path, nets: Any, pictures: Any) -> None:
    network = opened(shelf / model)
    for picture in pictures:
        expected = nets[model.partition(".")[0]](scale(picture)[np.newaxis])["features"].numpy()
        if expected.ndim == 4:
            expected = expected.mean((1, 2))
        np.testing.assert_allclose(network.embed(picture), expected.reshape(-1), atol=1e-4)


@pytest.mark.parametrize("model", ["int8.tflite", "uint8.tflite", "float16.tflite"])
def test_features_of_few_bits_are_what_they_stand_for(model: str, shelf: Path, nets: Any, pictures: Any) -> None:
    network = opened(shelf / model)
    for picture in pictures:
        expected = nets["dense"](scale(picture)[np.newaxis])["features"].numpy().reshape(-1)
        np.testing.assert_allclose(network.embed(picture), expected, atol=0.02)


@pytest.mark.parametrize("model", [*ALL, "dense", "int8.tflite", "graph.pb"])
def test_one_run_gives_the_scores_too(model: str, shelf: Path, pictures: Any) -> None:
    network = opened(shelf / model)
    for picture in pictures:
        before = network.scores(picture)
        scores, embedding = network.features(picture)
        np.testing.assert_allclose(scores, before, atol=1e-5)
        np.testing.assert_allclose(network.scores(picture), before, atol=1e-5)
        assert embedding.dtype == np.float32
        assert embedding.ndim == 1


def test_a_frozen_graph_gives_its_features(shelf: Path, pictures: Any) -> None:
    embedding = opened(shelf / "graph.pb").embed(pictures[0])
    np.testing.assert_allclose(embedding, scale(pictures[0], 117, 1).mean((0, 1)), atol=1e-3)


def test_where_there_are_no_features_the_scores_stand_in(tf: Any, tmp_path: Path, pictures: Any) -> None:
    with tf.Graph().as_default() as graph:
        entry = tf.compat.v1.placeholder(tf.float32, [1, SIDE, SIDE, 3], name="input")
        tf.nn.softmax(tf.reduce_mean(entry, [1, 2]), name="output")
        (tmp_path / "mean.pb").write_bytes(graph.as_graph_def().SerializeToString())
    (tmp_path / "labels.txt").write_text("\n".join(NAMES))
    network = opened(tmp_path / "mean.pb")
    scores, embedding = network.features(pictures[0])
    np.testing.assert_allclose(np.exp(embedding), scores, atol=1e-5)


def test_a_graph_that_cannot_be_laid_bare_says_so_and_its_scores_stand_in(
    shelf: Path, pictures: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    network = opened(shelf / "dense.keras")
    module = importlib.import_module("tensorflow.python.framework.convert_to_constants")

    def refuse(_: object) -> None:
        raise ValueError("no such operation")

    monkeypatch.setattr(module, "convert_variables_to_constants_v2", refuse)  # stands for what TensorFlow cannot do
    with caplog.at_level(logging.WARNING, "cortex.classifier"):
        scores, embedding = network.features(pictures[0])
        network.features(pictures[1])
    np.testing.assert_allclose(np.exp(embedding), scores, atol=1e-5)
    assert [record.getMessage() for record in caplog.records] == [
        "the features of the model cannot be reached: no such operation; its scores stand in for them"
    ]


def test_a_model_that_gives_its_embedding_is_taken_at_its_word(
    tf: Any, nets: Any, tmp_path: Path, pictures: Any
) -> None:
    design = nets["dense"]
    own = tf.keras.layers.Dense(7)(design.output["features"])
    both = tf.keras.Model(design.input, {"scores": design.output["scores"], "embedding": own})
    both.save(tmp_path / "both.keras")
    (tmp_path / "both.tflite").write_bytes(converted(tf, both, None, pictures))
    (tmp_path / "labels.txt").write_text("\n".join(NAMES))
    expected = both(scale(pictures[0])[np.newaxis])["embedding"].numpy()[0]
    for model in ("both.keras", "both.tflite"):
        np.testing.assert_allclose(opened(tmp_path / model).embed(pictures[0]), expected, atol=1e-4)


@with_data
@pytest.mark.parametrize("model", MOBILENETS)
def test_the_mobilenets_give_what_they_name_things_by(model: str) -> None:
    network = opened(DATA / model, labels=str(DATA / "imagenet_labels.txt"))
    cat, *others = (
        np.asarray(Image.open(DATA / "photos" / name)) for name in ("cat_720p.jpg", "owl.jpg", "parrot.jpg")
    )
    embedding = network.embed(cat)
    assert embedding.shape == (1280,)
    assert embedding.min() >= 0  # ReLU6
    assert 0 < embedding.max() <= 6.1
    near = np.corrcoef(embedding, network.embed(cat[:, ::-1].copy()))[0, 1]
    assert near > 0.6 > max(np.corrcoef(embedding, network.embed(other))[0, 1] for other in others)


def test_the_built_in_model_gives_its_embedding(pictures: Any) -> None:
    network = opened("builtin")
    assert network.embed(np.asarray(shots.photo(3))).shape == (512,)
    looks = [network.embed(np.asarray(shots.photo(3))) for _ in range(2)]
    np.testing.assert_array_equal(*looks)


@pytest.mark.parametrize("model", ["dense.tflite", "dense.keras"])
def test_any_thread_may_ask_while_others_look(model: str, shelf: Path, pictures: Any) -> None:
    expected = [opened(shelf / model).embed(picture) for picture in pictures]
    network = opened(shelf / model)
    found: dict[int, Any] = {}

    def look(number: int) -> None:
        for _ in range(20):
            network.scores(pictures[number])
            found[number] = network.embed(pictures[number])

    threads = [threading.Thread(target=look, args=(number,)) for number in range(len(pictures))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_allclose([found[number] for number in range(len(pictures))], expected, atol=1e-5)


# Which model it was


def test_the_identity_is_that_of_the_content_and_not_of_the_name(tmp_path: Path) -> None:
    content = (BUILTIN / "model.tflite").read_bytes()
    (tmp_path / "other.tflite").write_bytes(content)
    (tmp_path / "labels.txt").write_bytes((BUILTIN / "labels.txt").read_bytes())
    builtin, other = opened("builtin"), opened(tmp_path / "other.tflite")
    assert builtin.identity == other.identity == f"sha256:{hashlib.sha256(content).hexdigest()[:16]}"
    assert builtin.model == builtin.identity


def test_a_saved_model_has_the_identity_of_all_its_files(shelf: Path, tmp_path: Path) -> None:
    first, again = opened(shelf / "dense").identity, opened(shelf / "dense").identity
    assert first == again
    assert opened(shelf / "mapped").identity != first
    (shelf / "dense" / "assets" / "more.txt").write_text("more")
    assert opened(shelf / "dense").identity != first


def test_options_that_change_what_a_model_sees_change_its_identity(shelf: Path) -> None:
    plain = opened(shelf / "dense.tflite").identity
    assert opened(shelf / "dense.tflite", top=1, threshold=0.9, threads=2).identity == plain
    others = [opened(shelf / "dense.tflite", mean=mean, scale=1).identity for mean in (0, 1)]
    assert len({plain, *others}) == 3


# What the walk makes of a graph


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([("Conv2D", "a", "b"), ("Relu", "b", "c"), ("MatMul", "cw", "d"), ("Softmax", "d", "s")], "c"),
        ([("MatMul", "aw", "d"), ("Softmax", "d", "s")], None),  # what it looks at are the pixels
        ([("Conv2D", "a", "b"), ("MatMul", "bw", "c"), ("Whatever", "c", "s")], None),
        ([("Conv2D", "a", "b"), ("MatMul", "b", "c"), ("MatMul", "b", "d"), ("Add", "cd", "s")], None),  # two ways
        ([("Conv2D", "a", "b"), ("Cast", "w", "v"), ("MatMul", "bv", "c"), ("Add", "cv", "s")], "b"),
        ([("Conv2D", "a", "b"), ("MatMul", "bw", "c"), ("Shape", "b", "d"), ("Reshape", "cd", "s")], "b"),
        ([("Softmax", "d", "s"), ("MatMul", "cw", "d"), ("Conv2D", "a", "c")], "c"),  # in any order
        ([], None),
    ],
)
def test_the_features_are_what_the_last_weights_are_applied_to(steps: Any, expected: str | None) -> None:
    assert features_behind("s", [Step(name, tuple(read), (made,)) for name, read, made in steps], "a") == expected


# What other cortexes get


class Pupil(Cortex):
    """Perceives what the classifier has seen."""

    perceives = frozenset({"seen"})

    def perceive(self, seen: Seen, session: Any) -> Iterator[Show | Say]:
        seen_by_all.append(seen)
        yield seen.show
        if seen.say:
            yield seen.say


seen_by_all: list[Seen] = []


@pytest.fixture(name="seen")
def _seen() -> list[Seen]:
    seen_by_all.clear()
    return seen_by_all


def lemon() -> NDArray[np.uint8]:
    return np.asarray(shots.photo(3))


async def test_whoever_perceives_what_was_seen_gets_all_of_it(bot: Bot, seen: list[Seen]) -> None:
    await bot.load("classifier", model="builtin", smoothing=1)
    await bot.see(lemon())
    alone = list(bot.actions)
    await bot.restart()
    await bot.load("classifier", model="builtin", smoothing=1)
    await bot.load(Pupil)
    await bot.see(lemon())
    (thought,) = seen
    assert [type(action) for action in bot.actions[len(alone) :]] == [type(action) for action in alone]
    assert thought.show.labels == next(action for action in alone if isinstance(action, Show)).labels
    network = opened("builtin")
    np.testing.assert_allclose(thought.embedding, network.embed(thought.image), atol=1e-6)
    np.testing.assert_allclose(thought.eye.embed(thought.image), thought.embedding, atol=1e-6)
    assert thought.eye.model == network.identity
    assert thought.kind == "seen"
    assert not thought.asked


async def test_a_frame_that_is_asked_about_is_so_still(bot: Bot, seen: list[Seen]) -> None:
    await bot.load("classifier", model="builtin")
    await bot.load(Pupil)
    await bot.see(lemon(), asked=True)
    (thought,) = seen
    assert thought.asked
    assert thought.say is not None


async def test_the_embedding_is_of_this_frame_while_labels_are_smoothed(bot: Bot, seen: list[Seen]) -> None:
    await bot.load("classifier", model="builtin", smoothing=3)
    await bot.load(Pupil)
    for picture in (shots.grey(), shots.white()):
        await bot.see(picture)
    network = opened("builtin")
    for thought in seen:
        np.testing.assert_allclose(thought.embedding, network.embed(thought.image), atol=1e-6)


async def test_without_anybody_who_perceives_it_no_features_are_made(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Network, "features", None)  # whoever called it would fail
    await bot.load("classifier", model="builtin")
    await bot.see(lemon())
    assert len(bot.shown) == 1


def test_aliases_are_a_labels_other_names_in_every_language(tmp_path: Path) -> None:
    (tmp_path / "model.tflite").write_bytes((BUILTIN / "model.tflite").read_bytes())
    names = [f"thing {number}" for number in range(len((BUILTIN / "labels.txt").read_text().splitlines()))]
    names[0] = "hotdog, hot dog"
    (tmp_path / "labels.txt").write_text("\n".join(names))
    (tmp_path / "labels.fr.txt").write_text("\n".join(["chien chaud", *names[1:]]))
    network = opened(tmp_path / "model.tflite")
    assert network.aliases("hotdog, hot dog") == ("hotdog", "hot dog", "chien chaud")
    assert network.aliases("thing 1") == ()
