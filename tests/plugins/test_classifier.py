"""The classifier with the built-in model and with the MobileNets of ../shared/data; what it refuses; how it smooths."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest
from PIL import Image

import cortex_classifier
from cortex import ConfigError, PluginError, Say, Show
from cortex_classifier import Classifier
from cortex_classifier.smoothing import Recent
from training.metadata import with_metadata

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cortex.testing import Bot

ROOT = Path(__file__).parents[2]
HOME = Path.home()
BUILTIN = Path(cortex_classifier.__file__).parent / "builtin"
DATA = ROOT.parent / "shared" / "data"
MOBILENETS = ["mobilenet_v2_1.0_224_quant.tflite", "tf2_mobilenet_v2_1.0_224_ptq.tflite"]

with_data = pytest.mark.skipif(not DATA.is_dir(), reason="there is no ../shared/data here")


def photos() -> list[Any]:
    return [pytest.param(path, id=path.stem) for path in sorted((DATA / "photos").glob("*"))]


async def seen(bot: Bot, image: Any, **options: Any) -> tuple[Show, Say | None]:
    """Return what the classifier shows and says of one picture."""
    await bot.load("classifier", **options)
    await bot.see(image)
    show, *remarks = bot.actions
    assert isinstance(show, Show)
    assert all(isinstance(remark, Say) for remark in remarks)
    assert bot.remarks == [remark.text for remark in remarks]
    return show, remarks[0] if remarks else None


@pytest.fixture(name="model")
def _model(tmp_path: Path) -> Path:
    """Return a copy of the built-in model that has no labels."""
    path = tmp_path / "model.tflite"
    path.write_bytes((BUILTIN / "model.tflite").read_bytes())
    return path


@pytest.fixture(name="image", scope="module")
def _image() -> NDArray[np.uint8]:
    return np.random.default_rng(3).integers(0, 255, (240, 320, 3)).astype(np.uint8)


# What it shows and says


async def test_it_shows_the_likeliest_labels_of_the_model(bot: Bot, image: NDArray[np.uint8]) -> None:
    show, _ = await seen(bot, image, top=4)
    known = (BUILTIN / "labels.txt").read_text().splitlines()
    scores = [label.score for label in show.labels]
    assert len(show.labels) == 4
    assert {label.name for label in show.labels} <= set(known)
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


async def test_top_may_be_more_than_there_are_labels(bot: Bot, image: NDArray[np.uint8]) -> None:
    known = (BUILTIN / "labels.txt").read_text().splitlines()
    show, _ = await seen(bot, image, top=100)
    assert len(show.labels) == min(100, len(known))


async def test_at_the_threshold_it_is_sure_and_remarks_on_it(bot: Bot, image: NDArray[np.uint8]) -> None:
    show, remark = await seen(bot, image, threshold=0)
    name = show.labels[0].name
    assert show.sure
    assert remark == Say(f"I see: {name.split(',')[0]}.", language="en", topic=name)


async def test_below_the_threshold_it_shows_and_says_nothing(bot: Bot, image: NDArray[np.uint8]) -> None:
    show, remark = await seen(bot, image, threshold=1)
    assert show.labels
    assert not show.sure
    assert remark is None


@pytest.mark.parametrize(("threshold", "sure"), [(0.001, True), (0.999, False)])
async def test_where_the_options_name_no_threshold_it_is_the_one_that_the_model_says(
    threshold: float, sure: bool, bot: Bot, model: Path, image: NDArray[np.uint8]
) -> None:
    say_threshold(model, 0.5)
    say_threshold(model, threshold)
    show, _ = await seen(bot, image, model=model, labels=BUILTIN / "labels.txt")
    assert show.sure is sure


def test_metadata_is_not_written_for_an_output_that_there_is_not(model: Path) -> None:
    with pytest.raises(ValueError, match="there is no output 'score' among"):
        with_metadata(model.read_bytes(), output="score", threshold=0.5)


def say_threshold(model: Path, threshold: float) -> None:
    model.write_bytes(with_metadata(model.read_bytes(), output="scores", threshold=threshold))


@pytest.mark.parametrize(
    ("spoken", "text", "language"),
    [
        ("fr-CA", "Je vois : fourmi.", "fr-CA"),
        ("en-GB", "I see: ant.", "en-GB"),
        ("de-DE", "I see: ant.", "en"),
    ],
)
async def test_it_speaks_the_language_of_the_session_where_it_knows_it(
    bot: Bot, spoken: str, text: str, language: str, model: Path, image: NDArray[np.uint8]
) -> None:
    count = len((BUILTIN / "labels.txt").read_text().splitlines())
    (model.parent / "labels.txt").write_text("ant, emmet, pismire\n" * count)
    (model.parent / "labels.fr.txt").write_text("fourmi\n" * count)
    bot.session.language = spoken
    show, remark = await seen(bot, image, model=model, threshold=0)
    assert show.labels[0].name == "ant, emmet, pismire"
    assert remark == Say(text, language=language, topic="ant, emmet, pismire")


async def test_a_phrase_of_ones_own_is_said_in_the_language_of_the_session(bot: Bot, image: NDArray[np.uint8]) -> None:
    show, remark = await seen(bot, image, threshold=0, phrase="Look, {name}! {")
    assert remark is not None
    assert remark.text == f"Look, {show.labels[0].name.split(',')[0]}! {{"
    assert remark.language == ""


def test_importing_it_is_cheap_and_the_builtin_model_needs_no_tensorflow() -> None:
    code = """
