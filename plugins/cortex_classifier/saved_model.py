"""A SavedModel folder, run by its `serving_default` signature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cortex import ModelError
from cortex_classifier.model import picture_size
from cortex_classifier.scaling import asked_for
from cortex_classifier.tensorflow import FunctionModel, import_tensorflow, refusing_with_tensorflow

if TYPE_CHECKING:
    from pathlib import Path

    from cortex_classifier import Classifier

SIGNATURE = "serving_default"


def open_saved_model(path: Path, options: Classifier.Options) -> FunctionModel:
    """Load a folder that TensorFlow or Keras exported."""
    if not (path / "saved_model.pb").is_file() and not (path / "saved_model.pbtxt").is_file():
        raise ModelError(f"{path} is no SavedModel folder: there is no saved_model.pb in it")
    tf = import_tensorflow()
    with refusing_with_tensorflow(path, "SavedModel folder"):
        loaded: Any = tf.saved_model.load(str(path))
        signature = loaded.signatures.get(SIGNATURE)
        if signature is None:
            names = ", ".join(loaded.signatures) or "none at all"
            raise ModelError(f"{path} has no signature {SIGNATURE!r}; it has {names}")
        inputs: dict[str, Any] = signature.structured_input_signature[1]
        if len(inputs) != 1:
            raise ModelError(f"{path} does not look at pictures: it has {len(inputs)} inputs, not one")
        ((name, spec),) = inputs.items()
        shape = [None] * 4 if spec.shape.rank is None else spec.shape.as_list()
        size = picture_size(shape, options.size, path)

        def function(batch: Any) -> dict[str, Any]:
            outputs: dict[str, Any] = loaded.signatures[SIGNATURE](**{name: batch})
            return outputs

        return FunctionModel(function, size, spec.dtype, asked_for(options))
