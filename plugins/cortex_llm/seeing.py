"""When a sentence is about what is in view, and the picture that goes along then. Knows no server."""

from __future__ import annotations

import asyncio
import base64
import re
from typing import TYPE_CHECKING

from cortex import encode_picture

if TYPE_CHECKING:
    from cortex import Session

TIMES = "morning|afternoon|evening|night|week|weekend|month|year|time|summer|winter|spring|autumn|way|moment|joke|story"
WORDS = {
    "en": rf"""
        see|sees|seeing|seen|look|looks|looking|watch|watching|spot|notice|view|camera|picture|photo|image|visible
        |show|showing|shown|wear|wears|wearing|hold(?!\ on)|holding|pointing|in\ my\ hands?|fingers?
        |colou?rs?|in\ front\ of|behind\ (?:me|you|us)|next\ to\ me|on\ (?:the|my)\ (?:table|desk|wall|floor)
        |in\ (?:the|this|my)\ room|over\ (?:here|there)|read\ (?:this|that|it|what)
        |who(?:['’]s|\ is|\ are|\ am)\ (?:he|she|it|that|there|here|they|i|with\ me)|what\ does\ (?:it|that)\ say
        |what(?:['’]s|\ is|\ are)\ (?:it|that|there)(?!\ (?:about|like|supposed))
        |(?:do\ i\ have|have\ i\ got)\ (?:here|there)
        |(?:this|these)(?!\ (?:{TIMES})\b)|that\ thing|those
    """,
    "fr": r"""
        vois|voit|voyez|voir|regarde\w*|aperçois|remarques?|caméra|photo|image|visible
        |montre\w*|porte|portes|portons|tiens|tenons|main|mains|doigts?|couleurs?
        |devant\ (?:moi|toi|vous|nous)|derrière\ (?:moi|toi|vous|nous)|à\ côté\ de\ moi
        |sur\ (?:la|ma)\ table|sur\ (?:le|mon)\ (?:bureau|mur)|dans\ (?:la|ma|cette)\ pièce
        |ceci|cela|celui-ci|celle-ci|celui-là|celle-là|cet\ objet|cette\ chose|ce\ truc
        |(?:c.est\ quoi|qu.est-ce\ que\ c.est\ que|comment\ s.appelle)\ ça
        |qui\ (?:est-ce|est\ (?:là|ici))|c.est\ qui|écrit|qu.est-ce\ que\ c.est|j.ai\ l.air|lis|lire
    """,
}
"""Words that a sentence about what is in view has, by language: a language more is an entry more."""
PATTERNS = {
    language: re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE | re.VERBOSE) for language, words in WORDS.items()
}
WAIT = 3.0  # seconds for a fresh frame


def is_about_view(text: str, language: str) -> bool:
    """Tell whether a sentence seems to be about what is in view; in a language that it does not know: by any list."""
    known = PATTERNS.get(language[:2].lower())
    patterns = [known] if known else PATTERNS.values()
    return any(pattern.search(text) for pattern in patterns)


async def picture(session: Session, side: int, *, eye: bool) -> str | None:
    """Return what the eye sees now as a data URL of a JPEG; `None`: the `eye` is not open, or no frame came."""
    if not eye:
        return None
    frame = await session.snap(WAIT)
    if frame is None:
        return None
    jpeg = await asyncio.to_thread(encode_picture, frame.image, side=side, quality=85)
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
