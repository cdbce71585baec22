"""Where a model keeps its features: what its last operation with weights looks at before it names anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

T = TypeVar("T", int, str)

WEIGHTED = {"CONV_2D", "FULLY_CONNECTED", "Conv2D", "MatMul"}
FOLLOWING = {
    *("ADD", "AVERAGE_POOL_2D", "CAST", "DEQUANTIZE", "DIV", "LOGISTIC", "LOG_SOFTMAX", "MAX_POOL_2D", "MEAN", "MUL"),
    *("QUANTIZE", "RELU", "RELU6", "RESHAPE", "SOFTMAX", "SQUEEZE", "SUB"),
    *("Add", "AddV2", "AvgPool", "BiasAdd", "Cast", "EnsureShape", "Identity", "LogSoftmax", "MaxPool", "Mean", "Mul"),
    *("RealDiv", "Relu", "Relu6", "Reshape", "Sigmoid", "Softmax", "Squeeze", "StopGradient", "Sub"),
}
"""What may come after the last operation with weights: it makes scores of what that one has found."""

MEASURING = {"SHAPE", "Shape"}
"""What depends on how large the pictures are, and not on what they show."""


class Step(NamedTuple, Generic[T]):
    """One operation of a graph: what it does, the tensors that it reads, and those that it makes."""

    name: str
    inputs: Collection[T]
    outputs: Collection[T]


def features_behind(tensor: T, steps: Sequence[Step[T]], entry: T) -> T | None:
    """Return the tensor that the last operation with weights before a tensor reads; `None`: it cannot be told.

    `entry` is the tensor that the pixels come in by, which is no features.
    """
    makers = {output: step for step in steps for output in step.outputs}
    seen = _depending(steps, entry)
    while (step := makers.get(tensor)) is not None and step.name in WEIGHTED | FOLLOWING:
        sources = [source for source in step.inputs if source in seen]
        if len(sources) != 1:
            return None  # two ways meet here
        (tensor,) = sources
        if step.name in WEIGHTED:
            return None if tensor == entry else tensor
    return None


def _depending(steps: Sequence[Step[T]], entry: T) -> set[T]:
    """Return the tensors that the pixels have any part in."""
    readers: dict[T, list[Step[T]]] = {}
    for step in steps:
        for source in step.inputs if step.name not in MEASURING else ():
            readers.setdefault(source, []).append(step)
    found, waiting = {entry}, [entry]
    while waiting:
        for step in readers.get(waiting.pop(), ()):
            fresh = set(step.outputs) - found
            found |= fresh
            waiting += fresh
    return found
