"""What cameras do to pictures at their worst: a fixed set for measuring, made anew in the same way each time.

Not what the training uses (`camera.py`): fewer things, each stronger, so that it shows what training has not.
"""

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageChops, ImageEnhance, ImageFilter

from training.pictures import Pictures, Pixels

Random = np.random.Generator
Damage = Callable[[Image.Image, Random], Image.Image]

SEED = 2026


def damaged(pictures: Pictures) -> tuple[Pictures, list[str]]:
    """Each picture with one damage, in turn, and the name of the damage."""
    names = list(DAMAGES)
    which = [names[place % len(names)] for place in range(len(pictures))]
    pixels = [_damage(one, name, place) for place, (one, name) in enumerate(zip(pictures.pixels, which, strict=True))]
    return Pictures(np.stack(pixels), pictures.outputs), which


def _damage(pixels: Pixels, name: str, place: int) -> Pixels:
    picture = DAMAGES[name](Image.fromarray(pixels), np.random.default_rng([SEED, place]))
    return np.asarray(picture, np.uint8)


def _dark(picture: Image.Image, random: Random) -> Image.Image:
    return ImageEnhance.Brightness(picture).enhance(random.uniform(0.3, 0.5))


def _glaring(picture: Image.Image, random: Random) -> Image.Image:
    return ImageEnhance.Brightness(picture).enhance(random.uniform(1.5, 1.9))


def _pale(picture: Image.Image, random: Random) -> Image.Image:
    return ImageEnhance.Contrast(picture).enhance(random.uniform(0.35, 0.55))


def _tinted(picture: Image.Image, random: Random) -> Image.Image:
    """Lamplight or shade: one colour is up to three tenths stronger, another as much weaker."""
    gains = random.permutation([random.uniform(1.15, 1.3), 1.0, random.uniform(0.7, 0.85)])
    pixels = np.asarray(picture, np.float32) * gains.astype(np.float32)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _blurred(picture: Image.Image, random: Random) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(random.uniform(0.8, 1.2)))


def _moved(picture: Image.Image, random: Random) -> Image.Image:
    """A hand that isn't still: the mean of four pictures, each a pixel further."""
    across, down = [(1, 0), (0, 1), (1, 1), (1, -1)][random.integers(4)]
    steps = [np.asarray(ImageChops.offset(picture, across * step, down * step), np.float32) for step in range(4)]
    return Image.fromarray(np.mean(steps, axis=0).astype(np.uint8))


def _noisy(picture: Image.Image, random: Random) -> Image.Image:
    pixels = np.asarray(picture, np.float32)
    noise = random.standard_normal(pixels.shape, np.float32) * random.uniform(12, 20)
    return Image.fromarray(np.clip(pixels + noise, 0, 255).astype(np.uint8))


def _compressed(picture: Image.Image, random: Random) -> Image.Image:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=int(random.integers(15, 30)))
    return Image.open(buffer).convert("RGB")


def _turned(picture: Image.Image, random: Random) -> Image.Image:
    angle = random.uniform(8, 18) * random.choice([-1, 1])
    return picture.rotate(angle, Image.Resampling.BILINEAR, fillcolor=(128, 128, 128))


def _small(picture: Image.Image, random: Random) -> Image.Image:
    """Far away and off-centre, on plain ground."""
    side = picture.width
    size = round(side * random.uniform(0.65, 0.8))
    ground = Image.new("RGB", (side, side), tuple(int(value) for value in random.integers(60, 200, 3)))
    corner = tuple(int(value) for value in random.integers(0, side - size + 1, 2))
    ground.paste(picture.resize((size, size), Image.Resampling.BILINEAR), (corner[0], corner[1]))
    return ground


DAMAGES: dict[str, Damage] = {
    "dark": _dark,
    "glaring": _glaring,
    "pale": _pale,
    "tinted": _tinted,
    "blurred": _blurred,
    "moved": _moved,
    "noisy": _noisy,
    "compressed": _compressed,
    "turned": _turned,
    "small, off-centre": _small,
}
