"""From a network of Keras Applications to a .tflite that takes raw pixels and gives `scores` and `embedding`.

Its weights become floats of 16 bits, which halves the file and changes no score by more than a rounding; LiteRT makes
them 32 bits wide again when it loads them. Whole numbers of 8 bits would need pictures to be fitted to.
"""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any

from cortex_classifier.application import ANY_SIZE
from cortex_classifier.tensorflow import import_tensorflow

if TYPE_CHECKING:
    from collections.abc import Callable


def convert(model: Any, prepare: Callable[[Any], Any]) -> bytes:
    """Return a Keras model with classes at its end as a .tflite.

    Its signature takes `pixels`, uint8 `(1, height, width, 3)`, and gives `scores` `(1, classes)` and `embedding`
    `(1, features)`, what the last layer with weights looks at. `prepare` is what the network's pixels go through.
    """
    tf = import_tensorflow()
    _, height, width, _ = model.inputs[0].shape
    last = [layer for layer in model.layers if layer.weights][-1]
    both = tf.keras.Model(model.inputs, {"scores": model.outputs[0], "embedding": last.input})

    def look(pixels: Any) -> dict[str, Any]:
        seen = both(prepare(tf.cast(pixels, tf.float32)), training=False)
        return {name: tf.reshape(values, (1, -1)) for name, values in seen.items()}

    signature = tf.TensorSpec((1, height or ANY_SIZE, width or ANY_SIZE, 3), tf.uint8, name="pixels")
    with tempfile.TemporaryDirectory() as folder:
        archive = tf.keras.export.ExportArchive()
        archive.track(both)
        archive.add_endpoint("serving_default", look, input_signature=[signature])
        archive.write_out(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.target_spec.supported_types = [tf.float16]
        return bytes(converter.convert())
