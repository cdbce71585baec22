"""Batches of pictures, made ahead in a thread.

The same seed and step give the same batch, so training can resume.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from training import camera
from training.pictures import Outputs, Pictures, Pixels

AHEAD = 6

Batch = tuple[Pixels, Outputs]


class Batches:
    """Pictures, shuffled anew for each epoch and seen through a camera."""

    def __init__(self, pictures: Pictures, *, size: int, seed: int) -> None:
        self._pictures = pictures
        self._size = size
        self._seed = seed

    def __len__(self) -> int:
        """How many batches an epoch has."""
        return len(self._pictures) // self._size

    def between(self, start: int, stop: int, side: Callable[[int], int]) -> Iterator[Batch]:
        """The batches of the steps from start to stop, counted over all epochs."""
        waiting: deque[Future[Batch]] = deque()
        epoch, order = -1, np.zeros(0, np.int64)
        with ThreadPoolExecutor(1) as pool:
            for step in range(start, stop):
                if step // len(self) != epoch:
                    epoch = step // len(self)
                    order = np.random.default_rng([self._seed, epoch]).permutation(len(self._pictures))
                place = step % len(self) * self._size
                waiting.append(pool.submit(self._make, order[place : place + self._size], side(step), step))
                if len(waiting) > AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def _make(self, chosen: Outputs, side: int, step: int) -> Batch:
        pixels = camera.look(self._pictures.pixels[chosen], side, np.random.default_rng([self._seed, 1, step]))
        return pixels, self._pictures.outputs[chosen]
