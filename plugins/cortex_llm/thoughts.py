"""Drops what is not for the person: thoughts, as in `<think>…</think>`, and calls in the text. Knows no sentence."""

from __future__ import annotations

OPENING = ("<think>", "<thinking>", "<tool_call>")
CLOSING = ("</think>", "</thinking>", "</tool_call>")


class Thoughts:
    """Lets through, character by character, what is not between the tags, wherever the text was cut into pieces."""

    def __init__(self) -> None:
        self._deep = False
        self._tag = ""  # what may become a tag

    def feed(self, character: str) -> str:
        """Return what is let through by now."""
        if not self._tag and character != "<":
            return self._let(character)
        before, self._tag = self._tag, self._tag + character
        tag = self._tag.lower()
        if tag in OPENING or tag in CLOSING:
            self._deep, self._tag = tag in OPENING, ""
            return ""
        if any(known.startswith(tag) for known in (*OPENING, *CLOSING)):
            return ""
        if character == "<":
            self._tag = character
            return self._let(before)
        self._tag = ""
        return self._let(before + character)

    def end(self) -> str:
        """Return what looked like the beginning of a tag to the last."""
        rest, self._tag = self._tag, ""
        return self._let(rest)

    def _let(self, text: str) -> str:
        return "" if self._deep else text
