"""How a text is compared: without what speech recognisers and people write now one way and now another."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 120  # characters: no sentence that is understood is longer, and what is longer takes no time
KEPT = "'-.&_<>{}[]/\\|@#$%^*=~+`"  # of punctuation: within names, and what makes a text no name at all
AT_THE_EDGE = re.compile(r"(?<!\w)['.&-]+|['.&-]+(?!\w)")


class Folds(dict[int, str]):
    """A table for `str.translate`: Latin letters without accents, spaces for hyphens; each one character long."""

    def __missing__(self, code: int) -> str:
        base = unicodedata.normalize("NFD", chr(code))[0]
        self[code] = base if base.isascii() and base.isalpha() else chr(code)
        return self[code]


FOLDS = Folds({ord("-"): " "})


def tidy(text: str) -> str:
    """Return a sentence without punctuation, in one spelling of each letter and apostrophe."""
    text = unicodedata.normalize("NFC", text).replace("’", "'").replace("ʼ", "'")
    text = "".join(letter if unicodedata.category(letter)[0] in "LMN" or letter in KEPT else " " for letter in text)
    return " ".join(AT_THE_EDGE.sub(" ", text).split())


def fold(text: str) -> str:
    """Return a tidy text as it is compared; every character keeps its place."""
    return text.translate(FOLDS)
