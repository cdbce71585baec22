"""From a file to what the classifier would look at: the same decoding, the same central square, the same scaling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from cortex import decode_picture

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    # RGB, uint8[height, width, 3].
    Pixels = NDArray[np.uint8]

Size = tuple[int, int]
"""Width and height."""


def load(path: Path) -> Pixels:
    """Return the central square of a picture.

    Raises:
        StimulusError: it is no picture that the classifier could look at.
        OSError: it cannot be read.
    """
    image = decode_picture(path.read_bytes())
    height, width = image.shape[:2]
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    return image[top : top + side, left : left + side]


def scaled(square: Pixels, size: Size) -> Pixels:
    """Return a square in the size that a model looks at."""
    if square.shape[1::-1] == size:
        return square
    return np.asarray(Image.fromarray(square).resize(size, Image.Resampling.BILINEAR))
