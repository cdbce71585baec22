"""What is measured, and how thoroughly."""

from __future__ import annotations

from typing import Literal

import msgspec


class Measurement(msgspec.Struct, frozen=True):
    """One number, and the number to hold where there is one."""

    name: str
    value: float
    unit: str
    bar: float | None = None
    hold: Literal["at least", "at most"] = "at least"

    @property
    def holds(self) -> bool | None:
        """Whether the value keeps to the bar; `None` where there is none."""
        if self.bar is None:
            return None
        return self.value >= self.bar if self.hold == "at least" else self.value <= self.bar


class Effort(msgspec.Struct, frozen=True):
    """How much time is spent on the measurements."""

    rounds: int
    """How often each ratio is measured, its two sides in turn; the median counts."""
    seconds: float
    """How long one side of a ratio runs."""
    frames: int
    """After how many frames memory is measured again."""
    starts: int
    """How often the server is started."""


THOROUGH = Effort(rounds=5, seconds=1.5, frames=10_000, starts=7)
QUICK = Effort(rounds=1, seconds=1.0, frames=500, starts=2)
