"""What every plugin is held to. Set in the plugin's section of config.yaml, enforced by the core."""

from __future__ import annotations

from typing import Annotated

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """The options that every plugin has besides its own."""

    timeout: Annotated[float, msgspec.Meta(gt=0)] = 30.0
    """Seconds that it may think about one stimulus; past that the answer is given up and counts as a failure."""
