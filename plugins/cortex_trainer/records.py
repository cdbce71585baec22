"""What the plugin `recorder` noted of its pictures, in JSON lines beside the folders; else what file names tell."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MOMENT = re.compile(r"(\d{8})[T_-]?(\d{6})(?:[-_](\d{3})\b)?")
"""A date and a time in a file name, such as 20261122T235150-042."""


@dataclass(frozen=True)
class Record:
    """What is known of a picture besides what it shows."""

    label: str = ""
    session: str = ""
    """Who saw it."""
    when: float | None = None
    """Seconds since 1970."""


class Records:
    """The records of a folder, by the path of the picture in it."""

    def __init__(self, root: Path) -> None:
        """Read them; a line that is none of the recorder's tells nothing."""
        self._root = root
        self._records: dict[str, Record] = {}
        for path in sorted(root.glob("*.jsonl")):
            for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
                with suppress(ValueError, RecursionError):  # one that is cut off, for instance
                    told = json.loads(line)
                    if isinstance(told, dict) and isinstance(file := told.get("file"), str):
                        self._records[file] = _record(told)

    def of(self, picture: Path) -> Record:
        """Return what is known of a picture."""
        found = self._records.get(picture.relative_to(self._root).as_posix(), Record())
        return found if found.when is not None else Record(found.label, found.session, _moment(picture.stem))

    def label(self, folder: Path, pictures: list[Path]) -> str:
        """Return the label that a folder stands for: what its pictures were recorded as, or its name."""
        said = (self.of(picture).label for picture in pictures)
        return next((label for label in said if label), unquote(folder.name))


def _record(told: Mapping[str, Any]) -> Record:
    when = None
    with suppress(ValueError, OverflowError):
        when = datetime.fromisoformat(str(told.get("when"))).timestamp()
    label, session = (value if isinstance(value := told.get(key), str) else "" for key in ("label", "session"))
    return Record(label.strip(), session, when)


def _moment(stem: str) -> float | None:
    """Return the time that a file name tells."""
    found = MOMENT.search(stem)
    if found is None:
        return None
    try:
        moment = datetime.strptime(found[1] + found[2], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:  # these digits are no time
        return None
    return moment.timestamp() + int(found[3] or 0) / 1000
