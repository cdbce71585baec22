"""What an actuator is: a kind of output that carries actions out, in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from cortex.cortex import BaseOptions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cortex.action import Action


class Actuator:
    """A kind of output. Subclass it, and say what it carries out and where its ES module is."""

    Options: ClassVar[type[BaseOptions]] = BaseOptions
    """The schema of its section in config.yaml: override it with a nested class of the same name."""
    carries: ClassVar[tuple[type[Action], ...]] = ()
    """The types of the actions that it carries out."""
    client: ClassVar[str | None] = None
    """Its ES module: a file beside the Python file, or a path of the page that begins with `/`."""

    def __init__(self, options: Any) -> None:
        self.options: Any = options
        """The checked options, an instance of this class' `Options`."""

    def settings(self) -> dict[str, Any]:
        """Return what the browser half needs to know: its options, if you do not say otherwise."""
        return dict(msgspec.to_builtins(self.options))

    @classmethod
    def types(cls) -> list[str]:
        """Return the names on the wire of the actions that it carries out."""
        return [str(action.__struct_config__.tag) for action in cls.carries]


def carriers_of(actuators: Mapping[str, Actuator]) -> dict[str, frozenset[str]]:
    """Return, for each type of action on the wire, the names of the actuators that carry it out."""
    carriers: dict[str, frozenset[str]] = {}
    for name, actuator in actuators.items():
        for kind in actuator.types():
            carriers[kind] = carriers.get(kind, frozenset()) | {name}
    return carriers
