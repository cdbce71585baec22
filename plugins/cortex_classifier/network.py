"""A network: a model, the labels that name its scores, and the way from `model:` to it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cortex import ModelError
from cortex_classifier.application import pulled
from cortex_classifier.frozen_graph import open_frozen_graph
from cortex_classifier.keras_model import open_keras_model
from cortex_classifier.labels import Labels, find_labels, fitting, translations
from cortex_classifier.model import Embedding, Model, Output, Pixels, Scores, did_you_mean
from cortex_classifier.picture import square
from cortex_classifier.saved_model import open_saved_model
from cortex_classifier.tflite import TFLiteModel
from cortex_classifier.tflite_file import labels_inside

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cortex_classifier import Classifier

BUILTIN = Path(__file__).parent / "builtin" / "model.tflite"
ROUNDING = 0.001
LEAST = 1e-6
"""The share below which all is alike, where a model's shares stand for its features."""
UNASKED = ("", "", 0, None, None)
CHUNK = 2**20
DIGITS = 16
UNSAID = 0.5
"""The score from which a model is sure that does not say it."""


class Glance(NamedTuple):
    """One look at a picture: what looked, what of it, what it found, and the embedding where that was asked for."""

    network: Network
    pixels: Pixels
    scores: Scores
    embedding: Embedding | None


class Network:
    """What the classifier looks with; to others it is an `Eye`."""

    def __init__(
        self, path: Path | str, model: Model, labels: Labels, output: str, threshold: float, identity: str
    ) -> None:
        self.is_builtin = path == BUILTIN
        self.count = len(labels.names)
        """How many things it knows."""
        self.threshold = threshold
        """The score from which it is sure."""
        self.identity = identity
        """What sets its embeddings apart from those of others: `sha256:` and some digits."""
        self._model = model
        self._names = labels.names
        self._translations = translations(labels)
        self._output = output
        self._ending = model.outputs[output].ending
        self.concurrency = model.concurrency

    @property
    def model(self) -> str:
        """Its identity, as an `Eye` has it."""
        return self.identity

    def look(self, image: Pixels) -> Pixels:
        """Return the part of a picture that the model looks at, in its size."""
        return square(image, self._model.size)

    def stop(self) -> None:
        """Do nothing: there is only memory to let go of."""

    def glance(self, image: Pixels, *, deep: bool) -> Glance:
        """Look once at a picture of any size; `deep`: with its embedding."""
        pixels = self.look(image)
        scores, embedding = self.features(pixels) if deep else (self.scores(pixels), None)
        return Glance(self, pixels, scores, embedding)

    def scores(self, pixels: Pixels) -> Scores:
        """Return a score from 0 to 1 for each label."""
        return self._shares(self._model.run(pixels, self._output)[0])

    def features(self, pixels: Pixels) -> tuple[Scores, Embedding]:
        """Return a score for each label, and what the model saw before it named anything, of one look."""
        behind = self._model.features(self._output)
        if behind is None:
            scores = self.scores(pixels)
            return scores, np.log(np.maximum(scores, LEAST))
        raw, embedding = self._model.run(pixels, self._output, behind)
        return self._shares(raw), np.nan_to_num(embedding, copy=False)

    def embed(self, image: Pixels) -> Embedding:
        """Return the embedding of a picture of any size; any thread may ask."""
        return self.features(self.look(image))[1]

    def _shares(self, raw: Scores) -> Scores:
        scores = np.nan_to_num(raw[: len(self._names)], copy=False)
        if self._ending == "logits" or (self._ending == "unknown" and not _are_shares(scores)):
            scores = softmax(scores)
        return scores

    def top(self, scores: Scores, count: int) -> Iterator[tuple[str, float]]:
        """Yield the likeliest labels and their scores, the first of equals first, as `argmax` has it."""
        for index in np.argsort(-scores, kind="stable")[:count]:
            yield self._names[index], round(float(scores[index]), 4)

    def spoken(self, name: str, language: str) -> str:
        """Return what to call a label aloud: in a language, and of `hotdog, hot dog, red hot` the first name only."""
        return self._translations.get(language, {}).get(name, name).partition(",")[0].strip()

    def aliases(self, name: str) -> tuple[str, ...]:
        """Return what a label is called otherwise: each of the names that it gives, in every language."""
        names = [name, *(names[name] for names in self._translations.values())]
        parts = (part.strip() for each in names for part in each.split(","))
        return tuple(dict.fromkeys(part for part in parts if part and part != name))


def softmax(logits: Scores) -> Scores:
    """Return shares of certainty, one at most in sum, of what may be any numbers."""
    powers = np.exp(logits - logits.max(), dtype=np.float32)
    shares: Scores = powers / powers.sum()
    return shares


def _are_shares(scores: Scores) -> bool:
    return bool(scores.min() >= 0 and scores.max() <= 1 + ROUNDING)


def load(options: Classifier.Options) -> Network:
    """Return the network that the options name.

    Raises:
        ModelError: there is none, it is broken, or its labels are missing or do not fit; one line says which.
    """
    path = _locate(options.model)
    model = _open(path, options)
    labels = find_labels(options.labels, path, lambda: _labels_of(path, model))
    outputs = asked_output(options.output, model.outputs, path)
    threshold = model.threshold if options.threshold is None else options.threshold
    sure = UNSAID if threshold is None else threshold
    return Network(path, model, labels, fitting(outputs, labels, path), sure, _identity(path, options))


def _identity(path: Path, options: Classifier.Options) -> str:
    """Return what changes with the file or the files of a model, and with the options that change what it sees."""
    files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    asked = (options.input, options.output, options.size, options.mean, options.scale)
    digest = hashlib.sha256(repr(asked).encode() if asked != UNASKED else b"")
    for file in files:
        if path.is_dir():
            digest.update(file.relative_to(path).as_posix().encode())
        with file.open("rb") as content:
            while chunk := content.read(CHUNK):
                digest.update(chunk)
    return f"sha256:{digest.hexdigest()[:DIGITS]}"


def _locate(name: str) -> Path:
    if name == "builtin":
        return BUILTIN
    path = Path(name).expanduser()
    if path.exists() or path.suffix or len(path.parts) != 1:
        return path
    return pulled(name)


def _open(path: Path, options: Classifier.Options) -> Model:
    """Open a model as its kind asks for; each kind imports its libraries only then."""
    if not path.exists():
        raise ModelError(f"{path}: there is no such model")
    kind = path.suffix.lower()
    if path.is_dir():
        return open_saved_model(path, options)
    if kind == ".tflite":
        return TFLiteModel(path, options)
    if kind == ".keras":
        return open_keras_model(path, options)
    if kind == ".pb":
        return open_frozen_graph(path, options)
    raise ModelError(f"{path} is no kind of model that is known: a .tflite, .keras or .pb file, or a SavedModel folder")


def _labels_of(path: Path, model: Model) -> Labels | None:
    """Return the labels that a model brings itself."""
    if path.suffix.lower() == ".tflite":
        return labels_inside(path, [output.length for output in model.outputs.values()])
    return None


def asked_output(name: str, outputs: Mapping[str, Output], path: Path | str) -> Mapping[str, Output]:
    """Return the output that the option names, or all where it names none."""
    if not name:
        return outputs
    if name not in outputs:
        raise ModelError(f"{path} has no output {name!r}{did_you_mean(name, outputs)}")
    return {name: outputs[name]}
