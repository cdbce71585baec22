"""What the fake camera sees: a .y4m file that Chromium plays in a loop; rewriting it in place changes the scene."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageOps

if TYPE_CHECKING:
    from pathlib import Path

SIZE = (640, 480)
HEADER = b"YUV4MPEG2 W640 H480 F30:1 Ip A1:1 C420jpeg\n"
COLOURS = {"red": (200, 30, 30), "green": (30, 170, 40), "blue": (30, 50, 210), "black": (8, 8, 8)}


class Scene:
    """A file that a fake camera plays."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.show_colour("black")

    def show_colour(self, name: str) -> None:
        """Hold a sheet of paper before the camera: `red`, `green`, `blue`, or `black`, the night."""
        picture = Image.new("RGB", SIZE, COLOURS[name])
        ImageDraw.Draw(picture).ellipse((250, 170, 390, 310), fill=tuple(value // 2 for value in COLOURS[name]))
        self.show(picture)

    def show_photo(self, path: Path) -> None:
        """Hold a photograph before the camera."""
        with Image.open(path) as photo:
            self.show(ImageOps.fit(photo.convert("RGB"), SIZE))

    def show(self, picture: Image.Image) -> None:
        """Hold a picture of the camera's size before it."""
        content = HEADER + b"FRAME\n" + _planes(picture)
        if self.path.exists():
            with self.path.open("r+b", buffering=0) as file:  # in place: the camera has it open
                file.write(content)
        else:
            self.path.write_bytes(content)


def _planes(picture: Image.Image) -> bytes:
    """Return Y, Cb and Cr as a camera would: BT.601 in its narrow range, the colours at half the size."""
    red, green, blue = np.moveaxis(np.asarray(picture, np.float32) / 255, -1, 0)
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    planes = [16 + 219 * luma]
    for colour, scale in ((blue, 1.772), (red, 1.402)):
        chroma = 128 + 224 * (colour - luma) / scale
        planes.append(chroma.reshape(chroma.shape[0] // 2, 2, chroma.shape[1] // 2, 2).mean(axis=(1, 3)))
    return b"".join(np.rint(plane).astype(np.uint8).tobytes() for plane in planes)
