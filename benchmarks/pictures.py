"""The frames that the cameras of the benchmarks see."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw

SIZE = (320, 240)  # what the page sends


def pictures(count: int = 16) -> list[bytes]:
    """Return JPEGs with smooth parts, edges and some noise, each another, and always the same."""
    chance = random.Random(7)
    return [_picture(chance) for _ in range(count)]


def _picture(chance: random.Random) -> bytes:
    ground = Image.radial_gradient("L").resize(SIZE)
    picture = Image.merge("RGB", [ground.rotate(chance.randrange(360)) for _ in range(3)])
    draw = ImageDraw.Draw(picture)
    for _ in range(24):
        x, y, side = chance.randrange(SIZE[0]), chance.randrange(SIZE[1]), chance.randrange(10, 70)
        colour = (chance.randrange(256), chance.randrange(256), chance.randrange(256))
        draw.ellipse((x, y, x + side, y + side * chance.uniform(0.4, 1.6)), fill=colour)
    noise = Image.effect_noise(SIZE, 40).convert("RGB")
    out = io.BytesIO()
    Image.blend(picture, noise, 0.2).save(out, "JPEG", quality=80)
    return out.getvalue()
