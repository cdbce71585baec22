"""The voice: the actuator that says things aloud. Its browser half is part of the page."""

from __future__ import annotations

from cortex import Actuator, BaseOptions, Register, Say, hookimpl


class Voice(Actuator):
    """Speaks with the browser's own speech synthesis."""

    class Options(BaseOptions):
        """How it sounds."""

        rate: float = 1.0
        """Speed, from 0.1 to 10."""
        pitch: float = 1.0
        """From 0 to 2."""
        volume: float = 1.0
        """From 0 to 1."""

    carries = (Say,)
    client = "/actuators/voice.js"


@hookimpl
def register_actuators(register: Register[Actuator]) -> None:
    register("voice", Voice)
