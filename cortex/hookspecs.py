"""Every hook of Cortex: synchronous, and for registration only. What is registered does the work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

import pluggy

if TYPE_CHECKING:
    from cortex.actuator import Actuator
    from cortex.cortex import Cortex
    from cortex.sense import Sense

hookspec = pluggy.HookspecMarker("cortex")
hookimpl = pluggy.HookimplMarker("cortex")
"""Marks a function of a plugin as the implementation of a hook."""

Kind = TypeVar("Kind", contravariant=True)


class Register(Protocol[Kind]):
    """What a hook is handed: call it with a name and a class, as often as the plugin has things to register."""

    def __call__(self, name: str, kind: type[Kind], /) -> None: ...


@hookspec
def register_senses(register: Register[Sense]) -> None:
    """Call `register(name, SenseClass)` for each sense that the plugin brings."""


@hookspec
def register_cortexes(register: Register[Cortex]) -> None:
    """Call `register(name, CortexClass)` for each cortex that the plugin brings."""


@hookspec
def register_actuators(register: Register[Actuator]) -> None:
    """Call `register(name, ActuatorClass)` for each actuator that the plugin brings."""
