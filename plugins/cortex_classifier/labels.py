"""The names of what a model knows: where they are found, and whether they fit it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cortex import ModelError
from cortex_classifier.model import first_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cortex_classifier.model import Output

LANGUAGE = re.compile("[a-z]{2}")
PADDED = {1008: 1001}
"""Scores that have no name: the Inception of 2017 gives 1,008, of which its 1,001 labels name the first."""


class Labels(NamedTuple):
    """Names, in the order of a model's scores."""

    names: tuple[str, ...]
    source: str
    """The file that they come from, for messages."""


def find_labels(option: str, model: Path, inside: Callable[[], Labels | None] = lambda: None) -> Labels:
    """Return the labels that the option names, else those beside the model, else those inside it.

    Raises:
        ModelError: there are none, or they cannot be read.
    """
    if option:
        path = Path(option).expanduser()
        if not path.is_file():
            raise ModelError(f"{path}: there is no such file of labels")
        return read_labels(path)
    stem = model.with_suffix("") if model.is_file() else model
    beside = (Path(f"{stem}.labels.txt"), model.parent / "labels.txt", Path(f"{stem}.txt"))
    inner = (model / "labels.txt", model / "assets" / "labels.txt") if model.is_dir() else ()
    for path in (*inner, *beside):
        if path.is_file():
            return read_labels(path)
    labels = inside()
    if labels is None:
        raise ModelError(f"{model} has no labels: set `labels`, or put them beside it as {beside[0].name}, one a line")
    return labels


def read_labels(path: Path) -> Labels:
    """Return the labels in a file."""
    try:
        return parse_labels(path.read_bytes(), str(path))
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {first_line(error)}") from error


def translations(labels: Labels) -> dict[str, dict[str, str]]:
    """Return, by language, the labels in files such as `labels.fr.txt` beside `labels.txt`, by the label itself.

    Raises:
        ModelError: one of them cannot be read, or does not have as many.
    """
    path = Path(labels.source)
    found: dict[str, dict[str, str]] = {}
    for other in path.parent.glob(f"{path.stem}.*.txt") if path.is_file() else ():
        language = other.suffixes[-2][1:]
        if LANGUAGE.fullmatch(language):
            names = read_labels(other).names
            if len(names) != len(labels.names):
                raise ModelError(f"{other} has {len(names)} labels, but {path} has {len(labels.names)}")
            found[language] = dict(zip(labels.names, names, strict=True))
    return found


def parse_labels(data: bytes, source: str) -> Labels:
    """Return the labels in a text: one a line, UTF-8; empty lines at its end do not count."""
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise ModelError(f"{source} is no file of labels, one a line in UTF-8: {first_line(error)}") from error
    names = [line.strip() for line in lines]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise ModelError(f"{source} is no file of labels: it is empty")
    return Labels(tuple(names), source)


def fitting(outputs: Mapping[str, Output], labels: Labels, model: Path | str) -> str:
    """Return the name of the output that the labels name.

    Raises:
        ModelError: there is none; both numbers are named.
    """
    have = len(labels.names)
    fit = [name for name, output in outputs.items() if have in (output.length, PADDED.get(output.length))]
    if fit:
        return min(fit, key=lambda name: outputs[name].ending != "probabilities")
    counts = " or ".join(str(count) for count in dict.fromkeys(output.length for output in outputs.values()))
    raise ModelError(f"{model} gives {counts} scores, but {labels.source} has {have} labels; they must be as many")
