"""TensorFlow, imported when it is needed, and any of its functions as a model."""

from __future__ import annotations

import importlib
import logging
import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from cortex_classifier.graph import ending, features_of, scales_itself
from cortex_classifier.model import EMBEDDING, ERRORS, FEATURES, Output, Pixels, Scores, first_line, pooled, refusing
from cortex_classifier.scaling import RAW, USUAL, Scaling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

log = logging.getLogger("cortex.classifier")


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
        self._scaling, self._dtype = scaling, dtype
        self._function, self._traced = function, traced  # a trace does not keep its variables
        self._look = self._looking(traced)
        self._features: set[str] | None = None
        self._lock = threading.Lock()
        black = np.zeros((height, width, 3), np.uint8)
        made = {name: tensor for name, tensor in traced.structured_outputs.items() if tensor.dtype.is_floating}
        self.outputs = {
            name: Output(len(self.run(black, name)[0]), ending(graph, tensor.name)) for name, tensor in made.items()
        }

    def features(self, output: str) -> str | None:
        """Return what `run` calls the features behind an output; the first to ask waits for a second or two."""
        if EMBEDDING in self.outputs and output != EMBEDDING:
            return EMBEDDING
        with self._lock:
            if self._features is None:
                self._features = self._found()
        return FEATURES + output if output in self._features else None

    def run(self, pixels: Pixels, *outputs: str) -> list[Scores]:
        """Look once at a picture; return some of the outputs."""
        tf = import_tensorflow()
        found = self._look(tf.constant(pixels))
        values = [found[name].numpy().astype(np.float32) for name in outputs]
        pairs = zip(outputs, values, strict=True)
        return [pooled(value) if name.startswith(FEATURES) else value.reshape(-1) for name, value in pairs]

    def _looking(self, function: Callable[[Any], Mapping[str, Any]]) -> Any:
        """Return a function from raw pixels to named tensors."""
        tf = import_tensorflow()
        mean, scale = (tf.constant(numbers, tf.float32) for numbers in self._scaling)
        width, height = self.size

        def look(pixels: Any) -> Any:
            return function(tf.cast((tf.cast(pixels[tf.newaxis], tf.float32) - mean) / scale, self._dtype))

        return tf.function(look, autograph=False).get_concrete_function(tf.TensorSpec((height, width, 3), tf.uint8))

    def _found(self) -> set[str]:
        """Return the outputs behind which there are features, and look with a graph that gives them too from now on."""
        try:
            return self._laid_bare()
        except (*ERRORS, import_tensorflow().errors.OpError) as error:
            log.warning(
                "the features of the model cannot be reached: %s; its scores stand in for them", first_line(error)
            )
            return set()

    def _laid_bare(self) -> set[str]:
        """Look with the same graph, but that its weights are constants, and that no functions hide what it does."""
        module = importlib.import_module("tensorflow.python.framework.convert_to_constants")
        bare = module.convert_variables_to_constants_v2(self._traced)
        graph, (entry,) = bare.graph.as_graph_def(), bare.inputs
        outputs = dict(zip(sorted(self._traced.structured_outputs), bare.outputs, strict=True))
        behind = {name: features_of(graph, outputs[name].name, entry.name) for name in self.outputs}
        found = {name: bare.graph.get_tensor_by_name(tensor) for name, tensor in behind.items() if tensor}
        if found:
            features = {FEATURES + name: tensor for name, tensor in found.items()}
            self._look = self._looking(bare.prune(entry, outputs | features))
            del self._traced, self._function  # and the weights
        return set(found)


@contextmanager
def refusing_with_tensorflow(path: Path, kind: str) -> Iterator[None]:
    """Do as `refusing` does, for TensorFlow's own errors too."""
    own = import_tensorflow().errors.OpError
    decoding = importlib.import_module("google.protobuf.message").DecodeError
    with refusing(path, kind, own, decoding):
        yield
