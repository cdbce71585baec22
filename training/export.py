"""`python -m training.export DATA OUT`: the weights of a checkpoint as an int8 `.tflite` with its labels beside it.

The file takes raw uint8 pixels (1, side, side, 3), and its signature has two outputs, both float32: `scores`, one for
each name, and `embedding`, what the network saw before it named it. Its metadata says from which score it is sure.
What has to be chosen is chosen on held-out pictures. Runs on Keras's TensorFlow backend only.
"""

import os
import tempfile
import warnings
from pathlib import Path
from typing import Any

import click
import numpy as np
import numpy.typing as npt

from cortex_classifier.picture import square
from training import metrics, network, temperature
from training.checkpoint import FILE, Checkpoint, Weights
from training.eye import Eye
from training.metadata import with_metadata
from training.names import KINDS, NAMES, of_names
from training.pictures import SIDE, Pixels, held_out, training

SAMPLE_EVERY = 150
"""Every how manieth training picture shows the converter what values to expect."""
CHUNK = 256
FLOAT_OPERATIONS = ["SOFTMAX", "CONCATENATION", "GATHER", "SUM"]


SIDES = (64, 72, 80)
"""What the pictures may be scaled to: training crops them, so that things looked larger to it than they are."""


def floating(weights: Weights, design: network.Design, kinds: int, side: int = SIDE) -> Any:
    """The network on TensorFlow, in float32."""
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    import keras

    if keras.backend.backend() != "tensorflow":
        raise RuntimeError(f"exports need Keras on tensorflow, not on {keras.backend.backend()}: unset KERAS_BACKEND")
    keras.config.set_image_data_format("channels_last")
    model = network.build(design, kinds, side)
    model.set_weights(weights)
    return model


def scaled(pixels: Pixels, side: int) -> Pixels:
    """Pictures (n, height, width, 3) as the classifier scales them to side x side."""
    return np.stack([square(one, (side, side)) for one in pixels])


def look(model: Any, pixels: Pixels) -> temperature.Logits:
    """The logits of a float model for pictures of its side."""
    parts = [
        np.asarray(model(pixels[at : at + CHUNK].astype(np.float32), training=False)["logits"])
        for at in range(0, len(pixels), CHUNK)
    ]
    return np.concatenate(parts)


def warm(model: Any, degrees: float) -> None:
    """Fold a temperature into the last layer."""
    layer = model.get_layer("logits")
    layer.set_weights([part / degrees for part in layer.get_weights()])


def converted(model: Any, samples: Pixels | None) -> bytes:
    """The model as a `.tflite`: int8, fitted to samples of its pixels, or without any in floats of 16 bits.

    Only what makes scores of logits, a thousandth of the work, stays in float in any case, for fine scores.
    """
    import keras
    import tensorflow as tf

    signature = tf.TensorSpec((1, *model.inputs[0].shape[1:]), tf.uint8, name="pixels")
    kinds_of_name = _kinds_of_names()

    def see(pixels: Any) -> dict[str, Any]:
        seen = model(tf.cast(pixels, tf.float32), training=False)
        with_none = tf.concat([tf.nn.softmax(seen["logits"]), tf.zeros((1, 1))], axis=1)
        return {
            "scores": tf.reduce_sum(tf.gather(with_none, kinds_of_name, axis=1), axis=2),
            "embedding": seen["embedding"],
        }

    with tempfile.TemporaryDirectory() as folder:
        archive = keras.export.ExportArchive()
        archive.track(model)
        archive.add_endpoint("serving_default", see, input_signature=[signature])
        archive.write_out(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if samples is None:
            converter.target_spec.supported_types = [tf.float16]
            return bytes(converter.convert())
        converter.representative_dataset = lambda: ({"pixels": one[None]} for one in samples)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8, tf.lite.OpsSet.TFLITE_BUILTINS]
        options = tf.lite.experimental.QuantizationDebugOptions(denylisted_ops=FLOAT_OPERATIONS)
        with warnings.catch_warnings():
            # The debugger, which alone can leave operations out, makes an interpreter of TensorFlow's own.
            warnings.filterwarnings("ignore", ".*tf.lite.Interpreter is deprecated", UserWarning)
            debugger = tf.lite.experimental.QuantizationDebugger(
                converter=converter, debug_dataset=converter.representative_dataset, debug_options=options
            )
        return bytes(debugger.get_nondebug_quantized_model())


def _kinds_of_names() -> npt.NDArray[np.int32]:
    """The kinds of each name, (names, most kinds), filled up with the number of a kind that there is not."""
    most = max(len(name.kinds) for name in NAMES)
    rows = np.full((len(NAMES), most), len(KINDS), np.int32)
    for row, name in zip(rows, NAMES, strict=True):
        row[: len(name.kinds)] = [KINDS.index(kind) for kind in name.kinds]
    return rows


def write_labels(folder: Path) -> None:
    """One name a line, in the order of the scores."""
    (folder / "labels.txt").write_text("".join(f"{name.english}\n" for name in NAMES), encoding="utf-8")
    (folder / "labels.fr.txt").write_text("".join(f"{name.french}\n" for name in NAMES), encoding="utf-8")


@click.command()
@click.argument("data", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(exists=True, file_okay=False, path_type=Path))
def export(data: Path, out: Path) -> None:
    """Export the last checkpoint of OUT."""
    cache = out / "cache"
    pictures = held_out(data, cache)
    known = pictures.known
    checkpoint = Checkpoint.load(out / FILE)
    # The average lags behind where the pictures have just grown.
    rights: dict[tuple[str, int], float] = {}
    for side in SIDES:
        model = floating(checkpoint.average, network.SMALL, len(KINDS), side)
        pixels = scaled(known.pixels, side)
        for weights in ("average", "weights"):
            model.set_weights(getattr(checkpoint, weights))
            named = of_names(temperature.softmax(look(model, pixels))).argmax(axis=1)
            rights[weights, side] = float((named == known.outputs).mean())
            print(f"{weights} at {side} px: {rights[weights, side]:.1%} of the held-out pictures")
    weights, side = max(rights, key=lambda choice: rights[choice])
    model = floating(getattr(checkpoint, weights), network.SMALL, len(KINDS), side)
    degrees = temperature.fit(look(model, scaled(known.pixels, side)), known.outputs, of_names)
    warm(model, degrees)
    content = converted(model, scaled(training(data, cache).pixels[::SAMPLE_EVERY], side))
    write_labels(out)
    (out / "float.tflite").write_bytes(converted(model, None))
    (out / "model.tflite").write_bytes(content)
    eye = Eye(out / "model.tflite", out / "labels.txt")
    sure = metrics.threshold(eye.see(known.pixels), known.outputs, eye.see(pictures.unknown.pixels))
    content = with_metadata(content, output="scores", threshold=sure)
    (out / "model.tflite").write_bytes(content)
    print(f"{weights} at {side} px, temperature {degrees:.2f}, sure from {sure:.2f}, {len(content):,} bytes")


if __name__ == "__main__":
    export()
