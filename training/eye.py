"""A model as the classifier looks with it, for measuring."""

import time
from pathlib import Path

import numpy as np

from cortex_classifier import Classifier
from cortex_classifier.network import load
from training.metrics import Scores
from training.pictures import Pixels


class Eye:
    """A model in the classifier's own code, one thread."""

    def __init__(self, model: Path, labels: Path | None = None) -> None:
        self._network = load(Classifier.Options(model=str(model), labels=str(labels or ""), threads=1))
        self.threshold = self._network.threshold

    def see(self, pixels: Pixels) -> Scores:
        """The scores of pictures (n, height, width, 3): (n, names)."""
        return np.stack([self._network.scores(self._network.look(one)) for one in pixels])

    def seconds(self, picture: Pixels) -> float:
        """The time that one frame takes that has the model's size already, input and output included."""
        pixels = self._network.look(picture)
        start = time.perf_counter()
        self._network.scores(pixels)
        return time.perf_counter() - start
