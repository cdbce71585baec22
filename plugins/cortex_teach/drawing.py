"""The pictures of a lesson: as a JPEG to keep, small to show, and whether there is anything to see on them."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, Literal

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

QUALITY = 88
SMALL = 128
"""Pixels of the longer side of what the page shows."""
DARK = 20.0
"""Of 255: the mean below which a picture shows nothing: a lens cap, a dark room."""
FLAT = 6.0
"""Of 255: the spread below which it shows one colour: a finger on the lens."""
ALIKE = 1.5
"""Of 255: the mean difference below which two pictures are the same; the noise of a camera alone makes 2 or more."""
GRID = 32


def jpeg(image: Pixels) -> bytes:
    """Return an RGB picture, `uint8[height, width, 3]`, as a JPEG."""
    return _encoded(Image.fromarray(image))


def small(content: bytes) -> bytes:
    """Return a JPEG, 128 pixels on its longer side, of a larger one."""
    with Image.open(io.BytesIO(content), formats=("JPEG",)) as picture:
        picture.draft("RGB", (SMALL, SMALL))
        picture.thumbnail((SMALL, SMALL))
        return _encoded(picture)


def _encoded(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()


def name_of(content: bytes) -> str:
    """Return what a picture is called on the wire: the same for the same bytes."""
    return hashlib.sha256(content).hexdigest()[:16]


def sketch(image: Pixels) -> NDArray[np.int16]:
    """Return a picture in few pixels, `int16[32, 32, 3]` at most, to tell quickly whether two are alike."""
    down, across = (max(1, length // GRID) for length in image.shape[:2])
    return image[down // 2 :: down, across // 2 :: across].astype(np.int16)


def alike(one: NDArray[np.int16], other: NDArray[np.int16]) -> bool:
    """Tell whether two sketches are of the same picture."""
    return one.shape == other.shape and bool(np.abs(one - other).mean() < ALIKE)


def fault(image: Pixels) -> Literal["dark", "blank", ""]:
    """Return why there is nothing to see on a picture; empty: there is."""
    pixels = sketch(image)
    if pixels.mean() < DARK:
        return "dark"
    return "blank" if pixels.std(axis=(0, 1)).max() < FLAT else ""
