"""The people named in the config, and their pictures. Knows no service."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from cortex import PluginError, StimulusError, decode_picture, encode_picture

SIDE = 1280  # pixels of a person's picture when it leaves: a face is the better known the larger it is
S3 = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/.+", re.DOTALL)
LEAST = 80  # pixels of a side: what is smaller Rekognition refuses


class Person:
    """Somebody, and a picture of them."""

    def __init__(self, name: str, path: str) -> None:
        self.name = name
        self.path = path
        self.verified = False
        """Whether the service has found a face on the picture."""
        self.problem = ""
        """Why the picture is of no use; empty where it is."""
        self.rests_until = 0.0
        """When a picture that was of no use is tried again."""
        self._image: dict[str, Any] | None = None

    @property
    def image(self) -> dict[str, Any]:
        """The picture as Rekognition takes it: its bytes, or where it lies in S3; see `image_at`."""
        if self._image is None:
            self._image = image_at(self.path, f"{self.name}: ")
        return self._image

    @property
    def is_stored(self) -> bool:
        """Whether the picture lies in S3, where it may come and go."""
        return self.path.startswith("s3://")


def image_at(path: str, of: str = "") -> dict[str, Any]:
    """Return a picture as Rekognition takes it: the bytes of a file, scaled down, or where it lies in S3.

    Raises:
        PluginError: the file is not there, cannot be read, or is no picture, or what stands there is no place in S3;
            the text begins with `of`.
    """
    if path.startswith("s3://"):
        if why := wrong_place(path):
            raise PluginError(f"{of}{why}")
        bucket, _, key = path.removeprefix("s3://").partition("/")
        return {"S3Object": {"Bucket": bucket, "Name": key}}
    file = Path(path).expanduser()
    called = f"{of}{file.absolute()}" if of else str(file)
    try:
        picture = decode_picture(file.read_bytes())
        height, width = picture.shape[:2]
        if min(height, width) * min(1, SIDE / max(height, width)) < LEAST:
            least = f"Rekognition takes none below {LEAST} x {LEAST}"
            raise PluginError(f"{called} has {width} x {height} pixels: {least}")
        return {"Bytes": encode_picture(picture, side=SIDE)}
    except FileNotFoundError as error:
        raise PluginError(f"{of}there is no picture {called.removeprefix(of)}") from error
    except OSError as error:
        raise PluginError(f"{called} cannot be read: {error.strerror or error}") from error
    except StimulusError as error:
        raise PluginError(f"{called}: {error}") from error


def wrong_place(path: str) -> str:
    """Return why nothing in S3 can be at a path that begins with `s3://`; empty: something can."""
    if S3.fullmatch(path):
        return ""
    return f"{path!r} is not of the form s3://bucket/key, with a bucket of 3 to 63 small letters, digits, `.` and `-`"
