"""What it says, in English and in French. Knows no picture."""

from __future__ import annotations

from cortex import Say

WORDS = {
    "en": {
        "thing": "I see: {name}.",
        "logo": "I see the logo of: {name}.",
        "landmark": "I recognise this place: {name}.",
        "unsure": "I'm not sure. It could be: {name}.",
        "unknown": "I see nothing that I know.",
        "blind": "I could not take a picture.",
        "textless": "I can read nothing there.",
        "nobody": "I see nobody.",
        "one": "I see one person; I cannot tell who it is.",
        "many": "I see {count} people; I cannot tell who they are.",
        "face": "face",
        "counted one": "one face",
        "counted many": "{count} faces",
    },
    "fr": {
        "thing": "Je vois : {name}.",
        "logo": "Je vois le logo de : {name}.",
        "landmark": "Je reconnais ce lieu : {name}.",
        "unsure": "Je ne suis pas sûr. Peut-être : {name}.",
        "unknown": "Je ne vois rien que je connaisse.",
        "blind": "Je n'ai pas pu prendre d'image.",
        "textless": "Je n'y vois rien à lire.",
        "nobody": "Je ne vois personne.",
        "one": "Je vois une personne ; je ne peux pas dire qui c'est.",
        "many": "Je vois {count} personnes ; je ne peux pas dire qui c'est.",
        "face": "visage",
        "counted one": "un visage",
        "counted many": "{count} visages",
    },
}
NUMBERS = {
    "en": ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    "fr": ("deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"),
}
LONGEST = 600  # characters that are read aloud


def text(what: str, language: str, **values: str) -> str:
    """Return a sentence in a language, a BCP 47 tag; in English where it knows no other."""
    return WORDS[_known(language)][what].format(**values)


def say(what: str, language: str, *, topic: str = "", **values: str) -> Say:
    """Return a sentence to say."""
    tag = language if language and _known(language) == language[:2].lower() else "en"
    return Say(text(what, tag, **values), tag if language else "", topic=topic)


def people(count: int, language: str) -> Say:
    """Say how many people there are."""
    if count < 2:
        return say("one" if count else "nobody", language)
    return say("many", language, count=_number(count, language))


def faces(count: int, language: str) -> str:
    """Return how many faces there are, to show; nothing where there are none."""
    if count < 2:
        return text("counted one", language) if count else ""
    return text("counted many", language, count=_number(count, language))


def aloud(written: str) -> str:
    """Return a text as it is read aloud: in one line, and not for ever."""
    line = " ".join(written.split())
    return line if len(line) <= LONGEST else line[:LONGEST].rpartition(" ")[0] + " …"


def spoken(name: str) -> str:
    """Return a name as it stands within a sentence: Google begins them all with a capital, `Coffee cup`."""
    return name.lower() if name[1:].islower() else name


def _number(count: int, language: str) -> str:
    words = NUMBERS[_known(language)]
    return words[count - 2] if count - 2 < len(words) else str(count)


def _known(language: str) -> str:
    return "fr" if language[:2].lower() == "fr" else "en"
