"""What the fake camera sees in these tests: sheets of paper, and photographs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from cortex.testing.camera import SIZE, Camera

if TYPE_CHECKING:
    from pathlib import Path

COLOURS = {"red": (200, 30, 30), "green": (30, 170, 40), "blue": (30, 50, 210), "black": (8, 8, 8)}


class Scene(Camera):
    """A file that a fake camera plays."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.show_colour("black")

    def show_colour(self, name: str) -> None:
        """Hold a sheet of paper before the camera: `red`, `green`, `blue`, or `black`, the night."""
        picture = Image.new("RGB", SIZE, COLOURS[name])
        ImageDraw.Draw(picture).ellipse((250, 170, 390, 310), fill=tuple(value // 2 for value in COLOURS[name]))
        self.show(picture)

    def show_photo(self, path: Path) -> None:
        """Hold a photograph before the camera."""
        with Image.open(path) as photo:
            self.show(photo)
