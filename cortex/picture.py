"""From the bytes of a JPEG, PNG or WebP to RGB, and back to a JPEG. Knows no wire and no session."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

from cortex.errors import StimulusError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

MAX_PIXELS = 25_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
DRAFT = (448, 448)  # twice what classifiers look at: a JPEG decodes at a half, a quarter or an eighth, never below this


def decode_picture(data: bytes, answers: str | None = None) -> NDArray[np.uint8]:
    """Return the picture as RGB, `uint8[height, width, 3]`, read-only, upright, the transparent parts white.

    A large JPEG is decoded at a half, a quarter or an eighth of its size, at least 448 pixels on its shorter side.

    Raises:
        StimulusError: it is no picture, a broken one, of another kind, or of more than 25 million pixels.
    """
    import numpy as np  # NumPy and Pillow take a quarter of a second: who only asks for help need not wait
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        # A broken EXIF block or an odd palette is not worth a word.
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            width, height = picture.size
            if width * height > MAX_PIXELS:
                text = f"the picture has {width} x {height} pixels; at most {MAX_PIXELS:,} are looked at"
                raise StimulusError("image-too-large", text, answers=answers)
            picture.draft("RGB", DRAFT)
            ImageOps.exif_transpose(picture, in_place=True)
            return np.asarray(_rgb(picture))
    except Image.DecompressionBombError as error:  # Pillow's own limit, which it looks at first
        text = f"the picture is too large, at most {MAX_PIXELS:,} pixels are looked at: {error}"
        raise StimulusError("image-too-large", text, answers=answers) from error
    except (OSError, SyntaxError, ValueError) as error:
        detail = "" if isinstance(error, UnidentifiedImageError) else f": {error}"
        text = f"this is no JPEG, PNG or WebP picture that can be decoded{detail}"
        raise StimulusError("bad-image", text, answers=answers) from error


def encode_picture(image: NDArray[np.uint8], *, side: int | None = None, quality: int = 90) -> bytes:
    """Return an RGB picture, `uint8[height, width, 3]`, as a JPEG.

    Its longer side has `side` pixels at most. It takes milliseconds: on the event loop, call it in a thread.
    """
    from PIL import Image

    picture = Image.fromarray(image)
    if side is not None:
        picture.thumbnail((side, side))  # which only makes it smaller
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return file.getvalue()


def _rgb(picture: Image.Image) -> Image.Image:
    import numpy as np
    from PIL import Image

    if picture.mode.startswith("I;16"):  # Pillow would take all that is above 255 for white
        picture = Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        ground = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(ground, picture)
    return picture if picture.mode == "RGB" else picture.convert("RGB")
