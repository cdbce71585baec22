"""From labels to the names of folders, which no system misunderstands and no two labels share. Knows no store."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterable

UNLABELLED = "unlabelled"
LONGEST = 100  # bytes
FORBIDDEN = frozenset('/\\:*?"<>|%~#')  # to a system or a URL; % and ~ have a meaning here
RESERVED = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}
)


class Folders:
    """Which folder a label has. `taken` are the folders that there are already."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._labels = {name.casefold(): label_of(name) for name in taken if "~" not in name}

    def folder(self, label: str) -> str:
        """Return the folder of a label; an empty one is `unlabelled`.

        Where there is one already that differs in upper and lower case only, which some systems take for the same, it
        gets a mark of its own.
        """
        label = unicodedata.normalize("NFC", label).strip()
        if not label:
            return UNLABELLED
        name = _escaped(label)
        if len(name.encode()) > LONGEST:
            return _marked(name, label)
        return name if self._labels.setdefault(name.casefold(), label) == label else _marked(name, label)


def label_of(folder: str) -> str:
    """Return the label that a folder was named after, unless it has a mark: then the records alone know."""
    return "" if folder == UNLABELLED else unquote(folder, errors="surrogatepass")


def _escaped(label: str) -> str:
    name = "".join(char if char.isprintable() and char not in FORBIDDEN else _escape(char) for char in label)
    if name.endswith("."):
        name = name[:-1] + _escape(".")
    if name.startswith(".") or name.partition(".")[0].rstrip().casefold() in RESERVED or name.casefold() == UNLABELLED:
        name = _escape(name[0]) + name[1:]
    return name


def _escape(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogatepass"))


def _marked(name: str, label: str) -> str:
    mark = "~" + hashlib.sha256(label.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    begun = name.encode()[: LONGEST - len(mark)].decode(errors="ignore")
    return begun.rstrip(". ") + mark
