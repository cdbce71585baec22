"""The voice: the actuator that says things aloud. Its browser half is part of the page."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from cortex import Actuator, Adjust, BaseOptions, Hush, Register, Say, hookimpl


class Voice(Actuator):
    """Speaks with the browser's own speech synthesis."""

    class Options(BaseOptions):
        """How it sounds."""

        rate: Annotated[float, Meta(ge=0.1, le=10)] = 1.0
        """Speed, from 0.1 to 10."""
        pitch: Annotated[float, Meta(ge=0, le=2)] = 1.0
        """From 0 to 2."""
        volume: Annotated[float, Meta(ge=0, le=1)] = 1.0
        """From 0 to 1."""

    carries = (Say, Adjust, Hush)
    client = "/actuators/voice.js"


@hookimpl
def register_actuators(register: Register[Actuator]) -> None:
    register("voice", Voice)