import sys, cortex_classifier
assert not {"numpy", "PIL", "tensorflow", "keras", "ai_edge_litert"} & set(sys.modules), "heavy to import"
import asyncio, numpy
from cortex import Frame, Once, Session
classifier = cortex_classifier.Classifier(cortex_classifier.Classifier.Options())
asyncio.run(classifier.start())
list(classifier.perceive(Frame(sense="vision", picture=Once(lambda: numpy.zeros((9, 9, 3), numpy.uint8))), Session()))
if "ai_edge_litert" in sys.modules:
    assert not {"tensorflow", "keras"} & set(sys.modules), "TensorFlow was imported"
asyncio.run(classifier.stop())
"""
    path = f"{ROOT}:{ROOT / 'plugins'}"
    environment = {"PYTHONPATH": path, "PATH": "", "CORTEX_OFFLINE": "1", "TF_CPP_MIN_LOG_LEVEL": "2"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)


def test_every_option_stands_in_its_docs_with_its_default() -> None:
    lines = (ROOT / "docs" / "classifier.md").read_text().splitlines()
    for field in msgspec.structs.fields(Classifier.Options):
        (line,) = [line for line in lines if line.startswith(f"| `{field.name}` |")]
        default = line.split("|")[2].strip().strip("`")
        assert default == ("" if field.default is None else str(field.default))


# The MobileNets, against a bare loop


def bare(model: str, image: Image.Image) -> int:
    """Return the number of the top label as a loop of ten lines finds it: no code of the classifier in it."""
    litert = importlib.import_module("ai_edge_litert.interpreter")
    interpreter = litert.Interpreter(str(DATA / model))
    interpreter.allocate_tensors()
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    square = image.crop((left, top, left + side, top + side)).resize((224, 224), Image.Resampling.BILINEAR)
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], np.asarray(square)[np.newaxis])
    interpreter.invoke()
    return int(interpreter.get_tensor(interpreter.get_output_details()[0]["index"])[0].argmax())


@with_data
@pytest.mark.parametrize("photo", photos())
@pytest.mark.parametrize("model", MOBILENETS)
async def test_the_top_label_is_that_of_a_bare_loop(bot: Bot, model: str, photo: Path) -> None:
    with Image.open(photo) as picture:
        image = picture.convert("RGB")
    expected = (DATA / "imagenet_labels.txt").read_text().splitlines()[bare(model, image)]
    await bot.load("classifier", model=DATA / model, labels=DATA / "imagenet_labels.txt", smoothing=1)
    await bot.see(image)
    if photo.suffix == ".jpg":
        await bot.see(photo)
    assert [show.labels[0].name for show in bot.shown] == [expected] * (2 if photo.suffix == ".jpg" else 1)


@with_data
@pytest.mark.parametrize("model", MOBILENETS)
async def test_labels_inside_the_model_are_used_where_none_lie_beside_it(bot: Bot, model: str, tmp_path: Path) -> None:
    copy = tmp_path / model
    copy.write_bytes((DATA / model).read_bytes())
    show, _ = await seen(bot, DATA / "photos" / "parrot.jpg", model=copy)
    assert show.labels[0].name == "macaw"


# Smoothing


def glance(recent: Recent, scores: list[float], at: float, value: int = 100, frames: int = 3) -> list[float]:
    pixels = np.full((32, 32, 3), value, np.uint8)
    return [round(float(score), 4) for score in recent.average(np.array(scores, np.float32), pixels, at, frames)]


def test_the_last_frames_are_averaged() -> None:
    recent = Recent()
    assert glance(recent, [0.9, 0.1], 0.0) == [0.9, 0.1]
    assert glance(recent, [0.3, 0.7], 0.1) == [0.6, 0.4]
    assert glance(recent, [0.9, 0.1], 0.2) == [0.7, 0.3]
    assert glance(recent, [0.0, 0.0], 0.3) == [0.4, 0.2667]  # the first is no longer among the last three


def test_a_frame_older_than_a_second_is_forgotten() -> None:
    recent = Recent()
    glance(recent, [1.0, 0.0], 0.0, frames=100)
    glance(recent, [1.0, 0.0], 0.9, frames=100)
    assert glance(recent, [0.0, 1.0], 1.5, frames=100) == [0.5, 0.5]
    assert glance(recent, [0.0, 1.0], 9.0, frames=100) == [0.0, 1.0]


def test_a_clock_that_is_set_back_forgets_what_lies_ahead() -> None:
    recent = Recent()
    glance(recent, [1.0, 0.0], 100.0)
    assert glance(recent, [0.0, 1.0], 50.0) == [0.0, 1.0]


def test_another_scene_is_not_averaged_with_the_one_before() -> None:
    recent = Recent()
    glance(recent, [1.0, 0.0], 0.0, value=20)
    assert glance(recent, [0.0, 1.0], 0.1, value=40) == [0.5, 0.5]
    assert glance(recent, [0.0, 1.0], 0.2, value=200) == [0.0, 1.0]


@pytest.mark.parametrize(("smoothing", "averages"), [(3, True), (1, False)])
async def test_each_session_has_its_own_frames_and_one_means_none(
    bot: Bot, smoothing: int, averages: bool, image: NDArray[np.uint8]
) -> None:
    other = np.clip(image.astype(np.int16) // 2 + 30, 0, 255).astype(np.uint8)
    await bot.load("classifier", smoothing=smoothing)
    await bot.see(other)
    await bot.see(image)
    alone = []
    for picture in (other, image):
        person = await bot.meet()
        await person.see(picture)
        alone += person.shown
    first, second = bot.shown
    assert first == alone[0]
    assert (second != alone[1]) == averages


# What is refused, in one line


@pytest.mark.parametrize(
    "options",
    [{"top": 0}, {"threshold": 1.5}, {"smoothing": 0}, {"scale": 0}, {"size": -1}, {"threads": 0}, {"models": "x"}],
)
async def test_an_option_that_makes_no_sense_is_refused(bot: Bot, options: dict[str, Any]) -> None:
    (option,) = options
    with pytest.raises(ConfigError, match=rf"plugins\.classifier\.{option}: (Expected `(int|float)`|unknown key)"):
        await bot.load("classifier", **options)


async def refusal(bot: Bot, **options: Any) -> str:
    """Return why the classifier does not start."""
    await bot.load("classifier", **options)
    with pytest.raises(PluginError) as refused:
        await bot.start()
    text = str(refused.value)
    assert "\n" not in text
    return text.removeprefix("classifier did not start: ")


@pytest.mark.parametrize("name", ["no/such.tflite", "no.keras", "no.pb", "~/no/such/folder"])
async def test_a_model_that_is_missing(bot: Bot, name: str) -> None:
    expected = name.replace("~", str(HOME))
    assert await refusal(bot, model=name) == f"{expected}: there is no such model"


@pytest.mark.parametrize(
    ("content", "reason"), [(b"", "it is empty"), (b"no model at all" * 99, "The model is not a valid Flatbuffer")]
)
async def test_a_tflite_that_is_broken(bot: Bot, content: bytes, reason: str, tmp_path: Path) -> None:
    (tmp_path / "broken.tflite").write_bytes(content)
    text = await refusal(bot, model=tmp_path / "broken.tflite")
    assert text.startswith(f"{tmp_path / 'broken.tflite'} is no .tflite model that can be used: {reason}")


async def test_a_tflite_that_was_cut_off(bot: Bot, tmp_path: Path) -> None:
    content = (BUILTIN / "model.tflite").read_bytes()
    (tmp_path / "cut.tflite").write_bytes(content[: len(content) // 2])
    assert "cut.tflite is no .tflite model that can be used" in await refusal(bot, model=tmp_path / "cut.tflite")


@pytest.mark.parametrize("name", ["broken.keras", "broken.pb"])
async def test_a_file_that_is_no_model_of_its_kind(bot: Bot, name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"this is no model" * 99)
    (tmp_path / "labels.txt").write_text("a\nb\n")
    assert f"{name} is no " in await refusal(bot, model=tmp_path / name)


async def test_a_frozen_graph_that_is_empty(bot: Bot, tmp_path: Path) -> None:
    (tmp_path / "empty.pb").write_bytes(b"")
    text = await refusal(bot, model=tmp_path / "empty.pb")
    assert (
        text == f"{tmp_path / 'empty.pb'} is no frozen graph of TensorFlow 1 that can be used: there is no graph in it"
    )


async def test_the_heart_of_a_saved_model_is_met_with_its_folder(bot: Bot, tmp_path: Path) -> None:
    (tmp_path / "saved_model.pb").write_bytes(b"")
    text = await refusal(bot, model=tmp_path / "saved_model.pb")
    assert text == f"{tmp_path / 'saved_model.pb'} is part of a SavedModel: name the folder, {tmp_path}"


async def test_a_folder_that_is_no_saved_model(bot: Bot, tmp_path: Path) -> None:
    text = await refusal(bot, model=tmp_path)
    assert text == f"{tmp_path} is no SavedModel folder: there is no saved_model.pb in it"


async def test_a_saved_model_that_is_broken(bot: Bot, tmp_path: Path) -> None:
    (tmp_path / "saved_model.pb").write_bytes(b"this is no model" * 99)
    assert f"{tmp_path} is no SavedModel folder that can be used: " in await refusal(bot, model=tmp_path)


async def test_a_kind_of_file_that_is_not_known(bot: Bot, tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"x")
    text = await refusal(bot, model=tmp_path / "model.onnx")
    assert "model.onnx is no kind of model that is known: a .tflite, .keras" in text


async def test_a_name_that_is_nearly_that_of_a_network(bot: Bot) -> None:
    assert await refusal(bot, model="MobilNetV2") == (
        "'MobilNetV2' is neither a file nor a network of Keras Applications"
        " (did you mean MobileNetV2 or MobileNet or MobileNetV3Small?)"
    )


async def test_a_network_that_was_not_pulled(bot: Bot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    text = await refusal(bot, model="MobileNetV2")
    assert text == "MobileNetV2 has not been fetched yet: run `cortex models pull MobileNetV2`"


async def test_a_model_without_labels(bot: Bot, model: Path) -> None:
    text = await refusal(bot, model=model)
    assert text == f"{model} has no labels: set `labels`, or put them beside it as model.labels.txt, one a line"


async def test_labels_in_another_language_that_are_not_as_many(bot: Bot, model: Path) -> None:
    known = (BUILTIN / "labels.txt").read_text()
    (model.parent / "labels.txt").write_text(known)
    (model.parent / "labels.fr.txt").write_text("un\ndeux\n")
    text = await refusal(bot, model=model)
    count = len(known.splitlines())
    assert text == f"{model.parent / 'labels.fr.txt'} has 2 labels, but {model.parent / 'labels.txt'} has {count}"


async def test_labels_that_are_missing(bot: Bot, model: Path) -> None:
    assert await refusal(bot, model=model, labels="no/such.txt") == "no/such.txt: there is no such file of labels"


@pytest.mark.parametrize("name", ["model.labels.txt", "labels.txt", "model.txt"])
async def test_labels_beside_the_model_are_found_and_counted(
    bot: Bot, name: str, model: Path, image: NDArray[np.uint8]
) -> None:
    known = (BUILTIN / "labels.txt").read_text().splitlines()
    (model.parent / name).write_text("\n".join(known[:-1]))
    text = await refusal(bot, model=model)
    assert text.startswith(f"{model} gives ")
    assert f"{len(known)} " in text
    assert text.endswith(f"{model.parent / name} has {len(known) - 1} labels; they must be as many")
    (model.parent / name).write_bytes(b"\xef\xbb\xbf" + "\r\n".join(known).encode() + b"\r\n\r\n")
    await bot.restart()
    show, _ = await seen(bot, image, model=model)
    assert show.labels


@pytest.mark.parametrize(
    ("content", "reason"), [(b"\xff\xfe\x00", "is no file of labels, one a line in UTF-8"), (b"\n\n", "it is empty")]
)
async def test_labels_that_are_none(bot: Bot, content: bytes, reason: str, model: Path, tmp_path: Path) -> None:
    (tmp_path / "odd.txt").write_bytes(content)
    assert reason in await refusal(bot, model=model, labels=tmp_path / "odd.txt")
