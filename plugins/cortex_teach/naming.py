"""What a thing may be called, and when two names are the same. Knows no store."""

from __future__ import annotations

import re
import unicodedata

from cortex import PluginError

LONGEST = 60
"""Characters that a name may have."""

AROUND = " \"'`´.,;:!?…¿¡“”„‟‘’‚‛«»‹›"
APOSTROPHES = str.maketrans("’‘ʼ`´", "'''''")
DASHES = re.compile(r"[\s\-\u2010-\u2015_]+")
TAG = re.compile(r"</?[^\W\d][^<>]*>|<!")
PATH = re.compile(r"[/\\]|~\w*(?:/|$)|[^\W\d]:[/\\]|.*\\|(?:.*/)?\.{1,2}(?:/|$)")
ARTICLES = re.compile(
    r"(?:(?:an?|the|my|your|our|his|her|its|their|this|that"
    r"|le|la|les|une?|des|mon|ma|mes|ton|ta|tes|son|sa|ses|notre|nos|votre|vos|leurs?|ce|cet|cette|ces) |[ld]')(?=\S)"
)
INVISIBLE = {"\u200b", "\u200e", "\u200f", "\u2060", "\ufeff", "\u00ad"}  # of no width, and of no use within a name
TURNING = {*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"}
"""Characters that turn the direction of all that follows, also of what is not the name."""
VARIANTS = {"\ufe0e", "\ufe0f"}  # say whether a character is drawn as an emoji


class NameRefused(PluginError, ValueError):  # noqa: N818 - it is the name that is refused
    """A thing cannot be called that; the text says why. Said and shown to the person, who may choose another."""


def checked(name: str) -> str:
    """Return a name as it is kept: composed (NFC), with single spaces, without quotes and punctuation around it.

    Emoji, quotes within, and a slash as in "AC/DC" may stand in a name. It is plain text wherever it is shown, and
    never the name of a file.

    Raises:
        NameRefused: it is empty or too long, has control characters, or is markup or a path.
    """
    text = "".join(character for character in unicodedata.normalize("NFC", name) if character not in INVISIBLE)
    text = " ".join(text.split())
    if any(unicodedata.category(character) in {"Cc", "Cs"} or character in TURNING for character in text):
        raise NameRefused("a name cannot have control characters")
    if TAG.search(text):
        raise NameRefused(f"{_shown(text)} has markup in it, which a name cannot have")
    bare = text.strip(AROUND)
    if PATH.match(text) or PATH.match(bare):
        raise NameRefused(f"{_shown(text)} is a path, not a name")
    text = unicodedata.normalize("NFC", bare)  # what was taken out may have stood between a letter and its accent
    if not any(unicodedata.category(character)[0] in "LNS" for character in text):
        raise NameRefused("a name needs a letter, a digit or an emoji")
    if len(text) > LONGEST:
        raise NameRefused(f"the name has {len(text)} characters; at most {LONGEST} are kept")
    return text


def key(name: str) -> str:
    """Return what is equal for names of the same thing: "The Sugar-Bowl" and "my sugar bowl" are one."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    plain = "".join(character for character in folded if character not in VARIANTS).translate(APOSTROPHES)
    words = DASHES.sub(" ", plain).strip() or plain.strip()
    while article := ARTICLES.match(words):
        words = words[article.end() :]
    return words


def _shown(text: str) -> str:
    return repr(text if len(text) <= LONGEST else f"{text[:LONGEST]}…")
