"""What a vision model sees in pictures: its embeddings, made by LiteRT on all cores."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from cortex_trainer.base import quantization
from cortex_trainer.export import cut
from cortex_trainer.tensorflow import interpreter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from cortex_trainer.base import Base
    from cortex_trainer.picture import Pixels

Given = TypeVar("Given")
Made = TypeVar("Made")


class Eye:
    """Looks with a model; any thread may, and each has an interpreter of its own."""

    def __init__(self, base: Base) -> None:
        self._base = base
        self._content = cut(base)
        self._own = threading.local()

    def embed(self, pixels: Pixels) -> NDArray[np.float32]:
        """Return the embedding of a picture of the model's size."""
        if not hasattr(self._own, "interpreter"):
            self._own.interpreter = interpreter(self._content)
        eye = self._own.interpreter
        eye.set_tensor(eye.get_input_details()[0]["index"], self._base.prepared(pixels))
        eye.invoke()
        values: NDArray[np.float32] = eye.get_tensor(eye.get_output_details()[0]["index"]).reshape(-1)
        if quantized := quantization(self._base.graph.tensors[self._base.embedding]):
            scale, zero, _ = quantized
            return np.asarray((values.astype(np.float32) - zero[0]) * scale[0], np.float32)
        return values.astype(np.float32)


def each(work: Callable[[Given], Made], given: Iterable[Given]) -> Iterator[Made]:
    """Yield what comes of each, in order, worked out on all cores; when interrupted, what has not begun is left."""
    pool = ThreadPoolExecutor(os.cpu_count() or 1)
    try:
        yield from pool.map(work, given)
    finally:
        pool.shutdown(cancel_futures=True)
