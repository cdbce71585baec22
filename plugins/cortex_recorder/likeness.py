"""Whether two pictures show nearly the same. Knows no session and no label.

A difference hash: each of 8 by 8 cells is a bit that says whether the picture gets brighter there to the right, by
more than the noise of a camera. Sixteen bits a colour say how bright it is as a whole, as a thermometer does: without
them all plain walls would be alike. What two pictures differ by is the number of bits.
"""

from __future__ import annotations

from typing import Any

COLUMNS, ROWS = 9, 8
MARGIN = 2  # of 255: on a plain wall the noise alone would turn 25 bits of 64 over, with this it turns none
LEVEL = 16  # of 255, from one mark of the thermometer to the next
BITS = (COLUMNS - 1) * ROWS + 3 * 256 // LEVEL


def fingerprint(image: Any) -> int:
    """Return the bits of an RGB picture, `uint8[height, width, 3]`."""
    import numpy as np
    from PIL import Image

    picture = Image.fromarray(image)
    box = Image.Resampling.BOX
    grey = np.asarray(picture.convert("L").resize((COLUMNS, ROWS), box), dtype=np.int16)
    colour = np.asarray(picture.resize((1, 1), box), dtype=np.int16).reshape(3, 1)
    shape = grey[:, 1:] - grey[:, :-1] > MARGIN
    marks = colour > np.arange(LEVEL // 2, 256, LEVEL)
    return int.from_bytes(np.packbits(np.concatenate([shape.ravel(), marks.ravel()])).tobytes())


def distance(one: int, other: int) -> int:
    """Return in how many bits two pictures differ."""
    return (one ^ other).bit_count()
