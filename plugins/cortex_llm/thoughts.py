"""Drops what is not for the person: thoughts, as in `<think>…</think>`, and calls in the text. Knows no sentence."""

from __future__ import annotations

OPENING = ("<think>", "<thinking>", "<tool_call>")
CLOSING = ("</think>", "</thinking>", "</tool_call>")
CALL = (OPENING[-1], CLOSING[-1])


class Thoughts:
    """Lets through, character by character, what is not between the tags, wherever the text was cut into pieces.

    Where it is expected to begin `inside` a thought, what is no thought after all is let through at the end.
    """

    def __init__(self, *, inside: bool = False) -> None:
        self.unopened = False
        """Whether a thought was closed that was never opened."""
        self.expected = inside
        """Whether it is in a thought only as far as is expected: neither its beginning nor its end has come."""
        self._thinking = inside
        self._calling = False
        self._kept = ""  # what came of what is expected to be a thought
        self._tag = ""  # what may become a tag

    def feed(self, character: str) -> str:
        """Return what is let through by now."""
        if not self._tag and character != "<":
            return self._let(character)
        before, self._tag = self._tag, self._tag + character
        tag = self._tag.lower()
        if tag in OPENING or tag in CLOSING:
            self._tag = ""
            self._turn(tag)
            return ""
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
        return self._kept + rest if self.expected else self._let(rest)

    def _turn(self, tag: str) -> None:
        """Go into a thought or a call, or out of it."""
        begins = tag in OPENING
        if tag in CALL:
            self._calling = begins
            return
        self.unopened = self.unopened or not (begins or self._thinking)
        self._thinking, self.expected = begins, False

    def _let(self, text: str) -> str:
        if self.expected and not self._calling:
            self._kept += text
        return "" if self._thinking or self._calling else text
