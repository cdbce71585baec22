"""What the teacher says, by language; a language more is an entry more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cortex import Say

if TYPE_CHECKING:
    from collections.abc import Mapping

PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "ask": "Shall I remember this as “{name}”?",
        "ask instead": "I take this for “{other}”. Is it “{name}” instead?",
        "ask deny": "Shall I remember that this is not “{other}”?",
        "ask forget": "Shall I forget “{name}”, and {pictures} of it?",
        "ask undo": "Shall I undo that, and not know “{name}” by it?",
        "ask undo denied": "Shall I undo that, and take it for “{name}” again?",
        "ask undo forgotten": "Shall I undo that, and know “{name}” again?",
        "blank": "I see one colour only. Is something in front of the lens?",
        "correct": "Sorry. What is it? Say: “this is a …”.",
        "count": "I saw {name} {times} today.",
        "count none": "I have not seen {name} today.",
        "dark": "It is too dark: I see nothing.",
        "denied": "All right: that is not “{other}”.",
        "discarded": "All right, I forget that.",
        "forgotten": "I have forgotten “{name}”.",
        "known": "You taught me {things}: {names}.",
        "known more": "You taught me {things}, {names} and others.",
        "known none": "You have taught me nothing yet. Show me a thing and say: “this is my mug”.",
        "last seen": "I last saw {name} {when}.",
        "last seen never": "I have never seen {name}.",
        "learned": "I will remember: {name}.",
        "nothing new": "I know “{name}” like this already. Show it from another side.",
        "nothing": "I see nothing. Is the camera on?",
        "nothing to deny": "What did I say that was wrong? I cannot tell.",
        "nothing to undo": "There is nothing to undo.",
        "as you like": "As you like.",
        "not asked": "I did not ask anything.",
        "not kept": "I could not keep that: {why}.",
        "over": "That lesson is over.",
        "refused": "I cannot do that: {why}.",
        "remembered": "Yes, I remember {name}: I have {pictures} of it, the last of {when}.",
        "see": "I see: {name}.",
        "undone": "Undone: I did not learn “{name}”.",
        "undone denied": "Undone: I take it for “{name}” again.",
        "undone forgotten": "Undone: I know “{name}” again.",
        "unknown": "I do not know “{name}”.",
        "unknown near": "I do not know “{name}”. Do you mean “{near}”?",
        # Parts
        "picture": "a picture",
        "pictures": "{n} pictures",
        "thing": "one thing",
        "things": "{n} things",
        "and": " and ",
        "once": "once",
        "twice": "twice",
        "times": "{n} times",
        "today": "today at {time}",
        "yesterday": "yesterday at {time}",
        "date": "on {day} {month}",
        "mine": "your {name}",
        "months": "January February March April May June July August September October November December",
    },
    "fr": {
        "ask": "Dois-je retenir ceci comme « {name} » ?",
        "ask instead": "Je prends ceci pour « {other} ». Est-ce plutôt « {name} » ?",
        "ask deny": "Dois-je retenir que ce n'est pas « {other} » ?",
        "ask forget": "Dois-je oublier « {name} », avec {pictures} ?",
        "ask undo": "Dois-je annuler cela, et ne plus reconnaître « {name} » ainsi ?",
        "ask undo denied": "Dois-je annuler cela, et prendre ceci pour « {name} » de nouveau ?",
        "ask undo forgotten": "Dois-je annuler cela, et connaître « {name} » de nouveau ?",
        "blank": "Je ne vois qu'une couleur. Y a-t-il quelque chose devant l'objectif ?",
        "correct": "Pardon. Qu'est-ce que c'est ? Dites : « c'est une … ».",
        "count": "J'ai vu {name} {times} aujourd'hui.",
        "count none": "Je n'ai pas vu {name} aujourd'hui.",
        "dark": "Il fait trop sombre : je ne vois rien.",
        "denied": "Entendu : ce n'est pas « {other} ».",
        "discarded": "Entendu, j'oublie cela.",
        "forgotten": "J'ai oublié « {name} ».",
        "known": "Vous m'avez appris {things} : {names}.",
        "known more": "Vous m'avez appris {things}, {names} et d'autres.",
        "known none": "Vous ne m'avez encore rien appris. Montrez-moi une chose et dites : « c'est ma tasse ».",
        "last seen": "J'ai vu {name} pour la dernière fois {when}.",
        "last seen never": "Je n'ai jamais vu {name}.",
        "learned": "Je m'en souviendrai : {name}.",
        "nothing new": "Je connais déjà « {name} » ainsi. Montrez un autre côté.",
        "nothing": "Je ne vois rien. La caméra est-elle allumée ?",
        "nothing to deny": "Qu'ai-je dit de faux ? Je ne le sais pas.",
        "nothing to undo": "Il n'y a rien à annuler.",
        "as you like": "Comme vous voulez.",
        "not asked": "Je n'ai rien demandé.",
        "not kept": "Je n'ai pas pu garder cela : {why}.",
        "over": "Cette leçon est finie.",
        "refused": "Je ne peux pas faire cela : {why}.",
        "remembered": "Oui, je me souviens de {name} : j'en ai {pictures}, la dernière {when}.",
        "see": "Je vois : {name}.",
        "undone": "Annulé : je n'ai pas appris « {name} ».",
        "undone denied": "Annulé : je prends ceci pour « {name} » de nouveau.",
        "undone forgotten": "Annulé : je connais « {name} » de nouveau.",
        "unknown": "Je ne connais pas « {name} ».",
        "unknown near": "Je ne connais pas « {name} ». Voulez-vous dire « {near} » ?",
        "picture": "une image",
        "pictures": "{n} images",
        "thing": "une chose",
        "things": "{n} choses",
        "and": " et ",
        "once": "une fois",
        "twice": "deux fois",
        "times": "{n} fois",
        "today": "aujourd'hui à {time}",
        "yesterday": "hier à {time}",
        "date": "le {day} {month}",
        "mine": "votre {name}",
        "months": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    },
}


def short(language: str) -> str:
    """Return in which of the languages that there are words for to answer: `fr` for `fr-CA`, English for the rest."""
    primary = language[:2].lower()
    return primary if primary in PHRASES else "en"


def phrase(language: str, key: str, **values: str) -> str:
    """Return what to say in a language, a BCP 47 tag."""
    return PHRASES[short(language)][key].format(**values)


def spoken(language: str) -> str:
    """Return the tag of the language in which it is answered."""
    return language if short(language) == language[:2].lower() else "en"


def say(language: str, key: str, *, topic: str = "", **values: str) -> Say:
    """Return a `Say` in a language, a BCP 47 tag."""
    return Say(phrase(language, key, **values), spoken(language), topic)


def count(language: str, noun: str, number: int) -> str:
    """Return `a picture`, `2 pictures`; the noun is `picture` or `thing`."""
    return phrase(language, noun) if number == 1 else phrase(language, f"{noun}s", n=str(number))


def times(language: str, number: int) -> str:
    """Return `once`, `twice`, `3 times`."""
    return phrase(language, {1: "once", 2: "twice"}.get(number, "times"), n=str(number))


def listed(language: str, names: list[str]) -> str:
    """Return `mug, cup and bowl`."""
    return phrase(language, "and").join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def owned(language: str, name: str, owner: str) -> str:
    """Return what to call a thing when speaking to its owner: `your mug`."""
    return phrase(language, "mine", name=name) if owner == "mine" else name
