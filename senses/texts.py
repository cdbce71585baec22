"""Texts that come from elsewhere, and what is said of them: cleaned, cut, filled in. Knows no sense."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

# What no one sees and what turns the direction of a text. Joiners stay: emoji and some scripts need them.
UNSEEN = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
FIELD = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
NAME = re.compile(r"[\w-]+(?:\.[\w-]+)*")


def one_line(text: str) -> str:
    """Return a text in one line, without control characters, line ends and marks that no one sees."""
    kept = (" " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter for letter in UNSEEN.sub("", text))
    return " ".join("".join(kept).split())


def shortened(text: str, length: int) -> str:
    """Return a text of so many characters at most, with an ellipsis where it was cut."""
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


class Template:
    """A text with names in braces, such as `{user} mentioned you`; `{a.b}` is the `b` in `a`, `{{` is a brace.

    It knows nothing else: no attributes, no indexes, no format.

    Raises:
        ValueError: a brace is alone, what stands in braces is no name, or is none of the names `known`.
    """

    def __init__(self, text: str, known: tuple[str, ...] | None = None) -> None:
        self._parts: list[str | tuple[str, ...]] = []
        end = 0
        for match in FIELD.finditer(text):
            self._parts.append(text[end : match.start()])
            end = match.end()
            if match[0] in ("{{", "}}"):
                self._parts.append(match[0][0])
            elif match[1] is None:
                raise ValueError(f"a lone {match[0]!r} in {text!r}; write it twice to have it said")
            elif not NAME.fullmatch(match[1]) or (known is not None and match[1] not in known):
                allowed = "names such as {user} and {comment.user}" if known is None else f"{{{'}, {'.join(known)}}}"
                raise ValueError(f"{match[0]!r} in {text!r}; only {allowed} may stand in braces")
            else:
                self._parts.append(tuple(match[1].split(".")))
        self._parts.append(text[end:])

    def fill(self, values: Mapping[str, Any]) -> str:
        """Return the text with its names replaced by these values.

        Raises:
            KeyError: with the name that is missing, or that is neither a text nor a number nor a yes or no.
        """
        return "".join(part if isinstance(part, str) else _value(values, part) for part in self._parts)


def _value(values: Any, path: tuple[str, ...]) -> str:
    for key in path:
        if not isinstance(values, Mapping) or key not in values:
            raise KeyError(".".join(path))
        values = values[key]
    if isinstance(values, bool):
        return str(values).lower()
    if not isinstance(values, (str, int, float)):
        raise KeyError(".".join(path))
    return str(values)
