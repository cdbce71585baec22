"""`cortex models` and `cortex models pull`, against a stand-in for the weights' host that is slow, gone or lying."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
from click.testing import CliRunner

from cortex import ModelError
from cortex_classifier.application import MODULES, NETWORKS, folder, preprocessing_of
from cortex_classifier.command import models
from cortex_classifier.convert import convert
from cortex_classifier.pull import pull
from tests.support.host import NAMES, Host, mobilenet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cortex.testing import Bot

ROOT = Path(__file__).parents[2]
WEIGHTS = "mobilenet_1_0_224_tf.h5"
PICTURE = np.random.default_rng(5).integers(0, 255, (224, 224, 3)).astype(np.uint8)

# Runs several commands in one process, since importing TensorFlow takes seconds; prints what came of each as JSON.
DRIVER = """
import contextlib, io, json, resource, sys
from cortex_classifier.command import models
for arguments in json.loads(sys.argv[1]):
    full = "/full" in "".join(arguments)  # a limit on the size of files stands for a full disk
    limit = 100_000 if full else resource.RLIM_INFINITY
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    out, err, code = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            models.main(arguments, prog_name="cortex models")
        except SystemExit as end:
            code = end.code
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(json.dumps({"code": code, "out": out.getvalue(), "err": err.getvalue()}))
"""


class Outcome(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str


@pytest.fixture(name="network", scope="module")
def _network() -> Any:
    return mobilenet()


@pytest.fixture(name="host", scope="module")
def _host(network: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    path = tmp_path_factory.mktemp("weights") / WEIGHTS
    network.save(path)
    with Host.serving(path.read_bytes()) as host:
        yield host


@pytest.fixture(name="home", scope="module")
def _home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(name="outcomes", scope="module")
def _outcomes(host: Host, home: Path) -> dict[str, Outcome]:
    """Return what came of fetching from a host of each manner."""
    manners = ("absent", "gone", "damaged", "hashless", "cut", "silent", "full")
    commands = {manner: ["pull", "MobileNet", "--timeout", "1", "--mirror", host.url(manner)] for manner in manners}
    commands["offline"] = ["pull", "MobileNet", "--mirror", "http://127.0.0.1:9"]
    commands["false"] = ["pull", "MobileNetV3Small", "--mirror", host.url("false")]
    commands["left"] = ["--json"]
    commands["good"] = ["pull", "MobileNet", "--mirror", host.url("good")]
    commands["again"] = ["pull", "MobileNet"]
    commands["list"] = []
    environment = {**os.environ, **homes(home), "PYTHONPATH": f"{ROOT}:{ROOT / 'plugins'}", "TF_CPP_MIN_LOG_LEVEL": "2"}
    command = [sys.executable, "-c", DRIVER, json.dumps(list(commands.values()))]
    done = subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True)
    lines = [line for line in done.stdout.splitlines() if line.startswith('{"code"')]
    return {name: Outcome(**json.loads(line)) for name, line in zip(commands, lines, strict=True)}


def prepared(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return what a MobileNet takes."""
    return picture[np.newaxis].astype(np.float32) / 127.5 - 1


def homes(home: Path) -> dict[str, str]:
    return {"HOME": str(home), "XDG_DATA_HOME": str(home), "LOCALAPPDATA": str(home)}


@pytest.mark.parametrize(
    ("manner", "name", "reason"),
    [
        ("absent", "MobileNet", "imagenet_class_index.json answered 404 Not Found"),
        ("gone", "MobileNet", f"/gone/tensorflow/keras-applications/mobilenet/{WEIGHTS} answered 404 Not Found"),
        ("damaged", "MobileNet", f"{WEIGHTS} arrived damaged: its hash is not the one that http://127.0.0.1:"),
        ("hashless", "MobileNet", "names a hash (`x-goog-hash`) to check it by"),
        ("cut", "MobileNet", "/cut broke off in the middle"),
        ("silent", "MobileNet", "/silent was silent for 1 s"),
        ("full", "MobileNet", "cortex/models: File too large"),
        ("offline", "MobileNet", "cannot be reached (Connection refused); is this machine offline?"),
        ("false", "MobileNetV3Small", "/false sent is not what Keras expects: its hash is wrong"),
    ],
)
def test_a_fetch_that_fails_says_why_in_one_line(
    manner: str, name: str, reason: str, outcomes: dict[str, Outcome]
) -> None:
    outcome = outcomes[manner]
    assert outcome.code == 1
    assert outcome.err.startswith(f"Error: {name} could not be fetched: ")
    assert outcome.err.count("\n") == 1
    assert reason in outcome.err


