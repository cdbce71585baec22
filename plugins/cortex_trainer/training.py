"""One training from beginning to end: look at the pictures, split them, learn, calibrate. Knows no command line."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cortex import StimulusError
from cortex_trainer import calibration, head, split
from cortex_trainer.export import Head, exported
from cortex_trainer.features import Eye, each
from cortex_trainer.folder import FEWEST_LABELS, Folder, check_counts
from cortex_trainer.picture import load, scaled
from cortex_trainer.tensorflow import keras
from cortex_trainer.views import view

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from cortex_trainer.base import Base
    from cortex_trainer.calibration import Numbers, Scores
    from cortex_trainer.progress import Teller

SMALL = (16, 16)
HEAD_EPOCHS, FINE_EPOCHS = 40, 20
STRANGERS = 5
"""How many labels play something unknown: each takes a second or two."""


@dataclass(frozen=True)
class Plan:
    """How it is trained."""

    fine_tune: bool = False
    epochs: int | None = None
    """At most so many; `None`: 40 for the head, 20 for fine-tuning."""
    seed: int = 0
    validation: float = 0.2
    """The share of the pictures that is validated on."""
    views: int = 4
    """Augmented views of each picture, besides the picture itself."""


class Seen(NamedTuple):
    """A picture that was looked at."""

    path: Path
    number: int
    """Of its label."""
    embedding: NDArray[np.float32]
    small: NDArray[np.float32]


@dataclass
class Result:
    """A model, and what is known of it."""

    content: bytes
    labels: list[str]
    counts: list[int]
    """Readable pictures of each label."""
    paths: list[Path]
    """The pictures that were validated on."""
    numbers: Numbers
    """Their labels."""
    scores: Scores
    """What the model says of them."""
    epochs: int
    """After how many the best was found."""
    temperature: float
    threshold: float
    fine_tuned: bool
    torn: list[str]
    """Labels all of whose pictures are of one burst."""
    skipped: dict[Path, str] = field(default_factory=dict)
    """Pictures that could not be read, and why."""
    seconds: float = 0.0


def train(folder: Folder, base: Base, plan: Plan, teller: Teller) -> Result:
    """Return the model that comes of a folder.

    Raises:
        FolderError: there is too little to learn from.
        ModelError: the base cannot be fine-tuned.
    """
    begun = time.monotonic()
    check_counts(folder.root, {label: len(paths) for label, paths in folder.pictures.items()})
    seen, skipped = _looked(folder, base, teller)
    counts = np.bincount([one.number for one in seen], minlength=len(folder.labels)).tolist()
    check_counts(folder.root, dict(zip(folder.labels, counts, strict=True)))
    records = [folder.records.of(one.path) for one in seen]
    parts = split.split(
        [
            split.Example(one.number, one.small, record.session, record.when)
            for one, record in zip(seen, records, strict=True)
        ],
        plan.validation,
        plan.seed,
    )
    training, validation = ([seen[number] for number in numbers] for numbers in (parts.training, parts.validation))
    numbers = np.array([one.number for one in validation])
    examples = _augmented(training, base, plan, teller)
    known = head.Examples(np.stack([one.embedding for one in validation]), numbers)
    teller.say("Loading TensorFlow ...")
    epochs = HEAD_EPOCHS if plan.epochs is None or plan.fine_tune else plan.epochs
    keras()
    with teller.stage("Training the head", epochs) as show:
        layer, best = head.trained(examples, known, len(folder.labels), epochs, plan.seed, show)
    fine_tuned = False
    logits = layer.logits(known.features)
    strange = _strange(examples, known, len(folder.labels), best, plan.seed, calibration.temperature(logits, numbers))
    if plan.fine_tune:
        tuned, tuned_layer, tuned_best = _finetuned(base, layer, training, validation, plan, teller)
        eye = Eye(tuned)
        tuned_logits = tuned_layer.logits(
            np.stack(list(each(lambda one: eye.embed(scaled(load(one.path), base.size)), validation)))
        )
        fine_tuned = tuned_best > 0 and _loss(tuned_logits, numbers) < _loss(logits, numbers)
        if fine_tuned:
            base, layer, best, logits = tuned, tuned_layer, tuned_best, tuned_logits
        else:
            teller.say("Fine-tuning made nothing better: the weights of the base are kept.")
    temperature = calibration.temperature(logits, numbers)
    scores = calibration.softmax(logits / np.float32(temperature))
    threshold = calibration.threshold(scores, numbers, strange)
    content = exported(base, layer.cooled(temperature), folder.labels, threshold)
    return Result(
        content=content,
        labels=folder.labels,
        counts=counts,
        paths=[one.path for one in validation],
        numbers=numbers,
        scores=scores,
        epochs=best,
        temperature=temperature,
        threshold=threshold,
        fine_tuned=fine_tuned,
        torn=[folder.labels[number] for number in parts.torn],
        skipped=skipped,
        seconds=time.monotonic() - begun,
    )


def _loss(logits: Scores, numbers: Numbers) -> float:
    """Return how unlikely the right labels were found once the temperature is right."""
    return calibration.likelihood(logits / calibration.temperature(logits, numbers), numbers)


def _strange(
    training: head.Examples, validation: head.Examples, labels: int, epochs: int, seed: int, temperature: float
) -> NDArray[np.float32]:
    """Return the best scores of things that are not known: of some labels, by heads that were trained without them."""
    found: list[NDArray[np.float32]] = [np.zeros(0, np.float32)]
    if labels > FEWEST_LABELS:  # of two, one alone would be left
        for label in np.random.default_rng(seed).permutation(labels)[:STRANGERS]:
            layer, _ = head.trained(training.without(label), validation.without(label), labels - 1, epochs, seed)
            logits = layer.logits(np.concatenate([some.only(label).features for some in (training, validation)]))
            found.append(calibration.softmax(logits / np.float32(temperature)).max(axis=1))
    return np.concatenate(found)


def _looked(folder: Folder, base: Base, teller: Teller) -> tuple[list[Seen], dict[Path, str]]:
    """Return what is seen in the pictures, and why some could not be read."""
    eye = Eye(base)

    def look(given: tuple[Path, int]) -> Seen | tuple[Path, str]:
        path, number = given
        try:
            square = load(path)
        except StimulusError as error:
            return path, str(error)
        except OSError as error:
            return path, error.strerror or str(error)
        small = scaled(square, SMALL).astype(np.float32).reshape(-1)
        return Seen(path, number, eye.embed(scaled(square, base.size)), small)

    given = [(path, number) for number, paths in enumerate(folder.pictures.values()) for path in paths]
    seen: list[Seen] = []
    skipped: dict[Path, str] = {}
    with teller.stage("Looking at the pictures", len(given)) as show:
        for done, found in enumerate(each(look, given), 1):
            if isinstance(found, Seen):
                seen.append(found)
            else:
                skipped[found[0]] = found[1]
            show(done)
    return seen, skipped


def _augmented(training: list[Seen], base: Base, plan: Plan, teller: Teller) -> head.Examples:
    """Return the features of the training pictures and of other views of them."""
    eye = Eye(base)

    def views(given: tuple[int, Seen]) -> list[NDArray[np.float32]]:
        place, one = given
        square, random = load(one.path), np.random.default_rng((plan.seed, place))
        return [one.embedding, *(eye.embed(view(square, base.size, random)) for _ in range(plan.views))]

    found: list[NDArray[np.float32]] = []
    with teller.stage("Looking once more", len(training)) as show:
        for done, embeddings in enumerate(each(views, enumerate(training)), 1):
            found += embeddings
            show(done)
    return head.Examples(np.stack(found), np.repeat([one.number for one in training], plan.views + 1))


def _finetuned(
    base: Base, layer: Head, training: list[Seen], validation: list[Seen], plan: Plan, teller: Teller
) -> tuple[Base, Head, int]:
    from cortex_trainer import finetune

    pictures = [
        finetune.Pictures([one.path for one in some], np.array([one.number for one in some]))
        for some in (training, validation)
    ]
    epochs = FINE_EPOCHS if plan.epochs is None else plan.epochs
    with teller.stage("Fine-tuning", epochs) as show:
        return finetune.finetuned(base, layer, pictures[0], pictures[1], epochs, plan.seed, show)
