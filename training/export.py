"""`python -m training.export DATA OUT`: the averaged weights of a checkpoint as an int8 `.tflite` with its labels.

The file takes raw uint8 pixels (1, 64, 64, 3), and its signature has two outputs, both float32: `scores`, one for each
name, and `embedding`, what the network saw before it named it. Runs on Keras's TensorFlow backend only.
"""

import os
import tempfile
import warnings
from pathlib import Path
from typing import Any

import click
import numpy as np

from training import network, temperature
from training.checkpoint import FILE, Checkpoint, Weights
from training.names import NAMES
from training.pictures import SIDE, Pictures, held_out, training

SAMPLE_EVERY = 150
"""Every how manieth training picture shows the converter what values to expect."""


def floating(weights: Weights, design: network.Design, names: int) -> Any:
    """The network on TensorFlow, in float32."""
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    import keras

    if keras.backend.backend() != "tensorflow":
        raise RuntimeError(f"exports need Keras on tensorflow, not on {keras.backend.backend()}: unset KERAS_BACKEND")
    keras.config.set_image_data_format("channels_last")
    model = network.build(design, names, SIDE)
    model.set_weights(weights)
    return model


def look(model: Any, pictures: Pictures) -> temperature.Logits:
    """The logits of a float model."""
    parts = [
        np.asarray(model(pictures.pixels[at : at + 256].astype(np.float32), training=False)["logits"])
        for at in range(0, len(pictures), 256)
    ]
    return np.concatenate(parts)


def warm(model: Any, degrees: float) -> None:
    """Fold a temperature into the last layer."""
    layer = model.get_layer("logits")
    layer.set_weights([part / degrees for part in layer.get_weights()])


def quantised(model: Any, samples: np.ndarray[Any, np.dtype[np.uint8]]) -> bytes:
    """The model as an int8 `.tflite`; only the softmax, a thousandth of the work, stays in float for fine scores."""
    import keras
    import tensorflow as tf

    signature = tf.TensorSpec((1, SIDE, SIDE, 3), tf.uint8, name="pixels")

    def see(pixels: Any) -> dict[str, Any]:
        seen = model(tf.cast(pixels, tf.float32), training=False)
        return {"scores": tf.nn.softmax(seen["logits"]), "embedding": seen["embedding"]}

    with tempfile.TemporaryDirectory() as folder:
        archive = keras.export.ExportArchive()
        archive.track(model)
        archive.add_endpoint("serving_default", see, input_signature=[signature])
        archive.write_out(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ({"pixels": one[None]} for one in samples)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8, tf.lite.OpsSet.TFLITE_BUILTINS]
        options = tf.lite.experimental.QuantizationDebugOptions(denylisted_ops=["SOFTMAX"])
        with warnings.catch_warnings():
            # The debugger, which alone can leave out the softmax, makes an interpreter of TensorFlow's own.
            warnings.filterwarnings("ignore", ".*tf.lite.Interpreter is deprecated", UserWarning)
            debugger = tf.lite.experimental.QuantizationDebugger(
                converter=converter, debug_dataset=converter.representative_dataset, debug_options=options
            )
        return bytes(debugger.get_nondebug_quantized_model())


def write_labels(folder: Path) -> None:
    """One name a line, in the order of the scores."""
    (folder / "labels.txt").write_text("".join(f"{name.english}\n" for name in NAMES), encoding="utf-8")
    (folder / "labels.fr.txt").write_text("".join(f"{name.french}\n" for name in NAMES), encoding="utf-8")


def _right(model: Any, weights: Weights, known: Pictures) -> float:
    model.set_weights(weights)
    return float((look(model, known).argmax(axis=1) == known.outputs).mean())


@click.command()
@click.argument("data", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), help="Where the model goes, if not OUT.")
def export(data: Path, out: Path, to: Path | None) -> None:
    """Export the last checkpoint of OUT."""
    cache = out / "cache"
    known = held_out(data, cache).known
    checkpoint = Checkpoint.load(out / FILE)
    model = floating(checkpoint.average, network.SMALL, len(NAMES))
    # The average lags behind where the pictures have just grown.
    choices = {"average": checkpoint.average, "last": checkpoint.weights}
    rights = {name: _right(model, weights, known) for name, weights in choices.items()}
    best = max(rights, key=lambda name: rights[name])
    model.set_weights(choices[best])
    degrees = temperature.fit(look(model, known), known.outputs)
    warm(model, degrees)
    content = quantised(model, training(data, cache).pixels[::SAMPLE_EVERY])
    folder = to or out
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.tflite").write_bytes(content)
    write_labels(folder)
    print(f"{best} weights (held out, float: {rights}), temperature {degrees:.2f}, {len(content):,} bytes")


if __name__ == "__main__":
    export()
