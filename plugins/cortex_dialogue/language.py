"""A language: what people say in it and what the bot answers, as the files in `sentences` hold it."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import msgspec

from cortex import PluginError

FOLDER = Path(__file__).parent / "sentences"

# What every language has answers for, and what is put into them. Others, such as for intents of your own, have nothing.
ANSWERS = {
    **dict.fromkeys(("hello", "goodbye", "thanks", "who", "nothing_said"), ""),
    **dict.fromkeys(("open_eyes", "close_eyes", "open_ears", "close_ears", "quiet", "speak"), ""),
    **dict.fromkeys(("louder", "softer", "slower", "faster"), ""),
    **dict.fromkeys(("sure", "unsure", "unknown"), "name"),
    **dict.fromkeys(("nothing", "blind", "photo", "caption"), ""),
    "abilities": "abilities example",
    "and": "first last",
    "or": "first second",
    "puzzled": "examples",
    **dict.fromkeys((f"plugin {why}" for why in ("off", "failed", "starting", "away", "spent", "busy")), "plugin"),
}
# What a template may have in braces: a name with an article or a capital letter, any name, any name that is no slot.
SLOTS = ("thing", "name", "other")
ABILITIES = ("body", "voice")  # that there always are, so that there is something to say


class Fillers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may stand round a sentence without changing it."""

    before: list[str]
    after: list[str]
    within: list[str] = []
    """What may also stand anywhere within it, but for sentences that end in a name: a name may have it."""


class Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which words may be the name of a thing."""

    articles: list[str]
    """What stands before a name and is no part of it; what ends in an apostrophe is written together with it."""
    mine: list[str]
    """The same, where the thing is the speaker's."""
    bare: list[str]
    """Names that need no article."""
    never: str
    """Words, divided by spaces, that no name has."""
    abstract: str
    """Words, divided by spaces, that are no things."""


class Ability(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that the bot can do."""

    phrase: str
    """How it goes on after "I can"."""
    example: str
    """What a person may say to have it done."""


class Language(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of sentences and answers."""

    fillers: Fillers
    sentences: dict[str, list[str]]
    """For each intent the templates of `hassil`."""
    names: Names
    answers: dict[str, list[str]]
    """For each thing that the bot may answer, the ways to say it."""
    abilities: dict[str, Ability]
    spellings: dict[str, str] = {}
    """Words as they may be written, and as the templates write them."""
    rules: dict[str, str] = {}
    """Parts of templates: `<name>` in a template stands for one."""


def load(folder: Path = FOLDER) -> dict[str, Language]:
    """Return the languages of a folder by their codes, which are the names of the files.

    Raises:
        PluginError: a file is no such language.
    """
    return {path.stem: _read(path) for path in sorted(folder.glob("*.yaml"))}


def _read(path: Path) -> Language:
    try:
        language = msgspec.yaml.decode(path.read_bytes(), type=Language)
        _check(language)
    except (OSError, ValueError) as error:
        raise PluginError(f"{path.name}: {error}") from error
    return language


def _check(language: Language) -> None:
    """Raise `ValueError` where something is missing that would be missed only when it is to be said."""
    missing = [what for what in ANSWERS if not language.answers.get(what)]
    missing += [what for what in ABILITIES if what not in language.abilities]
    if missing:
        raise ValueError(f"there is nothing to say for {', '.join(missing)}")
    known = {f"<{rule}>" for rule in language.rules} | {f"{{{slot}}}" for slot in SLOTS}
    for template in (*language.rules.values(), *(each for said in language.sentences.values() for each in said)):
        if strange := set(re.findall(r"<\w*>|{\w*}", template)) - known:
            raise ValueError(f"nothing is known of {', '.join(sorted(strange))} in {template!r}")
    for what, texts in language.answers.items():
        fields = set(ANSWERS.get(what, "").split())
        for text in texts:
            if strange := {field for _, field, _, _ in Formatter().parse(text) if field is not None} - fields:
                raise ValueError(f"answers.{what}: nothing is known of {', '.join(sorted(strange))} in {text!r}")
