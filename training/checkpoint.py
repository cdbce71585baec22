"""The state of training between two steps, in one file that is never half written."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Weights = list[npt.NDArray[Any]]


@dataclass(frozen=True)
class Checkpoint:
    """What it takes to go on."""

    step: int
    """Steps done."""
    weights: Weights
    average: Weights
    """The running average of the weights."""
    optimizer: Weights

    def save(self, file: Path) -> None:
        arrays: dict[str, npt.NDArray[Any]] = {"step": np.asarray(self.step)}
        for part in _PARTS:
            arrays |= {f"{part}/{place:04}": one for place, one in enumerate(getattr(self, part))}
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.with_suffix(".new.npz")
        np.savez(temporary, allow_pickle=False, **arrays)
        temporary.replace(file)

    @classmethod
    def load(cls, file: Path) -> "Checkpoint":
        with np.load(file) as stored:
            parts = {
                part: [stored[key] for key in sorted(stored.files) if key.startswith(f"{part}/")] for part in _PARTS
            }
            return cls(step=int(stored["step"]), **parts)


_PARTS = ("weights", "average", "optimizer")
FILE = "checkpoint.npz"
