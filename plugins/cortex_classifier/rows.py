"""Pictures as `instances`, answers as `predictions`: the JSON of TensorFlow Serving and of Vertex AI."""

from __future__ import annotations

import base64
import math
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from cortex import encode_picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cortex_classifier.model import Pixels
    from cortex_classifier.server import Entry

FINE = 3
"""Digits of a number beyond the step from one value of a pixel to the next."""
QUALITY = 90


def instances(entry: Entry, pictures: Sequence[Pixels], **more: Any) -> bytes:
    """Return the body of a request: each picture as nested lists of numbers, or as a JPEG in base64."""
    if entry.dtype is None:
        found: list[Any] = [{"b64": _jpeg(picture)} for picture in pictures]
    else:
        found = short(entry, entry.batch(pictures)).tolist()
    if entry.name:
        found = [{entry.name: each} for each in found]
    return msgspec.json.encode({**more, "instances": found})


def predictions(answer: Any, frames: int, alone: str) -> dict[str, NDArray[np.float32]] | None:
    """Return the outputs of an answer, a row a frame; `None`: it has none. `alone`: what to call an only output."""
    rows = answer.get("predictions") if isinstance(answer, dict) else None
    if not isinstance(rows, list) or len(rows) != frames:
        return None
    if all(isinstance(row, dict) for row in rows):
        names = dict.fromkeys(name for row in rows for name in row)
        columns = {name: [row.get(name) for row in rows] for name in names}
    else:
        columns = {alone: rows}
    found = {name: numbers(column) for name, column in columns.items()}
    return {name: column for name, column in found.items() if column is not None} or None


def numbers(values: Any) -> NDArray[np.float32] | None:
    """Return nested lists of numbers as an array; `None`: they are something else, too large, or ragged."""
    try:
        found = small(values)
    except (ValueError, TypeError, ArithmeticError):
        return None
    return found if found.size and found.ndim > 1 else None


def small(values: Any) -> NDArray[np.float32]:
    """Return numbers as 32 bits each.

    Raises:
        ValueError: they are lists that are ragged.
        TypeError: they are no numbers.
        ArithmeticError: one is too large for that.
    """
    found = np.asarray(values)
    if found.dtype.kind not in "fiu":
        raise TypeError("these are no numbers")
    with np.errstate(over="raise"):
        return found.astype(np.float32)


def short(entry: Entry, tensor: NDArray[Any]) -> NDArray[Any]:
    """Return numbers that are as few bytes of text as they can be without any loss that matters."""
    if tensor.dtype.kind != "f" or entry.scaling is None:
        return tensor
    if not (tensor % 1).any():
        return tensor.astype(np.int64)
    digits = max(0, math.ceil(math.log10(max(entry.scaling.scale)))) + FINE
    rounded: NDArray[Any] = tensor.astype(np.float64).round(digits)
    return rounded


def _jpeg(picture: Pixels) -> str:
    return base64.b64encode(encode_picture(picture, quality=QUALITY)).decode()