def test_nothing_is_left_of_a_fetch_that_failed(outcomes: dict[str, Outcome], home: Path) -> None:
    ready = [listed for listed in map(json.loads, outcomes["left"].out.splitlines()) if listed["ready"]]
    assert [listed["name"] for listed in ready if listed["name"] != "builtin"] == []
    left = sorted(path.name for path in home.rglob("cortex/**/*") if path.is_file())
    assert left == ["MobileNet.labels.txt", "MobileNet.tflite"]  # the one that came
    assert not list(home.rglob(".fetching*"))


def test_a_network_that_came_is_listed_and_not_fetched_again(outcomes: dict[str, Outcome]) -> None:
    assert outcomes["good"].code == 0
    assert "MobileNet is ready: " in outcomes["good"].out
    assert outcomes["again"].code == 0
    assert outcomes["again"].out.startswith("MobileNet is there already: ")
    lines = outcomes["list"].out.splitlines()
    assert any(line.split()[:2] == ["MobileNet", "ready"] for line in lines)
    assert any(line.split()[2:] == ["cortex", "models", "pull", "MobileNetV2"] for line in lines)


async def test_the_classifier_takes_it_by_its_name(
    bot: Bot, outcomes: dict[str, Outcome], network: Any, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert outcomes["good"].code == 0
    for name, value in homes(home).items():
        monkeypatch.setenv(name, value)
    await bot.load("classifier", model="MobileNet", top=5)
    await bot.see(PICTURE)
    (show,) = bot.shown
    scores = network(prepared(PICTURE)).numpy()[0]
    best = scores.argsort()[::-1][:5]
    assert [label.name for label in show.labels] == [NAMES[index] for index in best]
    assert scores[best[0]] > 0.02
    np.testing.assert_allclose([label.score for label in show.labels], scores[best], atol=1e-3)


def test_a_network_that_there_is_not_is_wrong_use() -> None:
    result = CliRunner().invoke(models, ["pull", "MobileNetV9"])
    assert result.exit_code == 2
    assert result.stderr.startswith(
        "Error: 'MobileNetV9' is neither a file nor a network of Keras Applications (did you mean MobileNetV2 or "
    )


def test_every_network_of_keras_is_listed() -> None:
    applications = importlib.import_module("tensorflow").keras.applications
    assert set(NETWORKS) == {name for name in dir(applications) if name[0].isupper()}
    assert all(callable(getattr(applications, module).preprocess_input) for module in MODULES)


def test_a_network_for_pictures_of_any_size_is_shown_the_usual_one() -> None:
    network = importlib.import_module("tensorflow").keras.applications.MobileNetV3Small(weights=None)
    assert network.input_shape == (None, None, None, 3)
    interpreter = importlib.import_module("ai_edge_litert.interpreter").Interpreter(
        model_content=convert(network, preprocessing_of("MobileNetV3Small"))
    )
    runner = interpreter.get_signature_runner("serving_default")
    assert runner.get_input_details()["pixels"]["shape"].tolist() == [1, 224, 224, 3]
    seen = runner(pixels=PICTURE[np.newaxis])
    expected = network(PICTURE[np.newaxis].astype(np.float32), training=False).numpy()
    np.testing.assert_allclose(seen["scores"], expected, atol=1e-3)


def test_a_converted_network_also_gives_what_it_saw_before_it_named_it(network: Any) -> None:
    interpreter = importlib.import_module("ai_edge_litert.interpreter").Interpreter(
        model_content=convert(network, preprocessing_of("MobileNet"))
    )
    seen = interpreter.get_signature_runner("serving_default")(pixels=PICTURE[np.newaxis])
    layer = importlib.import_module("tensorflow").keras.Model(network.input, network.get_layer("conv_preds").input)
    expected = layer(prepared(PICTURE), training=False).numpy().reshape(1, -1)
    assert expected.shape == (1, 1024)
    np.testing.assert_allclose(seen["embedding"], expected, atol=0.02 * float(expected.max()))


def test_what_a_fetch_left_that_was_killed_is_swept_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in homes(tmp_path).items():
        monkeypatch.setenv(name, value)
    old, young = folder() / ".fetching-1", folder() / ".fetching-2"
    for left in (old, young):
        (left / "models").mkdir(parents=True)
    os.utime(old, (1, 1))
    with pytest.raises(ModelError, match="Connection refused"):
        pull("MobileNet", "http://127.0.0.1:9")
    assert list(folder().iterdir()) == [young]


def test_each_network_prepares_its_pixels_as_keras_does() -> None:
    tf = importlib.import_module("tensorflow")
    for name in {module: names[0] for module, names in MODULES.items()}.values():
        prepare = preprocessing_of(name)
        expected = prepare(PICTURE[np.newaxis].astype(np.float32))
        np.testing.assert_allclose(prepare(tf.constant(PICTURE[np.newaxis], tf.float32)), expected, atol=1e-3)
