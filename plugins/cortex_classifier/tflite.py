"""A .tflite file, run by LiteRT, or by TensorFlow's own TensorFlow Lite where LiteRT has no wheel."""

from __future__ import annotations

import importlib
import os
import queue
import struct
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cortex import ModelError
from cortex_classifier.features import Step, features_behind
from cortex_classifier.model import EMBEDDING, FEATURES, Ending, Output, Pixels, Scores, picture_size, pooled, refusing
from cortex_classifier.scaling import RAW, USUAL, Scaling, asked_for, of_range
from cortex_classifier.tensorflow import import_tensorflow
from cortex_classifier.tflite_file import Code, Operation, TFLiteFile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from cortex_classifier import Classifier

    # From raw pixels to what an input tensor takes.
    Prepare = Callable[[Pixels], NDArray[Any]]

MOST = 4
"""Interpreters at most: each takes about twice the size of the model in memory."""

FAINT = 0.06
"""The mean length of the filters of a first layer: around 1 for numbers up to one, a hundredth of that for pixels."""
NAMES = {code.value: code.name for code in Code}
ARITHMETIC = {Code.ADD, Code.MUL, Code.SUB, Code.DIV}
PASSING = {Code.DEQUANTIZE, Code.RESHAPE, Code.SQUEEZE, Code.CAST, Code.QUANTIZE}
ENDINGS: dict[int, Ending] = {
    Code.SOFTMAX: "probabilities",
    Code.LOGISTIC: "probabilities",
    Code.FULLY_CONNECTED: "logits",
    Code.CONV_2D: "logits",
    Code.ADD: "logits",
}


class Tensor(NamedTuple):
    """An input or output of an interpreter; its real values are `(value - zero) * scale` where `scale` is not 0."""

    number: int
    dtype: np.dtype[Any]
    scale: float
    zero: int

    @classmethod
    def of(cls, details: Mapping[str, Any]) -> Tensor:
        """Return what matters of an interpreter's details of a tensor."""
        scale, zero = details["quantization"]
        return cls(details["index"], np.dtype(details["dtype"]), float(scale), int(zero))

    def real(self, values: NDArray[Any]) -> NDArray[np.float32]:
        """Return the real values of what an interpreter holds."""
        numbers: NDArray[np.float32] = values.astype(np.float32)
        if self.scale:
            numbers -= self.zero
            numbers *= np.float32(self.scale)
        return numbers


