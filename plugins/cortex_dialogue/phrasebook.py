"""What the cortexes of a conversation share: all languages, to understand in them and to answer in them."""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from cortex import PluginError, Say
from cortex_dialogue.language import FOLDER, load
from cortex_dialogue.understanding import Understanding, primary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cortex import Session
    from cortex_dialogue.language import Ability, Language
    from cortex_dialogue.understanding import Understood

# What has to be perceived for an ability that is not another cortex' to take what was meant: nothing, or a sense.
NEEDS = {"look": "vision", "photo": "vision", "body": "", "voice": ""}

# What a sentence means where no enabled plugin ever takes what it really means.
INSTEAD = {"people": "look"}

# What is talk where there is nothing to look with: who talks freely may see.
SIGHTS = {"look": "vision", "read": "meaning:read"}

_making = threading.Lock()


class Turns:
    """How often each thing was said in a session, so that the next time it is said otherwise."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def next(self, what: str) -> int:
        """Return how often it was said before."""
        count = self._counts.get(what, 0)
        self._counts[what] = count + 1
        return count


class Phrasebook:
    """Understands sentences, and answers them in their language."""

    def __init__(self, languages: Mapping[str, Language]) -> None:
        self._languages = languages
        self.understanding = Understanding(languages)

    def understand(self, text: str, language: str, session: Session) -> tuple[Understood | None, str]:
        """Return what a sentence means, or `None`, and the BCP 47 tag of the language to answer in."""
        tag = language or session.language
        understood = self.understanding.understand(text, tag)
        if understood is not None:
            answered = tag if primary(tag) == understood.language else understood.language
            intent = understood.intent
            if intent in INSTEAD and self._is_nobodys(f"meaning:{intent}", session):
                intent = INSTEAD[intent]
            if intent in SIGHTS and self._is_nobodys(SIGHTS[intent], session) and session.perceived("meaning:talk"):
                return None, answered
            return understood._replace(intent=intent), answered
        known = (each for each in (tag, session.language, "en") if primary(each) in self._languages)
        return None, next(known, next(iter(self._languages)))

    @staticmethod
    def _is_nobodys(kind: str, session: Session) -> bool:
        """Tell whether no enabled plugin perceives something, not even one that cannot now."""
        return not session.perceived(kind) and session.hindrance(kind) is None

    def hindered(self, kind: str, tag: str, session: Session, *, tact: float = 0.0) -> Say | None:
        """Say which plugin would take something, and why it does not; `None`: one does, or there is none."""
        hindrance = session.hindrance(kind)
        if hindrance is None:
            return None
        return Say(self.text(f"plugin {hindrance.why}", tag, session, plugin=hindrance.plugin), tag, hesitate=tact)

    def answers(self, what: str, tag: str) -> bool:
        """Tell whether there is an answer of a name."""
        return what in self._languages[primary(tag)].answers

    def text(self, what: str, tag: str, session: Session, **values: str) -> str:
        """Return an answer: of several, the next one."""
        code = primary(tag)
        answers = self._languages[code].answers[what]
        return answers[session.state(Turns).next(f"{code} {what}") % len(answers)].format(**values)

    def say(self, what: str, tag: str, session: Session, *, topic: str = "", **values: str) -> Say:
        """Return an answer to say."""
        return Say(self.text(what, tag, session, **values), tag, topic)

    def puzzled(self, tag: str, session: Session, tact: float) -> Say:
        """Say that nothing was understood, unless others answer, with two examples, each time others."""
        known = [ability.example for ability in self._abilities(tag, session)]
        turn = 2 * session.state(Turns).next("examples")
        first, second = (known[(turn + number) % len(known)] for number in range(2))
        examples = self.text("or", tag, session, first=first, second=second)
        return Say(self.text("puzzled", tag, session, examples=examples), tag, hesitate=tact)

    def abilities(self, tag: str, session: Session) -> Say:
        """Say what it can do, and how to have it done."""
        abilities = list(self._abilities(tag, session))
        *rest, last = [ability.phrase for ability in abilities]
        phrases = self.text("and", tag, session, first=", ".join(rest), last=last)
        example = abilities[session.state(Turns).next("example") % len(abilities)].example
        return self.say("abilities", tag, session, abilities=phrases, example=example)

    def _abilities(self, tag: str, session: Session) -> Iterator[Ability]:
        """Yield what can be done with the cortexes that there are: at least what needs none."""
        for name, ability in self._languages[primary(tag)].abilities.items():
            needs = NEEDS.get(name, f"meaning:{name}")
            if not needs or session.perceived(needs):
                yield ability


def phrasebook(folder: str) -> Phrasebook:
    """Return the languages that come with the plugin, and those of a folder, made once for all who ask.

    Raises:
        PluginError: there is no such folder, or a file in it is no language.
    """
    with _making:
        return _made(folder)


@cache
def _made(folder: str) -> Phrasebook:
    languages = load(FOLDER)
    if folder:
        path = Path(folder).expanduser()
        if not path.is_dir():
            raise PluginError(f"languages: there is no folder {folder!r}")
        languages |= load(path)
    return Phrasebook(languages)
