"""A frozen graph of TensorFlow 1, and the arithmetic of pixels and scores, written independently of the classifier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDE = 32


def frozen(tf: Any, *, name: str = "input", shaped: bool = True) -> bytes:
    with tf.Graph().as_default() as graph:
        entry = tf.compat.v1.placeholder(tf.float32, [None, SIDE, SIDE, 3] if shaped else None, name=name)
        mean = tf.reduce_mean(entry, [1, 2])
        tf.nn.softmax(tf.matmul(mean, tf.eye(3) / 30), name="output")
        content: bytes = graph.as_graph_def().SerializeToString()
    return content


def scale(picture: NDArray[np.uint8], mean: float = 127.5, by: float = 127.5) -> NDArray[np.float32]:
    return ((picture - np.float32(mean)) / np.float32(by)).astype(np.float32)


def softmax(values: NDArray[np.float32]) -> NDArray[np.float32]:
    powers: NDArray[np.float32] = np.exp(values - values.max())
    shares: NDArray[np.float32] = powers / powers.sum()
    return shares
