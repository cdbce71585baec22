"""From the bytes of a JPEG, PNG or WebP to RGB. Knows no wire and no session."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageOps

from cortex import StimulusError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_PIXELS = 25_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
DRAFT = (448, 448)  # twice what classifiers look at: a JPEG decodes at a half, a quarter or an eighth, never below this


def decode_picture(data: bytes, answers: str | None = None) -> NDArray[np.uint8]:
    """Return the picture as RGB, `uint8[height, width, 3]`, read-only, upright, the transparent parts white.

    A large JPEG is decoded at a half, a quarter or an eighth of its size, at least 448 pixels on its shorter side.

    Raises:
        StimulusError: it is no picture, a broken one, of another kind, or of more than 25 million pixels.
    """
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            warnings.simplefilter("ignore")  # a broken EXIF block or an odd palette is not worth a word
            width, height = picture.size
            if width * height > MAX_PIXELS:
                text = f"the picture has {width} x {height} pixels; at most {MAX_PIXELS:,} are looked at"
                raise StimulusError("image-too-large", text, answers=answers)
            picture.draft("RGB", DRAFT)
            return np.asarray(_rgb(ImageOps.exif_transpose(picture)))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        text = f"this is no JPEG, PNG or WebP picture that can be decoded: {error}"
        raise StimulusError("bad-image", text.replace("<_io.BytesIO object", "<bytes"), answers=answers) from error


def _rgb(picture: Image.Image) -> Image.Image:
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        ground = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(ground, picture)
    return picture.convert("RGB")
