"""Figures from scores: accuracy with its interval, calibration, known against unknown, a threshold. NumPy only."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float32]
Outputs = npt.NDArray[np.int64]

CERTAIN = 1.96
"""Standard deviations of a 95 % interval."""


@dataclass(frozen=True)
class Share:
    """How many of how many, with Wilson's 95 % interval."""

    hits: int
    of: int

    @property
    def share(self) -> float:
        return self.hits / max(1, self.of)

    @property
    def interval(self) -> tuple[float, float]:
        if not self.of:
            return 0.0, 1.0
        share, square = self.hits / self.of, CERTAIN**2 / self.of
        middle = (share + square / 2) / (1 + square)
        reach = CERTAIN / (1 + square) * math.sqrt(share * (1 - share) / self.of + square / (4 * self.of))
        return middle - reach, middle + reach

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.share:.1%} ({low:.1%} to {high:.1%}, of {self.of})"


def top(scores: Scores, outputs: Outputs, places: int) -> Share:
    """How often the right name is among the best."""
    best = np.argsort(-scores, axis=1, kind="stable")[:, :places]
    return Share(int((best == outputs[:, None]).any(axis=1).sum()), len(outputs))


def at_least(scores: Scores, least: float) -> Share:
    """How often the best score is at least as high."""
    return Share(int((scores.max(axis=1) >= least).sum()), len(scores))


def calibration_error(scores: Scores, outputs: Outputs, bins: int = 15) -> float:
    """How far scores are from what they promise, on average (expected calibration error)."""
    sure, right = scores.max(axis=1), scores.argmax(axis=1) == outputs
    bin_of = np.minimum((sure * bins).astype(np.int64), bins - 1)
    each = (bin_of == place for place in range(bins))
    return float(sum(abs(right[one].sum() - sure[one].sum()) for one in each) / len(outputs))


def area(known: Scores, unknown: Scores) -> float:
    """AUROC: how often a known thing's best score is above an unknown one's."""
    both = np.concatenate([known.max(axis=1), unknown.max(axis=1)])
    _, place, count = np.unique(both, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(count) - (count - 1) / 2)[place]
    size = len(known)
    return float((ranks[:size].sum() - size * (size + 1) / 2) / (size * len(unknown)))


def area_interval(known: Scores, unknown: Scores) -> tuple[float, float]:
    """The 95 % interval of `area`, as Hanley and McNeil give it (Radiology 143, 1982)."""
    found, some, others = area(known, unknown), len(known), len(unknown)
    one, two = found / (2 - found), 2 * found**2 / (1 + found)
    spread = found * (1 - found) + (some - 1) * (one - found**2) + (others - 1) * (two - found**2)
    reach = CERTAIN * math.sqrt(spread / (some * others))
    return found - reach, found + reach


def promises(scores: Scores, outputs: Outputs, edges: tuple[float, ...]) -> list[tuple[float, float, float, Share]]:
    """What scores promise and what they keep: from, to, the mean score, and how many were right, for each bin."""
    sure, right = scores.max(axis=1), scores.argmax(axis=1) == outputs
    bins = [(low, high, (sure >= low) & (sure < high)) for low, high in pairwise(edges)]
    return [
        (low, high, float(sure[one].mean()), Share(int(right[one].sum()), int(one.sum())))
        for low, high, one in bins
        if one.any()
    ]


def threshold(known: Scores, outputs: Outputs, unknown: Scores) -> float:
    """The score that best parts right answers from wrong ones and from answers about unknown things."""
    right = known.argmax(axis=1) == outputs
    good = known.max(axis=1)[right]
    bad = np.concatenate([known.max(axis=1)[~right], unknown.max(axis=1)])
    return float(max(np.arange(0.05, 0.95, 0.01), key=lambda at: (good >= at).mean() + (bad < at).mean()))
