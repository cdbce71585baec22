"""Fine-tuning: all weights of a base, and the head, go on learning together, from views that are new in each epoch.

This module imports TensorFlow and Keras.
"""

from __future__ import annotations

import math
import tempfile
from typing import TYPE_CHECKING, Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from cortex import ModelError
from cortex_trainer import base as bases
from cortex_trainer.export import Head
from cortex_trainer.features import Eye, each
from cortex_trainer.head import loss, one_hot, stopping, weights
from cortex_trainer.picture import load, scaled
from cortex_trainer.replay import Replay
from cortex_trainer.tensorflow import quietly
from cortex_trainer.views import view

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from cortex_trainer.base import Base
    from cortex_trainer.calibration import Numbers

RATE = 1e-3
BATCH = 16
PATIENCE = 4
DROPOUT = 0.1
SAMPLES = 200
"""How many training pictures show the converter what values to expect."""
LIKE = 0.95
"""The cosine between what LiteRT sees and what its replay sees, that is the least for them to be the same."""


class Pictures(NamedTuple):
    """Files, and the numbers of their labels."""

    paths: Sequence[Path]
    numbers: Numbers


def finetuned(
    base: Base,
    head: Head,
    training: Pictures,
    validation: Pictures,
    epochs: int,
    seed: int,
    show: Callable[[float], None],
) -> tuple[Base, Head, int]:
    """Return base and head as they are at their best, and after which epoch; 0: what they were was best.

    `show` is told how many epochs are done.

    Raises:
        ModelError: the base has operations that cannot be trained.
    """
    keras.utils.set_random_seed(seed)
    replay = Replay(base)
    known = np.stack([scaled(load(path), base.size) for path in validation.paths])
    _check(base, replay, known[:8])
    width, height = base.size
    pixels = keras.Input((height, width, 3), name="pixels")
    dense = keras.layers.Dense(len(head.bias))
    model = keras.Model(pixels, dense(keras.layers.Dropout(DROPOUT)(replay(pixels))))
    dense.set_weights([head.weights.T, head.bias])
    model.compile(optimizer=keras.optimizers.AdamW(RATE, weight_decay=0.0), loss=loss(keras), jit_compile=False)
    answers = one_hot(validation.numbers, len(head.bias))
    before = float(model.evaluate(known, answers, batch_size=BATCH, verbose=0))
    stop = stopping(keras, patience=PATIENCE, baseline=before)
    batches = Batches(training, base.size, len(head.bias), seed)
    begun = model.get_weights()
    told = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, **_: show(batches.epoch + (batch + 1) / len(batches))
    )
    history = model.fit(
        batches,
        validation_data=(known, answers),
        validation_batch_size=BATCH,
        epochs=epochs,
        verbose=0,
        callbacks=[stop, told],
    )
    if not min(filter(math.isfinite, history.history["val_loss"]), default=math.inf) < before:
        model.set_weights(begun)
        return base, head, 0
    kernel, bias = dense.get_weights()
    return _converted(base, replay, training.paths), Head(kernel.T.copy(), bias), stop.best_epoch + 1


class Batches(keras.utils.PyDataset):  # type: ignore[misc]  # Keras has no types
    """Views of training pictures, in a new order each epoch."""

    def __init__(self, pictures: Pictures, size: tuple[int, int], labels: int, seed: int) -> None:
        super().__init__()
        self.epoch = 0
        self._pictures = pictures
        self._size = size
        self._answers = one_hot(pictures.numbers, labels)
        counts = weights(pictures.numbers, labels)
        self._weights = np.array([counts[int(number)] for number in pictures.numbers], np.float32)
        self._seed = seed

    def __len__(self) -> int:
        return math.ceil(len(self._pictures.paths) / BATCH)

    def __getitem__(self, place: int) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        order = np.random.default_rng((self._seed, self.epoch)).permutation(len(self._pictures.paths))
        some = order[place * BATCH : (place + 1) * BATCH]
        return np.stack(list(each(self._view, some))), self._answers[some], self._weights[some]

    def on_epoch_end(self) -> None:
        self.epoch += 1

    def _view(self, number: int) -> NDArray[np.float32]:
        random = np.random.default_rng((self._seed, self.epoch, number))
        return view(load(self._pictures.paths[number]), self._size, random).astype(np.float32)


def _check(base: Base, replay: Replay, pixels: NDArray[np.uint8]) -> None:
    """See to it that TensorFlow sees what LiteRT sees.

    Raises:
        ModelError: it does not.
    """
    eye = Eye(base)
    real = np.stack([eye.embed(one) for one in pixels])
    played = np.asarray(replay(pixels.astype(np.float32)))
    norms = np.linalg.norm(real, axis=1) * np.linalg.norm(played, axis=1)
    if not ((real * played).sum(axis=1) >= LIKE * norms).all():
        raise ModelError(f"{base.name} cannot be fine-tuned: TensorFlow does not see in it what LiteRT sees")


def _converted(base: Base, replay: Replay, paths: Sequence[Path]) -> Base:
    """Return the trained base, in whole numbers of 8 bits if it was, else in floats of 16."""
    width, height = base.size
    signature = tf.TensorSpec((1, height, width, 3), tf.uint8, name="pixels")

    def see(pixels: Any) -> dict[str, Any]:
        return {"embedding": replay(tf.cast(pixels, tf.float32))}

    samples = [scaled(load(path), base.size)[np.newaxis] for path in paths[:: -(-len(paths) // SAMPLES)]]
    with tempfile.TemporaryDirectory() as folder, quietly():
        archive = keras.export.ExportArchive()
        archive.track(replay)
        archive.add_endpoint("serving_default", see, input_signature=[signature])
        archive.write_out(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if base.is_whole:
            converter.representative_dataset = lambda: ({"pixels": one} for one in samples)
        else:
            converter.target_spec.supported_types = [tf.float16]
        return bases.parsed(bytes(converter.convert()), base.name)
