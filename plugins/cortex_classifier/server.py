"""A model on a server: what it takes and gives, and how frames become that. Knows no protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from cortex import ServiceError
from cortex_classifier.scaling import USUAL, Scaling, asked_for

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from cortex import Place
    from cortex_classifier import Classifier
    from cortex_classifier.labels import Labels
    from cortex_classifier.model import Pixels

FREE = -1
"""In a shape: any length."""
COLOURS = 3
RANK = 4
LARGEST = 4096
SIGNED = np.dtype(np.int8)


class Description(NamedTuple):
    """What a server says of a model."""

    entry: Entry
    version: str
    """Empty where it does not say."""
    outputs: tuple[str, ...] = ()
    """Their names; none where it does not say."""
    labels: Labels | None = None
    pinned: bool = False
    """Whether the version is asked for by name, so that another one never answers."""
    binary: bool = False
    """Whether numbers go as they lie in memory, and not as JSON."""


class Reply(NamedTuple):
    """What a model makes of some pictures."""

    outputs: Mapping[str, NDArray[np.float32]]
    """By name, a row a picture."""
    version: str = ""
    """Which version of the model it was, where the server says so."""


class Server(Protocol):
    """A model on a server of some kind. For any thread."""

    address: str
    """What it is called where people read it."""
    place: Place
    names: bool
    """Whether it may have the labels itself."""

    def describe(self) -> Description:
        """Ask the server what the model is like.

        Raises:
            ServiceError: it is away, refuses, or its model is of no use here.
        """

    def predict(self, description: Description, pictures: Sequence[Pixels], outputs: Collection[str]) -> Reply:
        """Have the model look at pictures of its size; `outputs` are those that matter, all where it names none.

        Raises:
            ServiceError: the server is away, refuses, or answers something else.
        """

    def stop(self) -> None:
        """Let go of what is open."""


class Entry(NamedTuple):
    """The input of a model for pictures."""

    name: str
    """Empty where the server does not say, and need not be told."""
    dtype: np.dtype[Any] | None
    """`None`: it takes encoded pictures, JPEG."""
    size: tuple[int, int]
    """Width and height."""
    first: bool
    """Whether the colours come before height and width."""
    most: int
    """Frames in one request."""
    scaling: Scaling | None
    """What becomes of the value of a pixel; `None`: it stays."""

    def batch(self, pictures: Sequence[Pixels]) -> NDArray[Any]:
        """Return pictures of its size as one tensor."""
        pixels = np.stack(pictures)
        dtype = self.dtype or pixels.dtype
        if self.scaling is not None:
            tensor = self.scaling(pixels).astype(dtype, copy=False)
        elif dtype == SIGNED:
            tensor = np.bitwise_xor(pixels, np.uint8(0x80)).view(np.int8)
        else:
            tensor = pixels.astype(dtype, copy=False)
        return np.ascontiguousarray(tensor.transpose(0, 3, 1, 2)) if self.first else tensor


def entry_of(
    model: str, name: str, dtype: np.dtype[Any] | None, shape: Sequence[int], options: Classifier.Options, most: int
) -> Entry:
    """Return an input as a server describes it; what that leaves open the options say.

    Raises:
        ServiceError: it is none for pictures, or neither says how large they are.
    """
    lengths = [length if length > 0 else FREE for length in shape]
    if dtype is None or not lengths:  # encoded pictures have no shape, and sometimes it is unknown
        frames, height, width, first = lengths[0] if lengths else FREE, FREE, FREE, False
    elif len(lengths) == RANK and lengths[3] in (COLOURS, FREE) and (lengths[3] == COLOURS or lengths[1] != COLOURS):
        (frames, height, width, _), first = lengths, False
    elif len(lengths) == RANK and lengths[1] == COLOURS:
        (frames, _, height, width), first = lengths, True
    else:
        shown = f"[{', '.join('?' if length == FREE else str(length) for length in lengths)}]"
        want = f"[frames, height, width, {COLOURS}] or [frames, {COLOURS}, height, width]"
        raise ServiceError(f"{model} does not look at pictures: its input {name} is {shown}, not {want}")
    if frames not in (FREE, 1):
        raise ServiceError(f"{model} wants {frames} pictures at once, which is not supported: let it take any number")
    across, down = (options.size if length == FREE else length for length in (width, height))
    if not across or not down:
        raise ServiceError(f"{model} does not say how large its pictures are: set `size`, such as `size: 224`")
    if max(across, down) > LARGEST:
        raise ServiceError(f"{model} wants pictures of {across} x {down}; more than {LARGEST} pixels is not supported")
    return Entry(name, dtype, (across, down), first, 1 if frames == 1 else most, scaling_of(dtype, options))


def scaling_of(dtype: np.dtype[Any] | None, options: Classifier.Options) -> Scaling | None:
    """Return what becomes of the value of a pixel: integers stay, floats are as most models were trained."""
    if dtype is None or dtype.kind != "f":
        return None
    return asked_for(options) or USUAL
