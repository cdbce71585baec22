"""Drops what is not for the person: thoughts, as in `<think>…</think>`, and calls in the text. Knows no sentence."""

from __future__ import annotations

OPENING = ("<think>", "<thinking>", "<tool_call>")
CLOSING = ("</think>", "</thinking>", "</tool_call>")
CALL = (OPENING[-1], CLOSING[-1])


class Thoughts:
    """Lets through, character by character, what is not between the tags, wherever the text was cut into pieces.

    Where it is expected to begin inside a thought, what turns out to be none is let through once that is known.
    """

    def __init__(self, *, inside: bool = False) -> None:
        self.unopened = False
        """Whether a thought was closed that was never opened: all that came before was one."""
        self._deep = inside
        self._expected = inside  # it is in a thought, as far as is known
        self._kept = ""  # what it holds
        self._tag = ""  # what may become a tag

    def feed(self, character: str) -> str:
        """Return what is let through by now."""
        if not self._tag and character != "<":
            return self._let(character)
        before, self._tag = self._tag, self._tag + character
        tag = self._tag.lower()
        if tag in OPENING or tag in CLOSING:
            self._tag = ""
            return self._turn(tag)
        if any(known.startswith(tag) for known in (*OPENING, *CLOSING)):
            return ""
        if character == "<":
            self._tag = character
            return self._let(before)
        self._tag = ""
        return self._let(before + character)

    def end(self) -> str:
        """Return what looked like the beginning of a tag, or of a thought, to the last."""
        rest, self._tag = self._tag, ""
        return self._kept + rest if self._expected else self._let(rest)

    def _turn(self, tag: str) -> str:
        """Go into a thought or a call, or out of it; return what was held for a thought and is none."""
        expected, kept = self._expected, self._kept
        self._expected, self._kept = False, ""
        inside, self._deep = self._deep and not expected, tag in OPENING
        if tag in CALL:
            return ""
        if not self._deep and not inside:
            self.unopened = True
        return kept if self._deep else ""

    def _let(self, text: str) -> str:
        if self._expected:
            self._kept += text
        return "" if self._deep else text
