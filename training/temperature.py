"""One number that makes scores mean what they say: 70 % is right seven times in ten."""

import numpy as np
import numpy.typing as npt

Logits = npt.NDArray[np.float32]


def softmax(logits: Logits) -> Logits:
    """Scores, row by row."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def fit(logits: Logits, outputs: npt.NDArray[np.int64]) -> float:
    """The temperature to divide the logits by that makes the right outputs likeliest."""

    def surprise(temperature: float) -> float:
        scores = softmax(logits / temperature)[np.arange(len(outputs)), outputs]
        return float(-np.log(np.maximum(scores, 1e-12)).mean())

    return float(min(np.geomspace(0.25, 4, 161), key=surprise))
