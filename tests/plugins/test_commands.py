"""The commands that work the body, in English and French."""

from __future__ import annotations

import pytest

from cortex import Attend, Cortex, Label, Show
from cortex.testing import pictures
from cortex_commands import COMMANDS, WORDS, describe, understand

SAID = {
    ("open eyes", "en"): ["open your eyes", "Open your eyes!", "please open the eyes", "wake up"],
    ("open eyes", "fr"): ["ouvre les yeux", "Ouvrez vos yeux"],
    ("close eyes", "en"): ["close your eyes", "shut your eyes"],
    ("close eyes", "fr"): ["ferme les yeux", "Fermez les yeux."],
    ("open ears", "en"): ["start listening", "listen to me"],
    ("open ears", "fr"): ["écoute-moi", "ouvre tes oreilles"],
    ("close ears", "en"): ["stop listening", "close your ears"],
    ("close ears", "fr"): ["arrête d'écouter", "arrête d’écouter", "n'écoute plus"],
    ("be quiet", "en"): ["be quiet", "Be quiet, please.", "shut up", "stop talking"],
    ("be quiet", "fr"): ["tais-toi", "tais toi", "Taisez-vous !"],
    ("speak", "en"): ["you can speak", "speak again", "talk again"],
    ("speak", "fr"): ["tu peux parler", "parle-moi"],
    ("look", "en"): ["what do you see", "What do you see?", "what can you see", "what's this", "what is that?"],
    ("look", "fr"): ["que vois-tu", "Que vois-tu ?", "qu'est-ce que tu vois", "qu’est-ce que c’est ?", "c'est quoi"],
}
OTHER = [
    "hello",
    "I have closed my eyes",
    "what do you mean",
    "this is quiet",
    "je vois",
    "an eye-opening talk",
    "don't close your eyes",
    "never be quiet",
    "The silence of the lambs",
    "I was told to shut up yesterday",
    "what's it worth",
    "ne ferme pas les yeux",
    "",
    "…",
]


@pytest.mark.parametrize(("meaning", "text"), [(meaning, text) for meaning, texts in SAID.items() for text in texts])
def test_a_command_is_understood_however_it_is_said(meaning, text):
    command = understand(text)
    assert command is not None
    assert (command.means, command.language) == meaning


@pytest.mark.parametrize("text", OTHER)
def test_what_is_no_command_is_left_to_others(text):
    assert understand(text) is None


@pytest.mark.parametrize("language", WORDS)
def test_there_are_words_for_every_command_in_every_language(language):
    assert {command.means for command in COMMANDS if command.language == language} - {"look"} <= set(WORDS[language])


class Eye(Cortex):
    """Stands for the classifier: shows what the test has put before it."""

    perceives = frozenset({"vision"})
    view = Show()

    async def perceive(self, frame, session):
        return self.view


@pytest.mark.parametrize(
    ("text", "to", "state"),
    [("open your eyes", "vision", "open"), ("ferme les yeux", "vision", "closed"), ("be quiet", "voice", "closed")],
)
async def test_it_does_what_it_is_told_and_says_so(bot, text, to, state):
    await bot.load("commands")
    await bot.read(text)
    attend, say = bot.actions
    assert attend == Attend(to, state)
    assert bot.answers == [say.text]
    assert say.language == ("fr" if text == "ferme les yeux" else "en")


async def test_asked_what_it_sees_it_says_what_the_next_frame_shows(bot, monkeypatch):
    monkeypatch.setattr(Eye, "view", Show((Label("mug", 0.9),)))
    await bot.load("commands")
    await bot.load(Eye)
    await bot.see(pictures.photo())
    monkeypatch.setattr(Eye, "view", Show((Label("macaw", 0.9), Label("parrot", 0.1))))
    await bot.hear("que vois-tu", "fr-FR")
    assert bot.answers == []
    await bot.see(pictures.photo())
    assert bot.answers == ["Je vois : macaw."]


async def test_where_no_frame_comes_it_says_what_it_saw_last(bot, clock, monkeypatch):
    monkeypatch.setattr(Eye, "view", Show((Label("macaw", 0.9),)))
    await bot.load("commands", patience=1)
    await bot.load(Eye)
    await bot.see(pictures.photo())
    await bot.hear("que vois-tu", "fr-FR")
    await clock.advance(1)
    assert bot.answers == ["Je vois : macaw."]


async def test_those_who_look_only_when_asked_are_asked(bot, monkeypatch):
    monkeypatch.setattr(Eye, "view", Show((Label("macaw", 0.9),)))
    await bot.load("commands")
    await bot.load(Eye, on="ask")
    await bot.see(pictures.photo())
    assert bot.shown == []
    await bot.read("what do you see?")
    await bot.see(pictures.photo())
    assert bot.answers == ["I see: macaw."]


async def test_with_its_eyes_shut_it_takes_one_look(bot, clock, monkeypatch):
    monkeypatch.setattr(Eye, "view", Show((Label("macaw", 0.3),), sure=False))
    await bot.load("commands")
    await bot.load(Eye)
    await bot.read("what do you see?")
    await clock.advance(4.9)
    assert bot.actions == [Attend("vision", "look")]
    await bot.see(pictures.photo())
    assert bot.answers == ["I'm not sure. It could be: macaw."]


async def test_a_command_does_not_wait_until_it_has_looked(bot, monkeypatch):
    monkeypatch.setattr(Eye, "view", Show((Label("macaw", 0.9),)))
    await bot.load("commands", patience=60)
    await bot.load(Eye)
    await bot.read("what do you see?")
    await bot.read("be quiet")
    assert bot.actions[:2] == [Attend("vision", "look"), Attend("voice", "closed")]
    assert bot.answers == ["I'll be quiet. I still write."]
    await bot.see(pictures.photo())
    assert bot.answers[1:] == ["I see: macaw."]


@pytest.mark.parametrize(("options", "patience"), [({}, 5), ({"patience": 2}, 2)])
async def test_when_nothing_comes_it_asks_for_the_camera(bot, clock, options, patience):
    await bot.load("commands", **options)
    await bot.read("what do you see?")
    await clock.advance(patience - 0.1)
    assert bot.said == []
    await clock.advance(0.1)
    assert bot.answers == ["I see nothing. Is the camera on?"]


@pytest.mark.parametrize(
    ("view", "text"),
    [
        (None, "I see nothing. Is the camera on?"),
        (Show(), "I see nothing. Is the camera on?"),
        (Show(text="a cat"), "I see: a cat."),
    ],
)
def test_it_describes_whatever_is_in_view(view, text):
    assert describe(view, WORDS["en"]) == text
