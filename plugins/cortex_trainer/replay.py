"""A .tflite played again by TensorFlow, with weights that can be trained: whole numbers become what they stand for.

Batch normalisation has been folded into the weights of such a file, so there is none to keep apart. This module imports
TensorFlow and Keras: it is only for fine-tuning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import tensorflow as tf

from cortex import ModelError
from cortex_trainer.base import CONV_2D, FULLY_CONNECTED, INT8, code_of, quantization
from cortex_trainer.export import needed
from cortex_trainer.tensorflow import schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cortex_trainer.base import Base

DTYPES = {0: np.float32, 1: np.float16, 2: np.int32, 3: np.uint8, 4: np.int64, 9: np.int8}
DEPTHWISE_CONV_2D = 4
WITH_WEIGHTS = {CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED}
ACTIVATIONS: dict[int, Callable[[Any], Any]] = {0: lambda x: x, 1: tf.nn.relu, 3: tf.nn.relu6, 4: tf.tanh}
PADDINGS = ("SAME", "VALID")


class Held:
    """What a layer holds of tensors, by their numbers, where Keras, which wants names, does not look for weights."""

    def __init__(self) -> None:
        self.values: dict[int, Any] = {}
        """Constants, and the variables of weights."""
        self.scales: dict[int, float] = {}
        """By what the variables are to be multiplied."""


class Replay(keras.layers.Layer):  # type: ignore[misc]  # Keras has no types
    """From raw pixels, float32 `(n, height, width, 3)` from 0 to 255, to features `(n, features)`."""

    def __init__(self, base: Base) -> None:
        """Make variables of the weights.

        Raises:
            ModelError: the file has an operation that cannot be played.
        """
        super().__init__()
        self._base = base
        self._names = {number: name for name, number in vars(schema().BuiltinOperator).items() if name.isupper()}
        self._held = Held()
        self._operators = needed(base.graph.operators, base.embedding)
        for operator in self._operators:
            code = code_of(base.model, operator)
            if not hasattr(self, self._method(code)):
                name = self._names.get(code, str(code))
                raise ModelError(f"{base.name} cannot be fine-tuned: it has the operation {name}")
            first = int(operator.inputs[0])
            if self._method(code) == "_dequantize" and (values := self._constant(first)) is not None:
                self._held.values[int(operator.outputs[0])] = values
            if code in WITH_WEIGHTS:
                for number in map(int, operator.inputs[1:]):
                    self._vary(number)

    def _method(self, code: int) -> str:
        return f"_{self._names.get(code, 'unknown').lower()}"

    def _vary(self, number: int) -> None:
        """Make a variable of weights: of the size of one, so that a step is as large, relative to each, for all."""
        if number < 0 or number in self._held.scales or (values := self._constant(number)) is None:
            return
        scale = float(np.sqrt(np.mean(values**2))) or 1.0
        self._held.scales[number] = scale
        variable = self.add_weight(shape=values.shape, initializer="zeros", name=f"weights_{number}")
        variable.assign(values / scale)
        self._held.values[number] = variable

    def _constant(self, number: int) -> NDArray[Any] | None:
        """Return what a constant tensor really holds, `None` if it is worked out."""
        if number in self._held.values:
            return np.asarray(self._held.values[number])
        tensor = self._base.graph.tensors[number]
        data = self._base.model.buffers[tensor.buffer].data
        if data is None or not len(data):
            return None
        shape = [] if tensor.shape is None else [int(length) for length in tensor.shape]
        values = np.frombuffer(np.asarray(data, np.uint8).tobytes(), DTYPES[tensor.type]).reshape(shape)
        if quantized := quantization(tensor):
            scale, zero, axis = quantized
            along = [-1 if place == axis else 1 for place in range(len(shape))] if len(scale) > 1 else []
            return np.asarray((values.astype(np.float32) - zero.reshape(along)) * scale.reshape(along), np.float32)
        return values.astype(np.float32) if tensor.type == 1 else values

    def call(self, pixels: Any) -> Any:
        known: dict[int, Any] = dict(self._held.values)
        for number, scale in self._held.scales.items():
            known[number] = self._held.values[number] * scale
        known[self._base.input] = self._real(pixels)
        for operator in self._operators:
            inputs = [self._value(known, int(number)) for number in operator.inputs]
            output = int(operator.outputs[0])
            if output not in known:
                method = getattr(self, self._method(code_of(self._base.model, operator)))
                known[output] = method(operator.builtinOptions, output, *inputs)
        return tf.reshape(known[self._base.embedding], (-1, self._base.features))

    def _value(self, known: dict[int, Any], number: int) -> Any:
        if number in known:
            return known[number]
        return None if number < 0 else self._constant(number)

    def _real(self, pixels: Any) -> Any:
        """Return the real values that the input of the file would hold."""
        tensor = self._base.graph.tensors[self._base.input]
        if self._base.scaling is not None and (tensor.type == 0 or quantization(tensor)):
            mean, deviation = self._base.scaling
            return (pixels - mean) / deviation
        signed = pixels - 128.0 if tensor.type == INT8 else pixels
        if quantized := quantization(tensor):
            return (signed - float(quantized[1][0])) * float(quantized[0][0])
        return signed

    def _shape(self, output: int) -> list[int]:
        return [-1, *(int(length) for length in self._base.graph.tensors[output].shape[1:])]

    def _conv_2d(self, options: Any, _: int, x: Any, filters: Any, bias: Any = None) -> Any:
        strides, dilations = (options.strideH, options.strideW), (options.dilationHFactor, options.dilationWFactor)
        y = tf.nn.conv2d(x, tf.transpose(filters, (1, 2, 3, 0)), strides, PADDINGS[options.padding], None, dilations)
        return _bent(options, y if bias is None else y + bias)

    def _depthwise_conv_2d(self, options: Any, _: int, x: Any, filters: Any, bias: Any = None) -> Any:
        height, width, channels = filters.shape[1:]
        inner = tf.reshape(filters, (height, width, channels // options.depthMultiplier, options.depthMultiplier))
        strides = (1, options.strideH, options.strideW, 1)
        dilations = (options.dilationHFactor, options.dilationWFactor)
        y = tf.nn.depthwise_conv2d(x, inner, strides, PADDINGS[options.padding], None, dilations)
        return _bent(options, y if bias is None else y + bias)

    def _fully_connected(self, options: Any, output: int, x: Any, weights: Any, bias: Any = None) -> Any:
        y = tf.matmul(tf.reshape(x, (-1, weights.shape[1])), weights, transpose_b=True)
        return tf.reshape(_bent(options, y if bias is None else y + bias), self._shape(output))

    def _mean(self, options: Any, _: int, x: Any, axes: Any) -> Any:
        return tf.reduce_mean(x, [int(axis) for axis in np.ravel(axes)], bool(options.keepDims))

    def _average_pool_2d(self, options: Any, _: int, x: Any) -> Any:
        size, strides = (options.filterHeight, options.filterWidth), (options.strideH, options.strideW)
        return _bent(options, tf.nn.avg_pool2d(x, size, strides, PADDINGS[options.padding]))

    def _max_pool_2d(self, options: Any, _: int, x: Any) -> Any:
        size, strides = (options.filterHeight, options.filterWidth), (options.strideH, options.strideW)
        return _bent(options, tf.nn.max_pool2d(x, size, strides, PADDINGS[options.padding]))

    def _pad(self, _: Any, __: int, x: Any, margins: Any) -> Any:
        return tf.pad(x, margins)

    def _reshape(self, _: Any, output: int, x: Any, *__: Any) -> Any:
        return tf.reshape(x, self._shape(output))

    def _squeeze(self, _: Any, output: int, x: Any) -> Any:
        return tf.reshape(x, self._shape(output))

    def _add(self, options: Any, _: int, x: Any, y: Any) -> Any:
        return _bent(options, x + y)

    def _sub(self, options: Any, _: int, x: Any, y: Any) -> Any:
        return _bent(options, x - y)

    def _mul(self, options: Any, _: int, x: Any, y: Any) -> Any:
        return _bent(options, x * y)

    def _div(self, options: Any, _: int, x: Any, y: Any) -> Any:
        return _bent(options, x / y)

    def _concatenation(self, options: Any, _: int, *parts: Any) -> Any:
        return _bent(options, tf.concat(parts, options.axis))

    def _cast(self, _: Any, __: int, x: Any) -> Any:
        return x  # raw pixels to floats, which they are here from the beginning

    def _quantize(self, _: Any, __: int, x: Any) -> Any:
        return x

    def _dequantize(self, _: Any, __: int, x: Any) -> Any:
        return x

    def _relu(self, _: Any, __: int, x: Any) -> Any:
        return tf.nn.relu(x)

    def _relu6(self, _: Any, __: int, x: Any) -> Any:
        return tf.nn.relu6(x)

    def _hard_swish(self, _: Any, __: int, x: Any) -> Any:
        return x * tf.nn.relu6(x + 3) / 6

    def _logistic(self, _: Any, __: int, x: Any) -> Any:
        return tf.sigmoid(x)


def _bent(options: Any, x: Any) -> Any:
    return ACTIVATIONS[int(options.fusedActivationFunction)](x)
