"""The people named in the config, and their pictures. Knows no service."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cortex import PluginError, StimulusError, decode_picture, encode_picture

SIDE = 1280  # pixels of a person's picture when it leaves: a face is the better known the larger it is


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
        PluginError: the file is not there, cannot be read, or is no picture; the text begins with `of`.
    """
    if path.startswith("s3://"):
        bucket, _, key = path.removeprefix("s3://").partition("/")
        return {"S3Object": {"Bucket": bucket, "Name": key}}
    file = Path(path).expanduser()
    try:
        return {"Bytes": encode_picture(decode_picture(file.read_bytes()), side=SIDE)}
    except FileNotFoundError as error:
        raise PluginError(f"{of}there is no picture {file}") from error
    except OSError as error:
        raise PluginError(f"{of}{file} cannot be read: {error.strerror or error}") from error
    except StimulusError as error:
        raise PluginError(f"{of}{file}: {error}") from error
