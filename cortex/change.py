"""Whether a picture has really changed since it was last looked at. Knows no camera and no cortex.

Pictures are compared as thumbnails, red, green and blue each by itself: averaging over cells takes away the noise of
the sensor and of JPEG. The light is taken out of the difference first: a gain of the whole picture, as automatic
exposure, white balance and dusk make it, and what varies slowly across it, such as the sun's wandering. What is left in
a few cells is a change: a thing that came, went or moved.
"""

from __future__ import annotations

from typing import Any

COLUMNS, ROWS = 32, 24  # cells; at 320 x 240 each is the mean of 100 pixels, which leaves a tenth of their noise
STEP = 10.0  # of 255, by which a cell differs that has changed; noise of sigma 12 differs by 1.7 on average
REST = 6.0  # of 255, by which a cell differs from the frame before where something moves
SHARE = 0.01  # of the cells: so many make a change; a thing that covers 2 % of the picture has twice as many
SMOOTH = 5  # cells each way, over which light varies slowly
DARK, BRIGHT = 8.0, 240.0  # of 255: cells beyond these do not tell the light
ROUNDS = 4  # of fitting the light, each without what did not fit before
FLAT = 25.0  # of the variance of the cells; a picture as flat as this does not tell a gain
MOST_GAIN = 3.0
PATIENCE = 1.0  # seconds of movement after which a picture is looked at though it has not come to rest


class Change:
    """What one cortex last looked at with one sense in one session, and what came since.

    Times are in seconds, of any one clock.
    """

    def __init__(self) -> None:
        self._looked: Any = None
        self._before: Any = None
        self._moving_since: float | None = None

    def is_news(self, image: Any, now: float) -> bool:
        """Tell whether a picture, `uint8[height, width, 3]`, is to be looked at; costs a millisecond at 320 x 240.

        It is the first, or differs from what was last looked at and rests, or has differed and moved for a second.
        Call `looked` when it really is looked at.
        """
        picture = thumbnail(image)
        resting = self._before is None or not differs(picture, self._before, REST)
        self._before = picture
        if self._looked is not None and not differs(picture, self._looked, STEP):
            self._moving_since = None
            return False
        if self._moving_since is None:
            self._moving_since = now
        return bool(resting or now - self._moving_since >= PATIENCE)

    def asked(self, image: Any) -> None:
        """Notice a picture that is to be looked at because somebody asks. Call `looked` when it really is."""
        self._before = thumbnail(image)

    def looked(self) -> None:
        """Notice that the last picture is looked at."""
        self._looked = self._before
        self._moving_since = None

    def failed(self) -> None:
        """Notice that nothing came of the last look: what is in view is news again."""
        self._looked = None


def thumbnail(image: Any) -> Any:
    """Return the mean red, green and blue of each cell, from 0 to 255.

    `float32[3, 24, 32]`, fewer cells where the picture has fewer pixels.
    """
    import numpy as np

    return np.stack([_cells(image[..., channel]) for channel in range(3)]).astype(np.float32)


def _cells(plane: Any) -> Any:
    import numpy as np

    height, width = plane.shape
    rows = np.linspace(0, height, min(ROWS, height) + 1).astype(int)
    columns = np.linspace(0, width, min(COLUMNS, width) + 1).astype(int)
    sums = np.add.reduceat(np.add.reduceat(plane, rows[:-1], axis=0, dtype=np.uint32), columns[:-1], axis=1)
    return sums / np.outer(np.diff(rows), np.diff(columns))


def differs(one: Any, other: Any, step: float) -> bool:
    """Tell whether two thumbnails differ by more than `step` in some cells, in more than their light."""
    import numpy as np

    if one.shape != other.shape:
        return True
    difference = one - _relit(one, other)
    changed = (np.abs(difference - _smooth(difference)) > step).any(axis=0)
    return bool(np.count_nonzero(changed) >= max(1, SHARE * changed.size))


def _relit(one: Any, other: Any) -> Any:
    """Return `other` in the light of `one`: of each colour with the gain and the offset that fit most of its cells."""
    import numpy as np

    x, y = other.reshape(len(other), -1), one.reshape(len(one), -1)
    told = (x > DARK) & (y > DARK) & (x < BRIGHT) & (y < BRIGHT)
    told |= told.sum(axis=1, keepdims=True) < x.shape[1] / 4
    gain, offset, kept = np.ones((len(x), 1)), np.zeros((len(x), 1)), told
    for _ in range(ROUNDS):
        share = kept / np.maximum(kept.sum(axis=1, keepdims=True), 1)
        mean_x, mean_y = (x * share).sum(axis=1, keepdims=True), (y * share).sum(axis=1, keepdims=True)
        spread = ((x - mean_x) ** 2 * share).sum(axis=1, keepdims=True)
        slope = ((x - mean_x) * (y - mean_y) * share).sum(axis=1, keepdims=True) / np.maximum(spread, FLAT)
        gain = np.where(spread > FLAT, slope, 1.0).clip(1 / MOST_GAIN, MOST_GAIN)
        offset = mean_y - gain * mean_x
        errors = np.abs(y - gain * x - offset)
        kept = told & (errors <= np.maximum(4.0, 2 * np.median(errors, axis=1, keepdims=True)))
    return (gain * x + offset).clip(0, 255).reshape(other.shape)


def _smooth(cells: Any) -> Any:
    """Return the mean of each cell's surroundings."""
    import numpy as np

    sums = np.pad(cells, ((0, 0), (1, 0), (1, 0))).cumsum(1).cumsum(2)
    top, bottom = _reach(cells.shape[1])
    left, right = _reach(cells.shape[2])
    rows = sums[:, bottom] - sums[:, top]
    total = rows[:, :, right] - rows[:, :, left]
    return total / np.outer(bottom - top, right - left)


def _reach(length: int) -> Any:
    import numpy as np

    at = np.arange(length)
    return np.maximum(at - SMOOTH, 0), np.minimum(at + SMOOTH + 1, length)
