"""What the bot says by itself where the model cannot, in English and in French."""

from __future__ import annotations

from cortex import Say

PHRASES = {
    "en": {
        "away": "I cannot reach my language model just now.",
        "broken": "I have lost my language model in the middle of the answer.",
        "silent": "I have no answer to that.",
        "spent": "I may spend no more on my language model today.",
        "endless": "Sorry, I got lost in that. Please ask me again in other words.",
    },
    "fr": {
        "away": "Je n'arrive pas à joindre mon modèle de langage pour le moment.",
        "broken": "J'ai perdu mon modèle de langage au milieu de la réponse.",
        "silent": "Je n'ai pas de réponse à cela.",
        "spent": "Je ne peux plus rien dépenser aujourd'hui pour mon modèle de langage.",
        "endless": "Désolé, je m'y suis perdu. Demande-le-moi autrement, s'il te plaît.",
    },
}


def say(what: str, language: str) -> Say:
    """Return a phrase to be said in a language, a BCP 47 tag; in English where it knows no other."""
    known = language[:2].lower()
    return Say(PHRASES[known][what], language) if known in PHRASES else Say(PHRASES["en"][what], "en")
