"""How to train. Imports nothing, so that a command can show it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """What a training goes by."""

    epochs: float = 27.5
    batch: int = 128
    peak: float = 0.2
    decay: float = 2e-3
    smoothing: float = 0.1
    average: float = 0.998
    """What the average keeps of itself at every step."""
    seed: int = 1
    precision: str = "mixed_bfloat16"
