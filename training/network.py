"""The network: fused inverted residuals while the picture is large, inverted ones when it is small.

Everything in it has an exact int8 kernel in LiteRT: plain and depthwise convolutions, ReLU6, sums, one mean.
"""

from dataclasses import dataclass
from typing import Any

import keras
from keras import layers

from training.norm import Norm


@dataclass(frozen=True)
class Stage:
    """Blocks of one width; the first one halves the picture."""

    width: int
    blocks: int
    expand: int
    fused: bool


@dataclass(frozen=True)
class Design:
    """The sizes of a network."""

    stem: int = 32
    stages: tuple[Stage, ...] = (
        Stage(48, 3, 4, fused=True),
        Stage(96, 3, 4, fused=True),
        Stage(160, 4, 4, fused=False),
    )
    embedding: int = 512
    dropout: float = 0.1


SMALL = Design()
TINY = Design(stem=8, stages=(Stage(12, 2, 2, fused=True), Stage(16, 2, 2, fused=False)), embedding=24)
"""For tests."""


def build(design: Design, kinds: int, side: int | None = None) -> Any:
    """A Keras model from uint8-like pixels (n, side, side, 3) to {"logits", "embedding"}."""
    pixels = keras.Input((side, side, 3), name="pixels")
    x = layers.Rescaling(1 / 127.5, offset=-1)(pixels)
    if _axis() == 1:
        x = layers.Permute((3, 1, 2))(x)
    x = _convolve(x, design.stem, 3, stride=2)
    x = layers.Add()([x, _convolve(x, design.stem, 3)])
    for stage in design.stages:
        for place in range(stage.blocks):
            x = _block(x, stage, stride=2 if place == 0 else 1)
    x = _convolve(x, design.embedding, 1)
    embedding = layers.GlobalAveragePooling2D(dtype="float32", name="embedding")(x)
    kept = layers.Dropout(design.dropout, dtype="float32")(embedding)
    logits = layers.Dense(kinds, dtype="float32", name="logits")(kept)
    return keras.Model(pixels, {"logits": logits, "embedding": embedding})


def _axis() -> int:
    return 1 if keras.config.image_data_format() == "channels_first" else -1


def _block(x: Any, stage: Stage, stride: int) -> Any:
    width = x.shape[_axis()]
    wide = width * stage.expand
    y = _convolve(x, wide, 3, stride=stride) if stage.fused else _depthwise(_convolve(x, wide, 1), stride=stride)
    y = _convolve(y, stage.width, 1, bend=False)
    return layers.Add()([x, y]) if y.shape[_axis()] == width and stride == 1 else y


def _convolve(x: Any, width: int, kernel: int, *, stride: int = 1, bend: bool = True) -> Any:
    x = layers.Conv2D(width, kernel, stride, padding="same", use_bias=False, kernel_initializer="he_normal")(x)
    x = Norm(_axis())(x)
    return layers.ReLU(6.0)(x) if bend else x


def _depthwise(x: Any, *, stride: int) -> Any:
    # In float32: the gradient of a bfloat16 depthwise convolution takes 60 times as long in oneDNN.
    x = layers.DepthwiseConv2D(3, stride, padding="same", use_bias=False, dtype="float32")(x)
    return layers.ReLU(6.0)(Norm(_axis())(x))
