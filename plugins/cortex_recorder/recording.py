"""The action that tells a page that it is being recorded."""

from __future__ import annotations

from typing import Literal

from cortex import Action


class Recording(Action, frozen=True, tag="recording"):
    """Show that what is seen is being kept."""

    state: Literal["on", "waiting"] = "on"
    """`waiting`: the store does not take pictures now."""
    count: int = 0
    """How many pictures of this session were kept."""
    waiting: int = 0
    """How many of them wait for the store."""
