"""The commands that work the body, in English and French."""

from __future__ import annotations

import pytest

from cortex import Label, Show
from cortex_commands import COMMANDS, WORDS, Commands, Looking, describe, understand
from tests.support.world import World

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


@pytest.fixture(name="commands")
def _commands():
    return Commands(Commands.Options())


@pytest.fixture(name="looking")
def _looking():
    return Looking(Looking.Options(patience=0.01))


@pytest.mark.parametrize(
    ("text", "to", "state"),
    [("open your eyes", "vision", None), ("ferme les yeux", "vision", "closed"), ("be quiet", "voice", "closed")],
)
async def test_it_does_what_it_is_told_and_says_so(commands, text, to, state):
    world = World(commands)
    world.say(text)
    attend = await world.ear.next("attend")
    assert (attend["to"], attend.get("state")) == (to, state)
    say = await world.ear.next("say")
    assert say["priority"] == "answer"
    assert say["language"] == ("fr" if text == "ferme les yeux" else "en")


async def test_asked_what_it_sees_it_says_what_is_in_view(looking):
    world = World(looking)
    frame = world.show()
    world.session.carry(Show((Label("macaw", 0.9), Label("parrot", 0.1))), frame, "eye", {})
    world.say("que vois-tu")
    assert (await world.ear.next("say"))["text"] == "Je vois : macaw."


async def test_with_its_eyes_shut_it_takes_one_look(looking):
    looking.options.patience = 5
    world = World(looking)
    world.say("what do you see?")
    assert (await world.ear.next("attend"))["state"] == "look"
    world.session.carry(Show((Label("macaw", 0.3),), sure=False), world.show(), "eye", {})
    assert (await world.ear.next("say"))["text"] == "I'm not sure. It could be: macaw."


async def test_a_command_does_not_wait_until_it_has_looked(commands, looking):
    looking.options.patience = 60
    world = World(commands, looking)
    world.say("what do you see?")
    await world.ear.next("attend", state="look")
    world.say("be quiet")
    await world.ear.next("attend", to="voice")
    world.session.carry(Show((Label("macaw", 0.9),)), world.show(), "eye", {})
    await world.ear.next("say", text="I see: macaw.")


async def test_when_nothing_comes_it_asks_for_the_camera(looking):
    world = World(looking)
    world.say("what do you see?")
    assert (await world.ear.next("say"))["text"] == "I see nothing. Is the camera on?"


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
