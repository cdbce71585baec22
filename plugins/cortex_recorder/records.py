"""The JSON lines beside the pictures: when, session, label, who said so. Knows no store."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cortex_recorder.backlog import Picture

LINES = 200  # a file: an object store cannot append, so that the last one is written anew each time


class Records:
    """The lines of one run, in files of so many each."""

    def __init__(self) -> None:
        self._run = f"records-{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
        self._number = 1
        self._lines: list[bytes] = []
        self.unsaved = False
        """Whether there are lines that the store does not have."""

    @property
    def path(self) -> str:
        """The name of the last file, beside the folders."""
        return f"{self._run}-{self._number:04}.jsonl"

    @property
    def content(self) -> bytes:
        """What is in it."""
        return b"".join(self._lines)

    def add(self, picture: Picture, path: str) -> int:
        """Add the line of a picture that was stored; return how many bytes it takes."""
        if len(self._lines) >= LINES and not self.unsaved:
            self._lines, self._number = [], self._number + 1
        self._lines.append(line(picture, path))
        self.unsaved = True
        return len(self._lines[-1])

    def saved(self) -> None:
        """Take note that the store has them all."""
        self.unsaved = False


def line(picture: Picture, path: str) -> bytes:
    """Return the line of a picture."""
    told = {
        "file": path,
        "when": datetime.fromtimestamp(picture.when, UTC).isoformat(timespec="milliseconds"),
        "captured": picture.captured,
        "session": picture.session,
        "id": picture.id,
        "sense": picture.sense,
        "label": picture.label or None,
        "by": picture.by or None,
        "score": picture.score,
    }
    return json.dumps(told, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def file_name(when: float) -> str:
    """Return a name for a picture, which sorts by time and is that of no other."""
    moment = datetime.fromtimestamp(when, UTC)
    return f"{moment:%Y%m%dT%H%M%S}-{moment.microsecond // 1000:03}-{secrets.token_hex(4)}.jpg"
