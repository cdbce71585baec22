"""The display: the actuator that shows what is seen. Its browser half is part of the page."""

from __future__ import annotations

from cortex import Actuator, Picture, Register, Show, hookimpl


class Display(Actuator):
    """Shows labels, texts and pictures on the page."""

    carries = (Show, Picture)
    client = "/actuators/display.js"


@hookimpl
def register_actuators(register: Register[Actuator]) -> None:
    register("display", Display)
