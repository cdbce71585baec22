"""The folder that is trained on: one folder a label, as `tf.keras.utils.image_dataset_from_directory` reads it.

Knows no model.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cortex import CortexError
from cortex_trainer.records import Records

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

UNLABELLED = "unlabelled"
"""The folder of pictures that nobody has named: it is left out."""
ENDINGS = {".bmp", ".gif", ".jpeg", ".jpg", ".png", ".webp"}
"""Of files that are taken for pictures; whether they can be read is seen later."""
FEWEST_LABELS = 2
FEWEST_PICTURES = 5
LONGEST = 60
"""Characters that a label may have: it is shown, and said aloud."""


class FolderError(CortexError):
    """A folder cannot be trained on. `cortex train` shows it, and ends with exit code 2."""


@dataclass(frozen=True)
class Folder:
    """Labels, and the pictures of each."""

    root: Path
    pictures: dict[str, list[Path]]
    """By label."""
    records: Records
    unlabelled: int
    """How many pictures are left out because nobody has named them."""
    aside: int
    """How many pictures lie beside the folders, where they have no label."""

    @property
    def labels(self) -> list[str]:
        """Return the labels in the order of the model's scores."""
        return list(self.pictures)


def read(root: Path) -> Folder:
    """Return what lies in a folder.

    Raises:
        FolderError: it is none, has no folders in it, or labels that cannot be said or told apart.
    """
    if not root.is_dir():
        raise FolderError(f"{root}: {'this is a file, not a folder' if root.exists() else 'there is no such folder'}")
    try:
        inner = sorted(path for path in root.iterdir() if path.is_dir() and not path.name.startswith("."))
        records = Records(root)
        found = {path: list(_pictures(path)) for path in inner}
        aside = sum(path.suffix.lower() in ENDINGS for path in root.iterdir() if path.is_file())
    except OSError as error:
        raise FolderError(f"{root} cannot be read: {error.strerror or error}") from error
    unlabelled = len(found.pop(root / UNLABELLED, ()))
    if not found:
        raise FolderError(
            f"{root} has no folders of pictures; put the pictures of each thing into a folder with its name: "
            f"{root / 'mug'}, {root / 'plant'}"
        )
    pictures: dict[str, list[Path]] = {}
    for path, inside in found.items():
        pictures.setdefault(_checked(records.label(path, inside)), []).extend(inside)
    return Folder(root, pictures, records, unlabelled, aside)


def check_counts(root: Path, counts: dict[str, int]) -> None:
    """See to it that there is enough to learn from; `counts` is the number of readable pictures of each label.

    Raises:
        FolderError: there is not; it says what, how much is missing, and what to do.
    """
    few = {label: count for label, count in counts.items() if count < FEWEST_PICTURES}
    if len(counts) < FEWEST_LABELS:
        have = _listed(counts)
        raise FolderError(
            f"{root} has pictures of one thing only: {have}; a model tells things apart, so it needs at least "
            f"{FEWEST_LABELS} folders with {FEWEST_PICTURES} pictures each. Make one of other things, such as "
            f"{root / 'something else'}"
        )
    if few:
        raise FolderError(
            f"too few pictures to learn from: {_listed(few)}; each thing needs at least {FEWEST_PICTURES}, better 20. "
            f"Add some, or take the folder out of {root}"
        )


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{label!r} has {count}" for label, count in counts.items())


def _pictures(folder: Path) -> Iterator[Path]:
    """Yield the pictures below a folder, however deep, as Keras does."""
    paths: Sequence[Path] = sorted(folder.rglob("*"))
    for path in paths:
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix.lower() in ENDINGS and path.is_file() and not hidden:
            yield path


def _checked(label: str) -> str:
    if len(label) > LONGEST:
        begun = f"the label {label[:LONGEST]!r}... has {len(label)} characters"
        raise FolderError(f"{begun}, {LONGEST} at most; give the folder a shorter name")
    if label != label.strip() or not label.isprintable():
        raise FolderError(f"the label {label!r} begins or ends with a space, or cannot be shown; rename the folder")
    return label
