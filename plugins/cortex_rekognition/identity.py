"""A person's name as Rekognition keeps it, and back. Knows no service.

An ExternalImageId has letters of ASCII, digits, `_`, `.`, `-` and `:`, 255 at most. Everything else of a name is
written as in URLs, in UTF-8, but with `:` for `%`: *Zoé Du Pont* is `Zo:C3:A9:20Du:20Pont`.
"""

from __future__ import annotations

import unicodedata
from urllib.parse import quote, unquote

LONGEST = 255  # characters


def tidy(name: str) -> str:
    """Return a name as it is kept: composed, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def identity_of(name: str) -> str:
    """Return what a name is kept as.

    Raises:
        ValueError: it is empty or too long.
    """
    name = tidy(name)
    if not name:
        raise ValueError("the name is empty")
    identity = quote(name, safe="").replace("~", "%7E").replace("%", ":")
    if len(identity) > LONGEST:
        text = (
            f"the name is too long: AWS keeps {LONGEST} characters, of which an accent or a space takes three or more"
        )
        raise ValueError(text)
    return identity


def name_of(identity: str) -> str:
    """Return the name; of what was not enrolled by this plugin, what it is kept as."""
    try:
        name = unquote(identity.replace(":", "%"), errors="strict")
        return name if identity_of(name) == identity else identity
    except ValueError:
        return identity
