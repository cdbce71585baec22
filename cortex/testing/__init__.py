"""What tests a plugin without the whole system: fixtures, a clock, pictures. Light to import."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cortex.testing import pictures
    from cortex.testing.bot import Bot
    from cortex.testing.clock import Clock
    from cortex.testing.conversation import Conversation
    from cortex.testing.page import Page

__all__ = ["Bot", "Clock", "Conversation", "Page", "pictures"]

_HOMES = {
    "Bot": "cortex.testing.bot",
    "Clock": "cortex.testing.clock",
    "Conversation": "cortex.testing.conversation",
    "Page": "cortex.testing.page",
}


def __getattr__(name: str) -> Any:
    if name == "pictures":
        return import_module("cortex.testing.pictures")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
