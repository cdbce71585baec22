"""What plugins are held to. Set in a plugin's section of config.yaml, enforced by the core."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

MOST = 1e9  # that anything may cost, in any currency: a tally has whole millionths of it, in 64 bits
On = Literal["always", "change", "ask"]


class SenseLimits(msgspec.Struct, frozen=True, kw_only=True):
    """The options that a plugin with senses, and no cortex, has besides its own."""

    max_rate: Annotated[float, msgspec.Meta(gt=0)] | None = None
    """Calls a second at most: of a cortex to think about a stimulus, of a sense to perceive one. None: no limit."""
    max_calls_per_day: Annotated[int, msgspec.Meta(ge=0)] | None = None
    """Calls a day at most, by the server's date; the count survives a restart. None: no limit."""


class Limits(SenseLimits, frozen=True, kw_only=True):
    """The options that every plugin with a cortex has besides its own."""

    timeout: Annotated[float, msgspec.Meta(gt=0)] | None = None
    """Seconds that it may think about one stimulus; past that the answer is given up and counts as a failure.

    None: as the plugin itself has it; 30, where it does not say.
    """
    on: On | None = None
    """Which frames it looks at: all, those in which something has changed, or those that somebody asks about.

    None: as the plugin itself has it; all, where it does not say.
    """


class Budget(Limits, frozen=True, kw_only=True):
    """The options that every plugin with a cortex that uses what costs money has besides."""

    max_cost_per_day: Annotated[float, msgspec.Meta(ge=0, le=MOST)] | None = None
    """What it may cost a day at most, by the server's date, as `prices` has it; survives a restart. None: no limit."""
    prices: dict[str, Annotated[float, msgspec.Meta(ge=0, le=MOST)]] = {}
    """What one of each thing that it uses costs, in any currency; the plugin's page names those things."""
