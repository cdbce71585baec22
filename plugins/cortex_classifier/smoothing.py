"""What the last frames of a session scored, so that the label does not flicker."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cortex_classifier.model import Pixels, Scores

SPAN = 1.0
"""Seconds after which a frame is forgotten: a new scene wins within this time, however slow the frames come."""
CUT = 50
"""Mean difference of pixels, of 255, from which two pictures do not show the same scene."""
GRID = 16


class Glance(NamedTuple):
    """One of the last frames: when, what it looked like in a few pixels, and how it scored."""

    captured: float
    thumbnail: NDArray[np.int16]
    scores: Scores


class Recent:
    """The last frames of one session."""

    def __init__(self) -> None:
        self._glances: deque[Glance] = deque()

    def average(self, scores: Scores, pixels: Pixels, captured: float, frames: int) -> Scores:
        """Return the mean of these scores and of those of the last frames that the same model saw of the same scene."""
        thumbnail = _thumbnail(pixels)
        glances = self._glances
        if glances and (glances[-1].scores.shape != scores.shape or _differ(glances[-1].thumbnail, thumbnail)):
            glances.clear()  # another model, or another scene
        while glances and not (len(glances) < frames and 0 <= captured - glances[0].captured <= SPAN):
            glances.popleft()
        glances.append(Glance(captured, thumbnail, scores))
        if len(glances) == 1:
            return scores
        return sum((glance.scores for glance in glances), np.zeros_like(scores)) / np.float32(len(glances))


def _thumbnail(pixels: Pixels) -> NDArray[np.int16]:
    down, across = (max(1, length // GRID) for length in pixels.shape[:2])
    return pixels[down // 2 :: down, across // 2 :: across].astype(np.int16)


def _differ(one: NDArray[np.int16], other: NDArray[np.int16]) -> bool:
    return bool(np.abs(one - other).mean() >= CUT)
