"""TensorFlow, imported when it is needed, and any of its functions as a model."""

from __future__ import annotations

import importlib
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from cortex_classifier.graph import ending, scales_itself
from cortex_classifier.model import Output, Pixels, Scores, refusing
from cortex_classifier.scaling import RAW, USUAL, Scaling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path


def import_tensorflow() -> Any:
    """Import TensorFlow, its remarks on this machine's processors left out."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    return importlib.import_module("tensorflow")


class FunctionModel:
    """A function from a batch of one picture to named tensors; TensorFlow runs it on all cores."""

    concurrency = 1
    threshold = None

    def __init__(
        self,
        function: Callable[[Any], Mapping[str, Any]],
        size: tuple[int, int],
        dtype: Any,
        scaling: Scaling | None = None,
    ) -> None:
        """Trace the function; pixels are scaled as `scaling` says, or as the graph shows."""
        tf = import_tensorflow()
        self.size = size
        width, height = size
        traced = tf.function(function, autograph=False).get_concrete_function(
            tf.TensorSpec((1, height, width, 3), dtype)
        )
        graph = traced.graph.as_graph_def()
        if scaling is None:
            scaling = RAW if dtype.is_integer or scales_itself(graph, traced.inputs[0].name) else USUAL
        mean, scale = (tf.constant(numbers, tf.float32) for numbers in scaling)

        def look(pixels: Any) -> Any:
            return traced(tf.cast((tf.cast(pixels[tf.newaxis], tf.float32) - mean) / scale, dtype))

        self._look = tf.function(look, autograph=False).get_concrete_function(
            tf.TensorSpec((height, width, 3), tf.uint8)
        )
        self._constant = tf.constant
        black = np.zeros((height, width, 3), np.uint8)
        made = {name: tensor for name, tensor in traced.structured_outputs.items() if tensor.dtype.is_floating}
        self.outputs = {
            name: Output(len(self.run(black, name)), ending(graph, tensor.name)) for name, tensor in made.items()
        }

    def run(self, pixels: Pixels, output: str) -> Scores:
        """Look at a picture; return one of the outputs."""
        scores: Scores = self._look(self._constant(pixels))[output].numpy().reshape(-1).astype(np.float32)
        return scores


@contextmanager
def refusing_with_tensorflow(path: Path, kind: str) -> Iterator[None]:
    """Do as `refusing` does, for TensorFlow's own errors too."""
    own = import_tensorflow().errors.OpError
    decoding = importlib.import_module("google.protobuf.message").DecodeError
    with refusing(path, kind, own, decoding):
        yield
