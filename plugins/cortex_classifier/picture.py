"""From a frame to the square of pixels that a model looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from cortex_classifier.model import Pixels


def square(image: Pixels, size: tuple[int, int]) -> Pixels:
    """Return the central square of a picture, scaled to a width and height."""
    height, width = image.shape[:2]
    if (width, height) == size and width == height:
        return image
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    middle = Image.fromarray(image[top : top + side, left : left + side])
    return np.asarray(middle.resize(size, Image.Resampling.BILINEAR))
