"""Pictures to show a bot, made on the spot and always the same. Knows no bot.

Sizes are (width, height) in pixels; each function returns a Pillow image, and `jpeg` and `png` make bytes of one.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

Size = tuple[int, int]
Picture = Any
"""A path, the bytes of a JPEG, PNG or WebP, a Pillow image, or a NumPy array `uint8[height, width, 3]`."""

SIZE: Size = (320, 240)


def plain(colour: str | tuple[int, int, int], size: Size = SIZE) -> Image:
    """One colour: a name that Pillow knows, such as `orange` or `#ff8000`, or red, green and blue from 0 to 255."""
    from PIL import Image

    return Image.new("RGB", size, colour)


def red(size: Size = SIZE) -> Image:
    """A red sheet of paper."""
    return plain((200, 30, 30), size)


def green(size: Size = SIZE) -> Image:
    """A green sheet of paper."""
    return plain((30, 170, 40), size)


def blue(size: Size = SIZE) -> Image:
    """A blue sheet of paper."""
    return plain((30, 50, 210), size)


def grey(size: Size = SIZE) -> Image:
    """A grey sheet of paper."""
    return plain((128, 128, 128), size)


def white(size: Size = SIZE) -> Image:
    """A white sheet of paper."""
    return plain((255, 255, 255), size)


def black(size: Size = SIZE) -> Image:
    """The night."""
    return plain((0, 0, 0), size)


def checkerboard(squares: int = 8, size: Size = SIZE) -> Image:
    """Black and white squares, so many in a row and in a column."""
    import numpy as np
    from PIL import Image

    width, height = size
    columns = np.arange(width) * squares // width
    rows = np.arange(height) * squares // height
    light = (columns[None, :] + rows[:, None]) % 2 == 0
    return Image.fromarray(np.where(light, 255, 0).astype(np.uint8)).convert("RGB")


def noise(seed: int = 0, size: Size = SIZE) -> Image:
    """Every pixel of a colour of its own; another seed, another picture."""
    import numpy as np
    from PIL import Image

    width, height = size
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8))


def text(words: str, size: Size = SIZE) -> Image:
    """Words in black on a white sheet, as large as fits."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    width, height = size
    points = float(height)
    while points > 8:
        font = ImageFont.load_default(points)
        left, top, right, bottom = draw.multiline_textbbox((0, 0), words, font=font)
        if right - left <= 0.9 * width and bottom - top <= 0.9 * height:
            break
        points *= 0.9
    draw.multiline_text((width / 2, height / 2), words, fill="black", font=font, anchor="mm", align="center")
    return image


def photo(seed: int = 0, size: Size = SIZE) -> Image:
    """A scene with sky, sun, hills and a tree, grainy as a photograph is; another seed, another scene."""
    import numpy as np
    from PIL import Image, ImageDraw, ImageFilter

    random = np.random.default_rng(seed)
    width, height = size
    down = np.linspace(0, 1, height)[:, None]
    sky = (1 - down) * (70, 130, 210) + down * (225, 215, 190)
    image = Image.fromarray(np.repeat(sky[:, None], width, axis=1).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    _disc(draw, random.uniform(0.1, 0.9) * width, random.uniform(0.1, 0.3) * height, height / 14, (255, 240, 190))
    across = np.linspace(0, 1, 64)
    waves: Any
    for level, colour in ((0.55, (95, 130, 120)), (0.68, (70, 115, 60)), (0.82, (50, 85, 40))):
        waves = sum(
            random.uniform(0.01, 0.05) * np.sin(across * random.uniform(4, 18) + random.uniform(0, 6)) for _ in "abc"
        )
        ridge = [(float(x * width), float(y * height)) for x, y in zip(across, level + waves, strict=True)]
        draw.polygon([*ridge, (width, height), (0, height)], fill=colour)
    foot, ground = random.uniform(0.2, 0.8) * width, 0.85 * height
    draw.rectangle((foot - height / 50, ground - height / 3, foot + height / 50, ground), fill=(85, 60, 40))
    for _ in range(9):
        x, y = foot + random.normal(0, height / 16), ground - height / 3 + random.normal(0, height / 16)
        _disc(draw, x, y, height / 12, tuple(int(value) for value in random.integers((30, 80, 20), (70, 140, 50))))
    soft = np.asarray(image.filter(ImageFilter.GaussianBlur(height / 240)), np.float32)
    shade = 1 - 0.35 * np.hypot(np.linspace(-1, 1, width)[None, :], np.linspace(-1, 1, height)[:, None]) ** 2 / 2
    return Image.fromarray(np.clip(soft * shade[..., None] + random.normal(0, 5, soft.shape), 0, 255).astype(np.uint8))


def _disc(draw: Any, x: float, y: float, radius: float, colour: Any) -> None:
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


def jpeg(image: Image, quality: int = 85) -> bytes:
    """Return an image as a camera sends it."""
    return _bytes(image.convert("RGB"), "JPEG", quality=quality)


def png(image: Image) -> bytes:
    """Return an image with every pixel as it is."""
    return _bytes(image, "PNG")


def _bytes(image: Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def encoded(picture: Picture) -> bytes:
    """Return a picture of any kind as bytes; of an image or an array each pixel arrives as it is."""
    if isinstance(picture, bytes | bytearray | memoryview):
        return bytes(picture)
    if isinstance(picture, str | Path):
        return Path(picture).read_bytes()
    from PIL import Image

    return png(picture if isinstance(picture, Image.Image) else Image.fromarray(picture))
