"""Vision: frames from a camera."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from cortex import BaseOptions, Frame, Header, Once, Register, Sense, decode_picture, hookimpl


class VisionHeader(Header, frozen=True, kw_only=True):
    """What the browser says of a frame."""

    content_type: str = ""


class Vision(Sense):
    """What the camera sees."""

    class Options(BaseOptions):
        """How to look."""

        fps: Annotated[float, Meta(gt=0, le=60)] = 10
        """Frames a second that the browser sends at most; fewer where the server is slower."""
        width: Annotated[int, Meta(ge=16, le=4096)] = 320
        """Width in pixels that frames are scaled down to before they are sent."""
        quality: Annotated[float, Meta(ge=0, le=1)] = 0.8
        """JPEG quality, from 0 to 1."""
        camera: Literal["user", "environment"] = "user"
        """Which camera of a phone to begin with: the one that faces the person, or the world."""

    Header = VisionHeader
    client = "client.js"
    keep = "latest"

    def decode(self, header: VisionHeader, payload: bytes) -> Frame:
        return Frame(**header.common(), picture=Once(lambda: decode_picture(payload, header.id)))


@hookimpl
def register_senses(register: Register[Sense]) -> None:
    register("vision", Vision)
