"""From a base and a head to one .tflite: pixels in, `embedding` and `scores` out, with all that `classifier` asks for.

The base's graph is cut off behind its features, and one dense layer and a softmax, in floats, are put there.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cortex_trainer.base import FLOAT32, FULLY_CONNECTED, quantization
from cortex_trainer.metadata import METADATA, described, text, with_labels
from cortex_trainer.tensorflow import schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cortex_trainer.base import Base

DEQUANTIZE, SOFTMAX = 6, 25
RUNTIME = "min_runtime_version"


class Head(NamedTuple):
    """A dense layer: `features @ weights.T + bias`."""

    weights: NDArray[np.float32]
    """Labels, features."""
    bias: NDArray[np.float32]

    def logits(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what the layer makes of features, row by row."""
        return np.asarray(features @ self.weights.T + self.bias, np.float32)

    def cooled(self, temperature: float) -> Head:
        """Return the layer with its logits divided by a temperature."""
        return Head(self.weights / np.float32(temperature), self.bias / np.float32(temperature))


def cut(base: Base) -> bytes:
    """Return a base that ends in its features, as the content of a file."""
    model = copy.deepcopy(base.model)
    graph = model.subgraphs[0]
    graph.operators = needed(graph.operators, base.embedding)
    graph.outputs = [base.embedding]
    model.signatureDefs, model.metadata = None, []
    return _packed(_without_waste(model))


def exported(base: Base, head: Head, labels: Sequence[str], threshold: float) -> bytes:
    """Return the new model as the content of a file."""
    layout = schema()
    model = copy.deepcopy(base.model)
    graph = model.subgraphs[0]
    graph.operators = needed(graph.operators, base.embedding)
    model.metadata = [entry for entry in model.metadata or [] if text(entry.name) == RUNTIME]
    build = _Builder(layout, model)
    embedding = base.embedding
    if quantization(graph.tensors[embedding]):
        real = build.tensor("embedding", [1, base.features])
        build.operation(DEQUANTIZE, [embedding], real)
        embedding = real
    weights = build.tensor("head/weights", list(head.weights.shape), head.weights)
    bias = build.tensor("head/bias", list(head.bias.shape), head.bias)
    logits = build.tensor("logits", [1, len(labels)])
    build.operation(FULLY_CONNECTED, [embedding, weights, bias], logits, "FullyConnectedOptions")
    scores = build.tensor("scores", [1, len(labels)])
    build.operation(SOFTMAX, [logits], scores, "SoftmaxOptions", beta=1.0)
    graph.outputs = [embedding, scores]
    signature = layout.SignatureDefT()
    signature.signatureKey = "serving_default"
    signature.inputs = [build.named("pixels", base.input)]
    signature.outputs = [build.named("embedding", embedding), build.named("scores", scores)]
    model.signatureDefs = [signature]
    entry = layout.MetadataT()
    entry.name = METADATA
    entry.buffer = build.buffer(np.frombuffer(described(["embedding", "scores"], base.scaling, threshold), np.uint8))
    model.metadata.append(entry)
    return with_labels(_packed(_without_waste(model)), labels)


class _Builder:
    """Adds to a model."""

    def __init__(self, layout: Any, model: Any) -> None:
        self._layout = layout
        self._model = model

    def buffer(self, data: NDArray[Any] | None) -> int:
        made = self._layout.BufferT()
        made.data = None if data is None else np.frombuffer(data.tobytes(), np.uint8)
        self._model.buffers.append(made)
        return len(self._model.buffers) - 1

    def tensor(self, name: str, shape: list[int], values: NDArray[np.float32] | None = None) -> int:
        made = self._layout.TensorT()
        made.name, made.shape, made.type, made.hasRank = name, shape, FLOAT32, True
        made.buffer = self.buffer(values)
        self._model.subgraphs[0].tensors.append(made)
        return len(self._model.subgraphs[0].tensors) - 1

    def operation(self, number: int, inputs: list[int], output: int, kind: str = "", **options: Any) -> None:
        code = self._layout.OperatorCodeT()
        code.builtinCode = code.deprecatedBuiltinCode = number
        code.version = 1
        self._model.operatorCodes.append(code)
        made = self._layout.OperatorT()
        made.opcodeIndex, made.inputs, made.outputs = len(self._model.operatorCodes) - 1, inputs, [output]
        if kind:
            made.builtinOptionsType = getattr(self._layout.BuiltinOptions, kind)
            made.builtinOptions = getattr(self._layout, f"{kind}T")()
            for key, value in options.items():
                setattr(made.builtinOptions, key, value)
        self._model.subgraphs[0].operators.append(made)

    def named(self, name: str, tensor: int) -> Any:
        made = self._layout.TensorMapT()
        made.name, made.tensorIndex = name, tensor
        return made


def needed(operators: Sequence[Any], tensor: int) -> list[Any]:
    """Return the operations that a tensor is made by, in their order."""
    wanted = {tensor}
    found = []
    for operator in reversed(operators):
        if wanted.intersection(int(output) for output in operator.outputs):
            found.append(operator)
            wanted.update(int(one) for one in operator.inputs)
    return found[::-1]


def _without_waste(model: Any) -> Any:
    """Leave out the tensors, buffers and kinds of operations that nothing uses any more, and number the rest anew."""
    graph = model.subgraphs[0]
    used = {int(graph.inputs[0]), *map(int, graph.outputs)}
    for operator in graph.operators:
        used.update(int(one) for one in (*operator.inputs, *operator.outputs) if one >= 0)
    tensors = {old: new for new, old in enumerate(sorted(used))}
    graph.tensors = [graph.tensors[old] for old in tensors]
    graph.inputs, graph.outputs = ([tensors[int(one)] for one in ends] for ends in (graph.inputs, graph.outputs))
    codes = {old: new for new, old in enumerate(sorted({operator.opcodeIndex for operator in graph.operators}))}
    model.operatorCodes = [model.operatorCodes[old] for old in codes]
    for operator in graph.operators:
        operator.opcodeIndex = codes[operator.opcodeIndex]
        operator.inputs = [tensors.get(int(one), -1) for one in operator.inputs]
        operator.outputs = [tensors[int(one)] for one in operator.outputs]
        operator.intermediates = None
    for signature in model.signatureDefs or []:
        for end in (*signature.inputs, *signature.outputs):
            end.tensorIndex = tensors[int(end.tensorIndex)]
    held = [*graph.tensors, *model.metadata]
    buffers = {old: new for new, old in enumerate(sorted({0, *(one.buffer for one in held)}))}
    model.buffers = [model.buffers[old] for old in buffers]
    for one in held:
        one.buffer = buffers[one.buffer]
    model.metadataBuffer = None
    return model


def _packed(model: Any) -> bytes:
    import flatbuffers

    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())
