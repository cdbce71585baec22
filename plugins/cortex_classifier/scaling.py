"""What becomes of the value of a pixel, 0 to 255, before a model that wants floats sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cortex_classifier import Classifier
    from cortex_classifier.model import Pixels

NEAR = 0.1
"""How far the ends of a range may lie from a convention, as a share of its width."""


class Scaling(NamedTuple):
    """A value becomes `(value - mean) / scale`; one number for every colour, or one for each."""

    mean: tuple[float, ...]
    scale: tuple[float, ...]

    def __call__(self, pixels: Pixels) -> NDArray[np.float32]:
        """Scale a picture."""
        scaled: NDArray[np.float32] = pixels - self._numbers(self.mean)
        scaled /= self._numbers(self.scale)
        return scaled

    def _numbers(self, values: tuple[float, ...]) -> NDArray[np.float32]:
        return np.array(values[0] if len(values) == 1 else values, np.float32)


RAW = Scaling((0.0,), (1.0,))
"""For a model that begins with arithmetic of its own: it scales its pixels itself."""
USUAL = Scaling((127.5,), (127.5,))
"""For a model of which nothing is known: from -1 to 1, as MobileNet, Inception and most others were trained."""
FROZEN = Scaling((117.0,), (1.0,))
"""For a frozen graph of TensorFlow 1: as the Inception of 2017 was trained."""
CONVENTIONS = {(0.0, 255.0): RAW, (-1.0, 1.0): USUAL, (0.0, 1.0): Scaling((0.0,), (255.0,))}
"""What networks are trained on, by its range."""


def asked_for(options: Classifier.Options, missing: Scaling = RAW) -> Scaling | None:
    """Return the scaling that the options ask for, `missing` filling what they leave out; `None` if they do not."""
    if options.mean is None and options.scale is None:
        return None
    mean = missing.mean if options.mean is None else (options.mean,)
    scale = missing.scale if options.scale is None else (options.scale,)
    return Scaling(mean, scale)


def of_range(low: float, high: float) -> Scaling | None:
    """Return the convention whose range an input was quantised for, `None` where it is none of them."""
    for (least, most), scaling in CONVENTIONS.items():
        if max(abs(low - least), abs(high - most)) <= NEAR * (most - least):
            return scaling
    return None
