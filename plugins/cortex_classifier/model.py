"""What a model is: it turns a square of pixels into scores. Each kind of model has a file of its own."""

from __future__ import annotations

import difflib
import textwrap
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from cortex import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

# RGB, uint8[height, width, 3].
Pixels = NDArray[np.uint8]
# One number for each thing that the model knows, float32[n].
Scores = NDArray[np.float32]
# What a model saw before it named anything, float32[n].
Embedding = NDArray[np.float32]
# What a model's last operation makes: shares of certainty, unbounded logits, or nobody can tell.
Ending = Literal["probabilities", "logits", "unknown"]

ERRORS: tuple[type[Exception], ...]
ERRORS = (ValueError, TypeError, RuntimeError, OSError, LookupError, AttributeError)
"""What libraries raise over a model that they cannot use."""
WIDTH = 300
FEW = 8
RANK = 4


EMBEDDING = "embedding"
"""What a model calls its features that gives them by itself."""
FEATURES = "features of "
"""How `run` calls the features behind an output of a model that does not give them by itself, before its name."""


class Output(NamedTuple):
    """One of the outputs of a model."""

    length: int
    ending: Ending


class Model(Protocol):
    """A model, ready to run in several threads at once."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the pictures that it looks at."""

    @property
    def outputs(self) -> Mapping[str, Output]:
        """Its outputs by name."""

    @property
    def concurrency(self) -> int:
        """How many threads may run it at once to some profit."""

    @property
    def threshold(self) -> float | None:
        """The score from which it is sure, where it says so itself."""

    def features(self, output: str) -> str | None:
        """Return what `run` calls the features behind an output; `None`: it cannot be told where they are."""

    def run(self, pixels: Pixels, *outputs: str) -> list[Scores]:
        """Look once at a picture of exactly `size`; return some of the outputs as they are."""


@contextmanager
def refusing(path: Path, kind: str, *more: type[Exception]) -> Iterator[None]:
    """Turn whatever a library says of a file that it cannot use into one clear line."""
    errors = (*ERRORS, *more)
    try:
        yield
    except errors as error:
        raise ModelError(f"{path} is no {kind} that can be used: {first_line(error)}") from error


def first_line(error: BaseException) -> str:
    """Return the line that matters of what an error says, not too long, or the name of its class."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    text = lines[-1] if lines[0] == "in user code:" else lines[0]  # as TensorFlow begins its own tracebacks
    return textwrap.shorten(text, WIDTH, placeholder=" ...")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a hint at the nearest known names, or at all of them where there are few, or nothing."""
    names = {each.lower(): each for each in known}
    near = difflib.get_close_matches(name.lower(), names, 3, cutoff=0.6)
    if near:
        return f" (did you mean {' or '.join(names[each] for each in near)}?)"
    return f" (known: {', '.join(names.values())})" if 0 < len(names) <= FEW else ""


def pooled(values: NDArray[np.float32]) -> Scores:
    """Return features as a list: of a map of them the mean over its places."""
    if values.ndim == RANK:
        values = values.mean(axis=(1, 2))
    return values.reshape(-1)


def picture_size(shape: Sequence[int | None], size: int, path: Path) -> tuple[int, int]:
    """Return the width and height that an input of the shape `[1, height, width, 3]` asks for.

    Raises:
        ModelError: it is no input for pictures, or it does not say how large they are, and `size` does not either.
    """
    shown = f"[{', '.join('?' if length is None else str(length) for length in shape)}]"
    if len(shape) != RANK or shape[3] not in (3, None) or shape[0] not in (1, None):
        raise ModelError(f"{path} does not look at pictures: its input is {shown}, not [1, height, width, 3]")
    height, width = shape[1] or size, shape[2] or size
    if not height or not width:
        raise ModelError(f"{path} does not say how large its pictures are: set `size`, such as `size: 224`")
    return width, height
