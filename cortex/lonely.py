"""Cortexes that would never perceive anything, since nobody enabled thinks what they perceive. Knows no unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cortex.cortex import Cortex

MEANING = "meaning"


def lonely(cortexes: Mapping[str, Cortex]) -> dict[str, str]:
    """Return those that perceive only meanings of sentences where nobody thinks any: the reason, by name."""
    if any(MEANING in cortex.thinks for cortex in cortexes.values()):
        return {}
    return {
        name: "no enabled plugin tells it what sentences mean: enable `dialogue`"
        for name, cortex in cortexes.items()
        if cortex.perceives and all(kind.partition(":")[0] == MEANING for kind in cortex.perceives)
    }