class TFLiteModel:
    """A pool of interpreters of one model; LiteRT lets other threads go on while one of them works."""

    def __init__(self, path: Path, options: Classifier.Options) -> None:
        self._threads = options.threads
        self.concurrency = max(1, min(_cores() // options.threads, MOST))
        with refusing(path, ".tflite model", struct.error):
            self._content = path.read_bytes()
            if not self._content:
                raise ValueError("it is empty")
            interpreter = _interpreter(self._content, self._threads)
            inputs = interpreter.get_input_details()
            if len(inputs) != 1:
                raise ModelError(f"{path} does not look at pictures: it has {len(inputs)} inputs, not one")
            shape = [None if length < 0 else int(length) for length in inputs[0]["shape_signature"]]
            self.size = picture_size(shape, options.size, path)
            self._input = Tensor.of(inputs[0])
            file = TFLiteFile(self._content)
            self.threshold = file.threshold()
            operations = list(file.operations())
            self._prepare = _preparing(self._input, _scaling(self._input, file, operations, options))
            self._tensors = {name: Tensor.of(details) for name, details in _named_outputs(interpreter).items()}
            named = dict(self._tensors)
            hidden = {} if EMBEDDING in named else _features(named, operations, self._input)
            if hidden:
                self._content = file.with_outputs(sorted(set(hidden.values())))
                interpreter = _interpreter(self._content, self._threads)
                shown = {details["index"]: Tensor.of(details) for details in interpreter.get_output_details()}
                self._tensors |= {FEATURES + name: shown[number] for name, number in hidden.items()}
            # LIFO: a second interpreter is only made when two frames are really looked at at once.
            self._pool: queue.LifoQueue[Any] = queue.LifoQueue()
            for _ in range(self.concurrency - 1):
                self._pool.put(None)
            self._pool.put(self._allocated(interpreter))
            black = np.zeros((self.size[1], self.size[0], 3), np.uint8)
            self.outputs = {
                name: Output(len(self.run(black, name)[0]), _ending(tensor.number, operations))
                for name, tensor in named.items()
            }

    def features(self, output: str) -> str | None:
        """Return what `run` calls the features behind an output."""
        names = (EMBEDDING, FEATURES + output)
        return next((name for name in names if name in self._tensors and name != output), None)

    def run(self, pixels: Pixels, *outputs: str) -> list[Scores]:
        """Look once at a picture; return some of the outputs, dequantised."""
        tensors = [self._tensors[name] for name in outputs]
        batch = self._prepare(pixels)[np.newaxis]
        interpreter = self._pool.get()
        try:
            if interpreter is None:
                interpreter = self._allocated(_interpreter(self._content, self._threads))
            interpreter.set_tensor(self._input.number, batch)
            interpreter.invoke()
            found = [interpreter.get_tensor(tensor.number) for tensor in tensors]
        finally:
            self._pool.put(interpreter)
        real = [tensor.real(values) for tensor, values in zip(tensors, found, strict=True)]
        return [
            pooled(values) if name.startswith(FEATURES) else values.reshape(-1)
            for name, values in zip(outputs, real, strict=True)
        ]

    def _allocated(self, interpreter: Any) -> Any:
        interpreter.resize_tensor_input(self._input.number, (1, self.size[1], self.size[0], 3))
        interpreter.allocate_tensors()
        return interpreter


def _cores() -> int:
    """Return the number of cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # not on macOS and Windows
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _interpreter(content: bytes, threads: int) -> Any:
    try:
        runtime = importlib.import_module("ai_edge_litert.interpreter")
    except ImportError:
        runtime = import_tensorflow().lite
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TensorFlow's own would rather be LiteRT
        return runtime.Interpreter(model_content=content, num_threads=threads)


def _named_outputs(interpreter: Any) -> dict[str, Mapping[str, Any]]:
    """Return the details of the outputs by their name in the signature, or in the graph where there is none."""
    names: dict[int, str] = {}
    for signature in list(interpreter.get_signature_list())[:1]:
        details = interpreter.get_signature_runner(signature).get_output_details()
        names = {output["index"]: name for name, output in details.items()}
    return {names.get(output["index"], output["name"]): output for output in interpreter.get_output_details()}


def _features(outputs: Mapping[str, Tensor], operations: list[Operation], entry: Tensor) -> dict[str, int]:
    """Return the tensors that hold the features behind the outputs, of those of which it can be told."""
    steps = [Step(NAMES.get(code, ""), inputs, outputs) for code, inputs, outputs in operations]
    behind = {name: features_behind(tensor.number, steps, entry.number) for name, tensor in outputs.items()}
    return {name: number for name, number in behind.items() if number is not None}


def _scaling(
    tensor: Tensor, file: TFLiteFile, operations: list[Operation], options: Classifier.Options
) -> Scaling | None:
    """Return the scaling that the options, the metadata or the graph ask for; `None`: none, the pixels as they are."""
    if scaling := asked_for(options):
        return scaling
    if (normalization := file.normalization()) and all(normalization):
        return Scaling(*normalization)
    first = next((operation for operation in operations if tensor.number in operation.inputs), None)
    if tensor.dtype.kind != "f":
        real = file.range(tensor.number)
        return of_range(*real) if real else None
    if first and (
        first.code in ARITHMETIC or (first.code == Code.CONV_2D and _is_faint(file.weights(first.inputs[1])))
    ):
        return RAW
    real = file.range(first.outputs[0]) if first and first.code == Code.QUANTIZE else None
    return (of_range(*real) if real else None) or USUAL


def _is_faint(filters: NDArray[np.float32] | None) -> bool:
    """Tell whether filters hardly react to numbers up to one: the converter has put a scaling of pixels into them."""
    return filters is not None and float(np.linalg.norm(filters)) / len(filters) ** 0.5 < FAINT


def _preparing(tensor: Tensor, scaling: Scaling | None) -> Prepare:
    """Return the function that makes a tensor of pixels: the plain one where it comes to the same."""
    plain = _plain(tensor.dtype)
    if scaling is None or (tensor.dtype.kind != "f" and not tensor.scale):
        return plain
    if tensor.dtype.kind == "f":
        return lambda pixels: scaling(pixels).astype(tensor.dtype, copy=False)
    limits = np.iinfo(tensor.dtype)

    def quantised(pixels: Pixels) -> NDArray[Any]:
        levels = np.rint(scaling(pixels) / tensor.scale + tensor.zero)
        result: NDArray[Any] = np.clip(levels, limits.min, limits.max).astype(tensor.dtype)
        return result

    ramp = np.repeat(np.arange(256, dtype=np.uint8), 3).reshape(1, 256, 3)
    same = np.abs(quantised(ramp).astype(np.int32) - plain(ramp)).max() <= 1
    return plain if same else quantised


def _plain(dtype: np.dtype[Any]) -> Prepare:
    """Return the function that hands pixels on as they are, less 128 where the type has a sign."""
    if dtype == np.int8:
        return lambda pixels: np.bitwise_xor(pixels, np.uint8(0x80)).view(np.int8)
    return lambda pixels: pixels.astype(dtype, copy=False)


def _ending(tensor: int, operations: list[Operation]) -> Ending:
    """Return what the operation makes whose result a tensor is, whatever only passes it on."""
    for operation in reversed(operations):
        if tensor in operation.outputs:
            if operation.code not in PASSING:
                return ENDINGS.get(operation.code, "unknown")
            tensor = operation.inputs[0]
    return "unknown"
