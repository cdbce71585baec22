"""What a camera does to things: crops, turns, light, colour, blur, noise, JPEG; things small, off-centre, among others.

Seeded; knows no model.
"""

import io
import math

import numpy as np
import numpy.typing as npt
from PIL import Image

from training.pictures import Pixels

Random = np.random.Generator

GROUND = 0.07
"""How often the thing is small, somewhere on plain ground."""
CLUTTER = 0.05
"""How often it is small, somewhere among other things: before another picture."""
TURN = 0.15
BLUR = 0.08
JPEG = 0.06
NOISE = 0.12


def look(pixels: Pixels, side: int, random: Random) -> Pixels:
    """Each picture as a camera might have seen it, scaled to side x side."""
    grounds = np.roll(pixels, 1, axis=0)  # another picture for each, where there are some
    geometry = np.stack([_frame(one, ground, side, random) for one, ground in zip(pixels, grounds, strict=True)])
    return _light(geometry.astype(np.float32), random)


def _frame(pixels: Pixels, clutter: Pixels, side: int, random: Random) -> Pixels:
    picture = Image.fromarray(pixels)
    if random.random() < TURN:
        angle = random.normal(0, 10)
        picture = picture.rotate(angle, Image.Resampling.BILINEAR, fillcolor=_colour(random))
    place = random.random()
    if place < GROUND:
        picture = _on(Image.new("RGB", (side, side), _colour(random)), picture, random)
    elif place < GROUND + CLUTTER:
        picture = _on(Image.fromarray(clutter).resize((side, side), Image.Resampling.BILINEAR), picture, random)
    else:
        picture = picture.resize((side, side), Image.Resampling.BILINEAR, box=_crop(picture.width, random))
    if random.random() < 0.5:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if random.random() < BLUR:
        small = max(2, round(side * random.uniform(0.4, 0.8)))
        picture = picture.resize((small, small), Image.Resampling.BILINEAR)
        picture = picture.resize((side, side), Image.Resampling.BILINEAR)
    if random.random() < JPEG:
        picture = _compressed(picture, int(random.integers(25, 80)))
    return np.asarray(picture, np.uint8)


def _crop(width: int, random: Random) -> tuple[float, float, float, float]:
    area = random.uniform(0.5, 1.0)
    ratio = math.exp(random.uniform(-0.25, 0.25))
    across = min(1.0, math.sqrt(area * ratio)) * width
    down = min(1.0, math.sqrt(area / ratio)) * width
    left, top = random.uniform(0, width - across), random.uniform(0, width - down)
    return left, top, left + across, top + down


def _on(ground: Image.Image, picture: Image.Image, random: Random) -> Image.Image:
    side = ground.width
    size = round(side * random.uniform(0.55, 0.95))
    thing = picture.resize((size, size), Image.Resampling.BILINEAR)
    ground.paste(thing, (int(random.integers(0, side - size + 1)), int(random.integers(0, side - size + 1))))
    return ground


def _colour(random: Random) -> tuple[int, int, int]:
    grey = random.uniform(20, 235)
    red, green, blue = np.clip(grey + random.normal(0, 20, 3), 0, 255)
    return int(red), int(green), int(blue)


def _compressed(picture: Image.Image, quality: int) -> Image.Image:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return Image.open(buffer).convert("RGB")


def _light(pixels: npt.NDArray[np.float32], random: Random) -> Pixels:
    count = len(pixels)
    each = (count, 1, 1, 1)
    contrast = np.exp(random.normal(0, 0.12, each)).astype(np.float32)
    gain = np.exp(random.normal(0, 0.15, each) + random.normal(0, 0.05, (count, 1, 1, 3))).astype(np.float32)
    colourful = np.exp(random.normal(0, 0.2, each)).astype(np.float32)
    noise = np.where(random.random(each) < NOISE, random.uniform(2, 14, each), 0).astype(np.float32)

    mean = pixels.mean(axis=(1, 2), keepdims=True)
    pixels = (pixels - mean) * contrast + mean
    grey = pixels.mean(axis=3, keepdims=True)
    pixels = ((pixels - grey) * colourful + grey) * gain
    noisy = noise[:, 0, 0, 0] > 0
    shape = pixels[noisy].shape
    pixels[noisy] += random.standard_normal(shape, np.float32) * noise[noisy]
    rounded: Pixels = np.clip(pixels + 0.5, 0, 255).astype(np.uint8)
    return rounded
