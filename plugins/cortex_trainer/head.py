"""The head: one dense layer from features to labels, trained with Keras."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cortex_trainer.export import Head
from cortex_trainer.tensorflow import keras

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cortex_trainer.calibration import Numbers

RATE = 1e-3
DECAY = 1e-2
SMOOTHING = 0.1
BATCH = 64
PATIENCE = 6
"""Epochs without a better validation after which it ends."""
LEAST = 1e-3
"""By how much the loss has to fall to be better."""


class Examples(NamedTuple):
    """Features, and the numbers of their labels."""

    features: NDArray[np.float32]
    numbers: Numbers

    def only(self, label: int) -> Examples:
        """Return those of one label."""
        return Examples(self.features[self.numbers == label], self.numbers[self.numbers == label])

    def without(self, label: int) -> Examples:
        """Return those of the other labels, numbered as if there were not this one."""
        numbers = self.numbers[self.numbers != label]
        return Examples(self.features[self.numbers != label], numbers - (numbers > label))


def trained(
    training: Examples,
    validation: Examples,
    labels: int,
    epochs: int,
    seed: int,
    show: Callable[[int], None] = lambda _: None,
) -> tuple[Head, int]:
    """Return the best head, and after how many epochs it was found; `show` is told each epoch that is done."""
    library = keras()
    library.utils.set_random_seed(seed)
    mean, deviation = training.features.mean(axis=0), training.features.std(axis=0)
    deviation = np.maximum(deviation, 0.05 * float(deviation.mean()) + 1e-6)
    model = library.Sequential(
        [library.Input((training.features.shape[1],)), library.layers.Dense(labels, kernel_initializer="zeros")]
    )
    model.compile(
        optimizer=library.optimizers.AdamW(RATE, weight_decay=DECAY),
        loss=loss(library),
        jit_compile=False,
    )
    stop = stopping(library)
    model.fit(
        (training.features - mean) / deviation,
        one_hot(training.numbers, labels),
        validation_data=((validation.features - mean) / deviation, one_hot(validation.numbers, labels)),
        class_weight=weights(training.numbers, labels),
        batch_size=BATCH,
        epochs=epochs,
        verbose=0,
        callbacks=[stop, library.callbacks.LambdaCallback(on_epoch_end=lambda epoch, _: show(epoch + 1))],
    )
    kernel, bias = model.layers[-1].get_weights()
    straight = (kernel / deviation[:, np.newaxis]).T.astype(np.float32)
    return Head(straight, np.asarray(bias - straight @ mean, np.float32)), stop.best_epoch + 1


def loss(library: Any) -> Any:
    """Return what is made small."""
    return library.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=SMOOTHING)


def stopping(library: Any, **options: Any) -> Any:
    """Return what ends the training when it brings no more, and goes back to the best weights."""
    settings = {"patience": PATIENCE, "min_delta": LEAST, "restore_best_weights": True, **options}
    return library.callbacks.EarlyStopping(monitor="val_loss", mode="min", **settings)


def one_hot(numbers: Numbers, labels: int) -> NDArray[np.float32]:
    """Return a row for each number, with a one at its place."""
    return np.eye(labels, dtype=np.float32)[numbers]


def weights(numbers: Numbers, labels: int) -> dict[int, float]:
    """Return how much a picture of each label counts, so that every label counts the same."""
    counts = np.maximum(np.bincount(numbers, minlength=labels), 1)
    return {number: len(numbers) / (labels * int(count)) for number, count in enumerate(counts)}
