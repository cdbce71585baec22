"""Touch: a tap on the preview asks what was tapped. The half in the browser is beside this file."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from cortex import BaseOptions, Frame, Header, Once, Register, Sense, decode_picture, hookimpl

cortex_api = "1.2"


class Touch(Sense):
    """What a person taps on the preview, cut out of the picture."""

    class Options(BaseOptions):
        """How much is cut out; the half in the browser gets it as `settings`."""

        part: Annotated[float, Meta(gt=0, le=1)] = 0.4
        """Side of the square round the tap, as a part of the preview's shorter side."""
        size: Annotated[int, Meta(ge=32, le=2048)] = 448
        """Width and height in pixels that a larger square is scaled down to before it is sent."""

    client = "touch.js"
    like = "vision"

    def decode(self, header: Header, payload: bytes) -> Frame:
        """Make a frame that somebody asks about: what a cortex says of it is an answer."""
        return Frame(**header.common(), asked=True, picture=Once(lambda: decode_picture(payload, header.id)))


@hookimpl
def register_senses(register: Register[Sense]) -> None:
    register("touch", Touch)
