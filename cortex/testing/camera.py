"""What the fake camera sees: a .y4m file that Chromium plays in a loop; rewriting it in place changes the scene."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from PIL.Image import Image

SIZE = (640, 480)
HEADER = b"YUV4MPEG2 W640 H480 F30:1 Ip A1:1 C420jpeg\n"


class Camera:
    """A file that a fake camera plays."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def show(self, picture: Image) -> None:
        """Hold a picture before it, cut and scaled to what the camera sees."""
        from PIL import ImageOps

        fitting = picture.convert("RGB")
        content = HEADER + b"FRAME\n" + _planes(fitting if fitting.size == SIZE else ImageOps.fit(fitting, SIZE))
        if self.path.exists():
            with self.path.open("r+b", buffering=0) as file:  # in place: the camera has it open
                file.write(content)
        else:
            self.path.write_bytes(content)


def _planes(picture: Image) -> bytes:
    """Return Y, Cb and Cr as a camera would: BT.601 in its narrow range, the colours at half the size."""
    import numpy as np

    red, green, blue = np.moveaxis(np.asarray(picture, np.float32) / 255, -1, 0)
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    planes = [16 + 219 * luma]
    for colour, scale in ((blue, 1.772), (red, 1.402)):
        chroma = 128 + 224 * (colour - luma) / scale
        planes.append(chroma.reshape(chroma.shape[0] // 2, 2, chroma.shape[1] // 2, 2).mean(axis=(1, 3)))
    return b"".join(np.rint(plane).astype(np.uint8).tobytes() for plane in planes)
