"""Batch normalisation for every Keras backend, with PyTorch's own kernel where there is one."""

import importlib
from typing import Any

import keras
from keras import ops


class Norm(keras.layers.Layer):  # type: ignore[misc]  # Keras has no types
    """Normalises over all but the channels; remembers running means for inference, always in float32."""

    def __init__(self, axis: int, keep: float = 0.9, **options: Any) -> None:
        super().__init__(**options)
        self.axis = axis
        self.keep = keep
        self.epsilon = 1e-3

    def build(self, shape: tuple[int | None, ...]) -> None:
        channels = (shape[self.axis],)
        self.gamma = self.add_weight(shape=channels, initializer="ones", name="gamma", autocast=False)
        self.beta = self.add_weight(shape=channels, initializer="zeros", name="beta", autocast=False)
        self.mean = self.add_weight(shape=channels, initializer="zeros", trainable=False, name="mean", autocast=False)
        self.spread = self.add_weight(
            shape=channels, initializer="ones", trainable=False, name="spread", autocast=False
        )

    def call(self, x: Any, training: bool | None = None) -> Any:
        if training and keras.backend.backend() == "torch" and self.axis == 1:
            return self._torch(x)
        wide = ops.cast(x, "float32")
        if training:
            mean, spread = ops.moments(wide, [axis for axis in range(len(x.shape)) if axis != self.axis % len(x.shape)])
            self.mean.assign(self.mean * self.keep + mean * (1 - self.keep))
            self.spread.assign(self.spread * self.keep + spread * (1 - self.keep))
        else:
            mean, spread = self.mean, self.spread
        y = ops.batch_normalization(wide, mean, spread, self.axis, self.beta, self.gamma, self.epsilon)
        return ops.cast(y, x.dtype)

    def _torch(self, x: Any) -> Any:
        state = (self.mean.value, self.spread.value, self.gamma.value, self.beta.value)
        functional = importlib.import_module("torch.nn.functional")
        return functional.batch_norm(x, *state, training=True, momentum=1 - self.keep, eps=self.epsilon)
