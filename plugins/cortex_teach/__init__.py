"""The teacher: learning by being shown. "This is my mug", and it knows the mug, in any session, after any restart."""

from __future__ import annotations

from cortex import Actuator, Cortex, Register, Sense, hookimpl


@hookimpl
def register_cortexes(register: Register[Cortex]) -> None:
    from cortex_teach.lessons import Lessons  # with NumPy and Pillow
    from cortex_teach.recognising import Teach

    register("teach", Teach)
    register("lessons", Lessons)


@hookimpl
def register_senses(register: Register[Sense]) -> None:
    from cortex_teach.page import Teaching

    register("teach", Teaching)


@hookimpl
def register_actuators(register: Register[Actuator]) -> None:
    from cortex_teach.page import Blackboard

    register("teach", Blackboard)
