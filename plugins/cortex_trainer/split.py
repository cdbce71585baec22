"""The split: which pictures are learned from, and which are kept to validate on.

Frames of one burst are nearly the same picture. If some of them were learned from and others validated on, the accuracy
would be that of learning by heart; so a burst stays together.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

BURST = 10.0
"""Seconds from one picture to the next of the same session, up to which they belong to one burst."""
BLOCK = 256
"""Pictures that are compared with all others at once."""
ALIKE = 8.0
"""Levels of 255 by which two small copies of pictures may differ on average, and be nearly the same."""


@dataclass(frozen=True)
class Example:
    """What the split has to know of a picture."""

    label: int
    small: NDArray[np.float32]
    """A small copy, flat."""
    session: str = ""
    """Who saw it, where that is known."""
    when: float | None = None
    """Seconds since 1970, where that is known."""


@dataclass(frozen=True)
class Split:
    """Numbers of examples."""

    training: list[int]
    validation: list[int]
    torn: list[int]
    """Labels all of whose pictures are of one burst, which had to be divided."""


def split(examples: Sequence[Example], share: float, seed: int) -> Split:
    """Divide examples so that about a share of each label, and at least one picture, is for validation."""
    random = np.random.default_rng(seed)
    training: list[int] = []
    validation: list[int] = []
    torn: list[int] = []
    for label in sorted({example.label for example in examples}):
        numbers = [number for number, example in enumerate(examples) if example.label == label]
        bursts = _bursts(examples, numbers)
        wanted = max(1, round(share * len(numbers)))
        kept: set[int] = set()
        for place in random.permutation(len(bursts)):
            burst = bursts[place]
            if len(kept) + len(burst) <= wanted:
                kept.update(burst)
        if not kept:
            smallest = min(bursts, key=len)
            if 2 * len(smallest) <= len(numbers):
                kept.update(smallest)
            else:
                torn.append(label)
                kept.update(numbers[-wanted:])
        validation += sorted(kept)
        training += [number for number in numbers if number not in kept]
    return Split(training, validation, torn)


def _bursts(examples: Sequence[Example], numbers: list[int]) -> list[list[int]]:
    """Return examples of one label, those of one burst together."""
    parent = {number: number for number in numbers}

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = number = parent[parent[number]]
        return number

    dated = sorted((examples[number].session, when, number) for number in numbers if (when := examples[number].when))
    for (session, earlier, one), (same, later, other) in pairwise(dated):
        if session == same and later - earlier <= BURST:
            parent[root(other)] = root(one)
    small = np.stack([examples[number].small for number in numbers])
    squares = np.einsum("nd,nd->n", small, small)
    for start in range(0, len(numbers), BLOCK):
        block = small[start : start + BLOCK]
        # |a - b|² = |a|² + |b|² - 2ab: one product of matrices in place of as many differences.
        distances = squares[start : start + BLOCK, np.newaxis] + squares[start:] - 2 * (block @ small[start:].T)
        for one, other in np.argwhere(distances < ALIKE**2 * small.shape[1]):
            if one < other:
                parent[root(numbers[start + int(other)])] = root(numbers[start + int(one)])
    bursts: dict[int, list[int]] = {}
    for number in numbers:
        bursts.setdefault(root(number), []).append(number)
    return list(bursts.values())
