"""What the dialogue does by itself, and what it hands on; it answers in the language of the sentence."""

from __future__ import annotations

import pytest

import cortex_dialogue
from cortex import Adjust, Attend, Cortex, Meaning, Say

HANDED_ON = {
    "learn": ("this is my mug", "voici ma tasse", {"thing": ("mug", "tasse"), "owner": ("mine", "mine")}),
    "correct": ("no that's the sugar bowl", "non c'est le sucrier", {"thing": ("sugar bowl", "sucrier")}),
    "wrong": ("no that's wrong", "c'est faux", {}),
    "forget": ("forget the mug", "oublie la tasse", {"thing": ("mug", "tasse")}),
    "known": ("what do you know", "que sais-tu", {}),
    "remember": ("do you remember the mug", "tu connais la tasse", {"thing": ("mug", "tasse")}),
    "last_seen": ("when did you last see Olivier", "quand as-tu vu Olivier", {"thing": ("Olivier", "Olivier")}),
    "read": ("read this to me", "lis ce texte", {}),
    "people": ("who do you see", "qui vois-tu", {}),
    "count": ("how many cups did you see today", "combien de tasses as-tu vues", {"thing": ("cups", "tasses")}),
}
ASIDE = {"yes": ("yes", "oui"), "no": ("no", "non"), "undo": ("undo that", "annule")}


class Eye(Cortex):
    """Stands for the classifier."""

    perceives = frozenset({"vision"})


class Taker(Cortex):
    """Takes what the test lets it take, and keeps it."""

    def __init__(self, options):
        super().__init__(options)
        self.perceives = frozenset(Taker.kinds)

    kinds: tuple[str, ...] = ()
    taken: list[Meaning] = []  # noqa: RUF012 - of one test

    async def perceive(self, meaning, session):
        self.taken.append(meaning)
        return Say(f"{meaning.intent}, then.", meaning.language)


@pytest.fixture(name="talk")
async def _talk(bot):
    """The bot, with the plugin."""
    await bot.load(cortex_dialogue, "dialogue")
    return bot


@pytest.fixture(name="take")
def _take(bot, monkeypatch):
    """Have a cortex that takes some meanings; returns what it has taken."""

    async def take(*intents):
        taken: list[Meaning] = []
        monkeypatch.setattr(Taker, "taken", taken)
        monkeypatch.setattr(Taker, "kinds", tuple(f"meaning:{intent}" for intent in intents))
        await bot.load(Taker)
        return taken

    return take


def says(bot):
    """The things that it said, with their languages."""
    return [action for action in bot.actions if isinstance(action, Say)]


@pytest.mark.parametrize(
    ("english", "french", "action"),
    [
        ("open your eyes", "ouvre les yeux", Attend("vision", "open")),
        ("close your eyes", "ferme les yeux", Attend("vision", "closed")),
        ("start listening", "écoute-moi", Attend("hearing", "open")),
        ("stop listening", "arrête d'écouter", Attend("hearing", "closed")),
        ("be quiet", "tais-toi", Attend("voice", "closed")),
        ("you can speak again", "tu peux parler", Attend("voice", "open")),
        ("louder", "plus fort", Adjust("voice", "volume", 1.25)),
        ("not so loud", "moins fort", Adjust("voice", "volume", 0.8)),
        ("speak slower", "parle plus lentement", Adjust("voice", "rate", 0.8)),
        ("speed up", "plus vite", Adjust("voice", "rate", 1.25)),
    ],
)
async def test_it_does_what_it_is_told_and_says_so_in_the_language_of_the_sentence(talk, english, french, action):
    await talk.read(english, "en-GB")
    await talk.hear(french, "fr-CA")
    first, said, second, dit = talk.actions
    assert first == second == action
    assert [said.language, dit.language] == ["en-GB", "fr-CA"]
    assert talk.answers == [said.text, dit.text]
    assert said.text != dit.text


@pytest.mark.parametrize(
    ("english", "french"),
    [("hello", "bonjour"), ("goodbye", "au revoir"), ("thank you", "merci"), ("who are you", "qui es-tu")],
)
async def test_it_makes_small_talk_and_does_not_repeat_itself(talk, english, french):
    for _ in range(2):
        await talk.read(english, "en-US")
        await talk.read(french, "fr-FR")
    assert len(set(talk.answers)) == 4
    assert [say.language for say in says(talk)] == ["en-US", "fr-FR"] * 2


async def test_what_was_said_is_said_again_in_its_own_language(talk):
    await talk.read("say that again")
    await talk.read("bonjour", "fr-FR")
    await talk.read("say that again", "en-US")
    assert talk.answers == ["I haven't said anything yet.", "Bonjour !", "Bonjour !"]
    assert says(talk)[-1].language == "fr-FR"


async def test_a_sentence_in_another_language_than_it_says_is_answered_in_its_own(talk):
    await talk.hear("ouvre les yeux", "en-US")
    assert says(talk) == [Say("J'ouvre les yeux.", "fr")]


# What it can do


async def test_it_says_what_it_can_do_and_how_to_have_it_done(talk):
    await talk.read("what can you do", "en")
    await talk.read("que sais-tu faire", "fr")
    english, french = talk.answers
    assert english.startswith("I can open and close my eyes, ears and mouth, and speak louder, softer")
    assert english.endswith("Say, for example: “Close your eyes.”")
    assert french.startswith(
        "Je sais ouvrir et fermer les yeux, les oreilles et la bouche et parler plus ou moins fort"
    )


