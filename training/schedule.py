"""When to train on what: the picture's side and the learning rate at every step. Pure arithmetic."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Schedule:
    """One cycle of the learning rate, over steps whose pictures grow."""

    steps: int
    """Of the whole training."""
    peak: float
    sides: tuple[tuple[float, int], ...] = ((0.4, 32), (0.75, 48), (1.0, 64))
    """Up to which part of the training pictures have which side."""
    warm: float = 0.15
    """The part of training in which the rate rises."""

    def side(self, step: int) -> int:
        return next(side for until, side in self.sides if step / self.steps <= until)

    def rate(self, step: int) -> float:
        part = step / self.steps
        if part < self.warm:
            return self.peak * (0.05 + 0.95 * part / self.warm)
        return self.peak * (0.002 + 0.998 * (1 + math.cos(math.pi * (part - self.warm) / (1 - self.warm))) / 2)
