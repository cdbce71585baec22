"""A .keras file, run as a TensorFlow function: Keras' own `predict` takes four times as long for one picture."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from cortex import ModelError
from cortex_classifier.model import picture_size
from cortex_classifier.scaling import asked_for
from cortex_classifier.tensorflow import FunctionModel, import_tensorflow, refusing_with_tensorflow

if TYPE_CHECKING:
    from pathlib import Path

    from cortex_classifier import Classifier


def open_keras_model(path: Path, options: Classifier.Options) -> FunctionModel:
    """Load a model that Keras saved."""
    tf = import_tensorflow()
    with refusing_with_tensorflow(path, ".keras model"):
        model: Any = importlib.import_module("keras").saving.load_model(path, compile=False)
        if len(model.inputs) != 1:
            raise ModelError(f"{path} does not look at pictures: it has {len(model.inputs)} inputs, not one")
        size = picture_size(model.inputs[0].shape, options.size, path)

        names = getattr(model, "output_names", None) or [output.name for output in model.outputs]

        def function(batch: Any) -> dict[str, Any]:
            result = model(batch, training=False)
            return result if isinstance(result, dict) else dict(zip(names, tf.nest.flatten(result), strict=True))

        dtype = tf.as_dtype(model.inputs[0].dtype)
        return FunctionModel(function, size, dtype, asked_for(options))