async def test_it_can_do_more_with_others(talk, take):
    await take("learn", "known", "last_seen", "talk")
    await talk.load(Eye)
    for _ in range(8):
        await talk.read("what can you do")
    for ability in ("what I see", "learn things", "what I have learned", "when I last saw", "pictures", "anything"):
        assert ability in talk.answers[0]
    assert len(set(talk.answers)) == 8  # each time another example


# What is handed on


@pytest.mark.parametrize("intent", HANDED_ON)
@pytest.mark.parametrize("language", ["en-US", "fr-FR"])
async def test_what_is_for_others_is_handed_on(talk, take, intent, language):
    taken = await take(intent)
    french = language == "fr-FR"
    text = HANDED_ON[intent][french]
    await talk.hear(text, language)
    [meaning] = taken
    assert (meaning.intent, meaning.kind) == (intent, f"meaning:{intent}")
    assert meaning.slots == {slot: values[french] for slot, values in HANDED_ON[intent][2].items()}
    assert (meaning.text, meaning.language) == (text, language)
    assert (meaning.sense, meaning.final, meaning.aloud) == ("hearing", True, True)
    assert talk.answers == [f"{intent}, then."]
    [deed] = [deed for deed in talk.deeds if isinstance(deed.action, Say)]
    assert deed.answers == meaning.id


async def test_the_language_of_what_is_meant_is_that_of_the_sentence(talk, take):
    taken = await take("learn")
    await talk.read("voici ma tasse", "en-US")
    await talk.read("voici ma tasse", "fr-CA")
    await talk.read("this is my mug")
    assert [meaning.language for meaning in taken] == ["fr", "fr-CA", "en"]
    assert not taken[-1].aloud


@pytest.mark.parametrize("intent", HANDED_ON)
async def test_what_nobody_takes_is_refused_with_the_plugin_that_would(talk, intent):
    english, french, _ = HANDED_ON[intent]
    await talk.read(english, "en-US")
    await talk.read(french, "fr-FR")
    plugin = {"read": "rekognition", "people": "classifier"}.get(intent, "teach")
    assert all(plugin in answer for answer in talk.answers)
    assert [say.language for say in says(talk)] == ["en-US", "fr-FR"]


@pytest.mark.parametrize("intent", ASIDE)
async def test_what_is_said_aside_is_for_whoever_has_asked(talk, take, intent):
    taken = await take(intent, "talk")
    for text in ASIDE[intent]:
        await talk.read(text)
    assert [meaning.intent for meaning in taken] == [intent, intent]


@pytest.mark.parametrize("intent", ASIDE)
async def test_what_is_said_aside_is_free_talk_where_nobody_has_asked(talk, take, intent):
    taken = await take("talk")
    for text in ASIDE[intent]:
        await talk.read(text)
    assert [(meaning.intent, meaning.text) for meaning in taken] == [("talk", text) for text in ASIDE[intent]]


# What is not understood


async def test_free_talk_goes_to_who_takes_it(talk, take):
    taken = await take("talk")
    await talk.hear("Why is the sky blue?", "de-DE")
    [meaning] = taken
    assert (meaning.intent, meaning.text, meaning.slots) == ("talk", "Why is the sky blue?", {})
    assert (meaning.kind, meaning.language) == ("meaning:talk", "de-DE")
    assert talk.answers == ["talk, then."]


async def test_where_nobody_talks_it_says_so_and_gives_two_examples_each_time_others(talk):
    await talk.load(Eye)
    for _ in range(2):
        await talk.read("Why is the sky blue?", "en-US")
        await talk.clock.advance(1)
    await talk.read("Pourquoi le ciel est-il bleu ?", "fr-FR")
    await talk.clock.advance(1)
    assert talk.answers == [
        "I don't understand that. You can say, for example: “What is this?” or “Take a picture.”",
        "I didn't get that. Try: “Close your eyes.” or “Speak slower.”",
        "Je ne comprends pas. Vous pouvez dire par exemple : « Qu'est-ce que c'est ? » ou « Prends une photo. »",
    ]


@pytest.mark.parametrize(
    ("sentence", "session", "expected"),
    [("de-DE", "", "en"), ("", "fr-FR", "fr-FR"), ("", "", "en"), ("", "de-DE", "en"), ("fr", "en", "fr")],
)
async def test_it_is_puzzled_in_a_language_that_it_has(talk, sentence, session, expected):
    talk.session.language = session
    await talk.read("Xyzzy.", sentence)
    await talk.clock.advance(1)
    assert [say.language for say in says(talk)] == [expected]


async def test_it_need_not_say_that_it_is_puzzled(bot):
    await bot.load(cortex_dialogue, "dialogue", puzzled=False)
    await bot.read("Why is the sky blue?")
    await bot.clock.advance(1)
    await bot.read("hello")
    assert bot.answers == ["Hello!"]


async def test_it_is_not_puzzled_where_another_cortex_has_an_answer(talk):
    await talk.load("greeter")
    await talk.read("hello and why is the sky blue?")
    await talk.clock.advance(1)
    assert talk.answers == ["Hello! Show me something."]


async def test_what_the_recogniser_may_still_change_is_not_answered(talk):
    await talk.hear("close your eyes", final=False)
    assert talk.actions == []
    await talk.hear("close your eyes", final=True)
    assert talk.answers == ["My eyes are closed."]
