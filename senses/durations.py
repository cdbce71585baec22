"""Durations as people write them in a config: 20m, 45s, 1h30m. Knows no sense."""

from __future__ import annotations

import re

WRITTEN = re.compile(r"(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,6})s)?")


def seconds_of(text: str, least: int) -> int:
    """Return the seconds of a duration.

    Raises:
        ValueError: it is none, or less than `least` seconds.
    """
    match = WRITTEN.fullmatch(text)
    if match is None or not text:
        raise ValueError(f"expected a duration such as 20m, 45s or 1h30m, got {text!r}")
    hours, minutes, seconds = (int(group or 0) for group in match.groups())
    total = hours * 3600 + minutes * 60 + seconds
    if total < least:
        raise ValueError(f"expected {least} s at least, got {text!r}")
    return total
