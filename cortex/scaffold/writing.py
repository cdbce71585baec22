"""Writes new files, all of them or none. Knows nothing of what stands in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def write_new(files: Mapping[Path, str]) -> None:
    """Write files that are not there yet, and the folders that they need; where that fails, nothing is left of it.

    Raises:
        FileExistsError: one of them is there; nothing is written.
        OSError: one cannot be written.
    """
    for path in files:
        if path.exists() or path.is_symlink():
            raise FileExistsError(f"{path} is there already")
    made: list[Path] = []
    try:
        for path, text in files.items():
            for folder in reversed([parent for parent in path.parents if not parent.exists()]):
                folder.mkdir()
                made.append(folder)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                made.append(path)
                file.write(text)
    except BaseException:  # Ctrl-C too leaves nothing behind
        for path in reversed(made):
            path.rmdir() if path.is_dir() else path.unlink()
        raise
