"""What it says, in English and French. Knows no service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cortex import Say

if TYPE_CHECKING:
    from cortex_rekognition.sight import Sight

PHRASES = {
    "en": {
        "hello": "Hello {names}.",
        "see": "I see {names}.",
        "nobody": "I see nobody.",
        "one": "one person",
        "some": "{count} people",
        "stranger": "one person whom I do not know",
        "strangers": "{count} people whom I do not know",
        "and": "{first} and {last}",
        "thing": "I see: {names}.",
        "reads": "It says: {words}",
        "blank": "I cannot read anything there.",
        "unsure": "I'm not sure what that is.",
        "blind": "I cannot see anything right now.",
        "no text": "I may not read: “text” is not among the features of the plugin “rekognition”.",
        "no faces": "I may not look at faces: “faces” is not among the features of the plugin “rekognition”.",
    },
    "fr": {
        "hello": "Salut {names}.",
        "see": "Je vois {names}.",
        "nobody": "Je ne vois personne.",
        "one": "une personne",
        "some": "{count} personnes",
        "stranger": "une personne que je ne connais pas",
        "strangers": "{count} personnes que je ne connais pas",
        "and": "{first} et {last}",
        "thing": "Je vois : {names}.",
        "reads": "Il est écrit : {words}",
        "blank": "Je n'arrive à rien lire.",
        "unsure": "Je ne sais pas ce que c'est.",
        "blind": "Je ne vois rien en ce moment.",
        "no text": "Je ne peux pas lire : « text » n'est pas parmi les features du plugin « rekognition ».",
        "no faces": "Je ne regarde pas les visages : « faces » n'est pas parmi les features du plugin « rekognition ».",
    },
}


class Words:
    """What to say in one language: French where it is that, else English."""

    def __init__(self, language: str) -> None:
        short = language[:2].lower()
        self._phrases = PHRASES.get(short, PHRASES["en"])
        self._language = language if short in PHRASES else "en"

    def say(self, phrase: str, topic: str = "", **names: object) -> Say:
        """Return a phrase to be said."""
        return Say(self._phrases[phrase].format(**names), self._language, topic)

    def who(self, sight: Sight, *, knows: bool) -> Say:
        """Answer who is there; `knows`: it knows people, so that others are strangers."""
        strangers = ("stranger", "strangers") if knows else ("one", "some")
        parts = sight.names
        if count := sight.strangers:
            parts = [*parts, self._phrases[strangers[count > 1]].format(count=count)]
        if not parts:
            return self.say("nobody")
        topic = f"person:{sight.names[0]}" if sight.names else ""
        return self.say("see", topic, names=self._all(parts))

    def what(self, sight: Sight, *, knows: bool) -> Say:
        """Answer what is on a picture that somebody asks about: people, else things, else what stands there."""
        if sight.faces:
            return self.who(sight, knows=knows)
        if sight.labels and sight.labels.labels:
            name = sight.labels.labels[0].name
            return self.say("thing", name, names=name)
        return self.reads(sight) if sight.words else self.say("unsure")

    def reads(self, sight: Sight) -> Say:
        """Answer what stands there."""
        return self.say("reads", words=sight.words) if sight.words else self.say("blank")

    def _all(self, parts: list[str]) -> str:
        if len(parts) == 1:
            return parts[0]
        return self._phrases["and"].format(first=", ".join(parts[:-1]), last=parts[-1])
