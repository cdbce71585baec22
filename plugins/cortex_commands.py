"""The commands that work the body, spoken or typed, in English and French, as in 2017: "open your eyes", "tais-toi"."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, NamedTuple

from msgspec import Meta

from cortex import Attend, BaseOptions, Cortex, Register, Say, Sentence, hookimpl

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cortex import Action, Session, Show


class Command(NamedTuple):
    """What a person may say, and what it means."""

    means: str
    language: str
    pattern: re.Pattern[str]


# What may stand round a command; anything else, such as "don't", makes it no command.
POLITE = {
    "en": "(?:please|now|again|hey|okay|ok|cortex|robot|and|then|so|just|(?:can|could|would|will) you|for me)",
    "fr": "(?:s'il (?:te|vous) plaît|maintenant|encore|ok|cortex|robot|et|alors|donc|(?:peux|pourrais) tu|là)",
}


def _command(means: str, language: str, pattern: str) -> Command:
    return Command(means, language, re.compile(rf"(?:{POLITE[language]} )*(?:{pattern})(?: {POLITE[language]})*"))


# Tried in this order on a whole sentence in lower case, without punctuation, with spaces for hyphens.
COMMANDS = (
    _command("open eyes", "en", r"open (?:your |the )?eyes?|wake up"),
    _command("open eyes", "fr", r"ouvre[zs]? (?:les|tes|vos) yeux|ouvrez l'œil|réveille toi"),
    _command("close eyes", "en", r"(?:close|shut) (?:your |the )?eyes?"),
    _command("close eyes", "fr", r"ferme[zs]? (?:les|tes|vos) yeux"),
    _command("open ears", "en", r"(?:start listening|listen to me|open your ears)"),
    _command("open ears", "fr", r"(?:écoute[zs]? moi|ouvre[zs]? (?:les|tes|vos) oreilles)"),
    _command("close ears", "en", r"(?:stop listening|close your ears)"),
    _command("close ears", "fr", r"(?:arrête[zs]? d'écouter|n'écoute[zs]? plus|ferme[zs]? (?:les|tes|vos) oreilles)"),
    _command("be quiet", "en", r"(?:be )?quiet|be silent|silence|shut up|stop talking"),
    _command("be quiet", "fr", r"tais toi|taisez vous|arrête[zs]? de parler|silence|chut"),
    _command("speak", "en", r"(?:you (?:can|may) )?(?:speak|talk) again|you (?:can|may) (?:speak|talk)|speak to me"),
    _command("speak", "fr", r"(?:tu peux|vous pouvez) parler|parle[zs]? (?:moi|de nouveau|à nouveau)|reparle"),
    _command("look", "en", r"what (?:do|can) you see|what(?: i|')s (?:this|that|it)|what am i (?:showing|holding).*"),
    _command("look", "en", r"who do you see|look at (?:this|that)"),
    _command(
        "look", "fr", r"(?:que|qui|quoi) vois tu|(?:que|qui) voyez vous|qu'est ce que (?:tu vois|vous voyez|c'est)"
    ),
    _command("look", "fr", r"tu vois quoi|c'est quoi|regarde[zs]? (?:ça|ceci)"),
)

ATTENTION = {
    "open eyes": Attend("vision", "open"),
    "close eyes": Attend("vision", "closed"),
    "open ears": Attend("hearing", "open"),
    "close ears": Attend("hearing", "closed"),
    "be quiet": Attend("voice", "closed"),
    "speak": Attend("voice", "open"),
}

WORDS = {
    "en": {
        "open eyes": "My eyes are open.",
        "close eyes": "My eyes are closed.",
        "open ears": "I'm listening.",
        "close ears": "I don't listen any more. You can type, or press Ear.",
        "be quiet": "I'll be quiet. I still write.",
        "speak": "I'm speaking again.",
        "sure": "I see: {name}.",
        "unsure": "I'm not sure. It could be: {name}.",
        "nothing": "I see nothing. Is the camera on?",
    },
    "fr": {
        "open eyes": "J'ouvre les yeux.",
        "close eyes": "Je ferme les yeux.",
        "open ears": "Je vous écoute.",
        "close ears": "Je n'écoute plus. Vous pouvez écrire, ou appuyer sur « Oreille ».",
        "be quiet": "Je me tais. J'écris encore.",
        "speak": "Je parle de nouveau.",
        "sure": "Je vois : {name}.",
        "unsure": "Je ne suis pas sûr. Peut-être : {name}.",
        "nothing": "Je ne vois rien. La caméra est-elle allumée ?",
    },
}


class Commands(Cortex):
    """Opens and closes eyes, ears and mouth when told to."""

    perceives = frozenset({"hearing", "reading"})

    async def perceive(self, stimulus: Sentence, session: Session) -> AsyncIterator[Action]:
        command = understand(stimulus.text)
        if command is not None and command.means in ATTENTION:
            yield ATTENTION[command.means]
            yield Say(WORDS[command.language][command.means], command.language)


class Looking(Cortex):
    """Says what it sees when it is asked. A cortex of its own, so that a command need not wait until it has looked."""

    class Options(BaseOptions):
        """How it looks when it is asked."""

        patience: Annotated[float, Meta(gt=0)] = 5.0
        """Seconds to wait for a fresh look, for which a shut eye opens."""

    perceives = frozenset({"hearing", "reading"})

    async def perceive(self, stimulus: Sentence, session: Session) -> Say | None:
        command = understand(stimulus.text)
        if command is None or command.means != "look":
            return None
        # A fresh look, so that the answer is about this moment, and those who look `on: ask` only look too.
        view = await session.look(self.options.patience) or session.view()
        topic = view.labels[0].name if view and view.labels else ""
        return Say(describe(view, WORDS[command.language]), command.language, topic)


@lru_cache(maxsize=64)
def understand(text: str) -> Command | None:
    """Return the command that a sentence is, or `None`."""
    plain = " ".join(re.sub(r"[^\w']", " ", text.casefold().replace("’", "'")).split())
    return next((command for command in COMMANDS if command.pattern.fullmatch(plain)), None)


def describe(view: Show | None, words: dict[str, str]) -> str:
    """Say in words what is in view."""
    if view is None or not (view.labels or view.text):
        return words["nothing"]
    name = view.labels[0].name if view.labels else view.text
    return words["sure" if view.sure else "unsure"].format(name=name)


@hookimpl
def register_cortexes(register: Register[Cortex]) -> None:
    register("commands", Commands)
    register("looking", Looking)
