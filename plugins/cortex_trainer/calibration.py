"""What makes scores mean what they say, from pictures that were not learned from. NumPy only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# One row a picture, one column a label.
Scores = NDArray[np.float32]
# The number of the label of each picture.
Numbers = NDArray[np.int64]

TEMPERATURES = np.geomspace(0.25, 4, 161)
THRESHOLDS = np.arange(0.4, 0.96, 0.01)
UNTRIED = 0.75
"""The threshold where nothing tells right from wrong: all was right, and there is no third label to be strange."""


def softmax(logits: Scores) -> Scores:
    """Return scores, row by row."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def temperature(logits: Scores, numbers: Numbers) -> float:
    """Return what to divide logits by, so that the best scores promise on average what they keep.

    Temperature scaling is of Guo et al., On Calibration of Modern Neural Networks, 2017. That a few pictures are all
    named rightly does not promise that every one will be: one right and one wrong answer are added.
    """
    share = ((logits.argmax(axis=1) == numbers).sum() + 1) / (len(numbers) + 2)
    return float(min(TEMPERATURES, key=lambda degrees: abs(softmax(logits / degrees).max(axis=1).mean() - share)))


def threshold(scores: Scores, numbers: Numbers, strange: NDArray[np.float32]) -> float:
    """Return the score that best parts right answers from wrong ones, and from those on things that are not known.

    `strange` has the best scores of things that are not known.
    """
    best, right = scores.max(axis=1), scores.argmax(axis=1) == numbers
    wrong = np.concatenate([best[~right], strange])
    if not right.any() or not len(wrong):
        return UNTRIED
    good = best[right]
    parted = np.array([(good >= at).mean() + (wrong < at).mean() for at in THRESHOLDS])
    return round(float(np.median(THRESHOLDS[parted >= parted.max() - 1e-9])), 2)


def likelihood(logits: Scores, numbers: Numbers) -> float:
    """Return how unlikely the right labels were found, on average: less is better."""
    return float(-np.log(np.maximum(softmax(logits)[np.arange(len(numbers)), numbers], 1e-7)).mean())
