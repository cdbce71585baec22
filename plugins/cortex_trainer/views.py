"""Augmentation: how a camera might see the same thing another time. Mirrored, nearer, in other light and colours."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from cortex_trainer.picture import Pixels, Size

SMALLEST = 0.5
"""Of the area of the picture, the least that a crop shows."""
LIGHT, COLOUR, CONTRAST = 0.15, 0.05, 0.12
"""How far they vary: the standard deviation of the logarithm."""


def view(square: Pixels, size: Size, random: np.random.Generator) -> Pixels:
    """Return a picture as it might have looked another time, in some size."""
    picture = Image.fromarray(square).resize(size, Image.Resampling.BILINEAR, box=_crop(len(square), random))
    pixels = np.asarray(picture, np.float32)
    if random.random() < 0.5:
        pixels = pixels[:, ::-1]
    mean = pixels.mean()
    gain = np.exp(random.normal(0, LIGHT) + random.normal(0, COLOUR, 3)).astype(np.float32)
    lit = ((pixels - mean) * np.float32(math.exp(random.normal(0, CONTRAST))) + mean) * gain
    rounded: Pixels = np.clip(lit + 0.5, 0, 255).astype(np.uint8)
    return rounded


def _crop(side: int, random: np.random.Generator) -> tuple[float, float, float, float]:
    area, ratio = random.uniform(SMALLEST, 1), math.exp(random.uniform(-0.2, 0.2))
    across = min(1.0, math.sqrt(area * ratio)) * side
    down = min(1.0, math.sqrt(area / ratio)) * side
    left, top = random.uniform(0, side - across), random.uniform(0, side - down)
    return left, top, left + across, top + down
