"""Takes the markup out of what is said: nobody wants to hear asterisks. Knows no sentence."""

from __future__ import annotations

import re

STEPS = (
    (re.compile(r"^\s*(?:(?:[-*+•–]|#{1,6}|>)\s+)+"), ""),  # bullets, headings, quotations
    (re.compile(r"!?\[([^\]]*)\]\([^)]*\)"), r"\1"),  # links and pictures
    (re.compile(r"<(https?://[^>\s]+)>"), r"\1"),
    (re.compile(r"`+|~~"), ""),
    (re.compile(r"(?<!\d)\*+(?=\S)|(?<=\S)\*+(?!\d)"), ""),  # but not in 2*3 or 2 * 3
    (re.compile(r"(?<!\w)_+(?=\S)|(?<=\S)_+(?!\w)"), ""),  # but not in snake_case
    (re.compile(r"^\s*\|\s*|\s*\|\s*$"), ""),  # tables
    (re.compile(r"\s*\|\s*"), ", "),
    (re.compile(r"[ \t\r\n]+"), " "),
)


def plain(text: str) -> str:
    """Return a sentence as it is said; empty where there is nothing in it to say."""
    for pattern, instead in STEPS:
        text = pattern.sub(instead, text)
    return text.strip() if any(character.isalnum() for character in text) else ""
