"""Looking when asked: the answer is about the moment of the question, and a picture is of the next frame."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

import cortex_dialogue
from cortex import Attend, Cortex, Label, Picture, Say, Show
from cortex.testing import pictures


class Eye(Cortex):
    """Stands for the classifier: shows what the test has put before it."""

    perceives = frozenset({"vision"})
    view = Show()

    async def perceive(self, frame, session):
        return self.view


@pytest.fixture(name="talk")
async def _talk(bot):
    """The bot, with the plugin."""
    await bot.load(cortex_dialogue, "dialogue")
    return bot


async def test_asked_what_it_sees_it_says_what_the_next_frame_shows(talk, monkeypatch):
    monkeypatch.setattr(Eye, "view", Show((Label("mug", 0.9),)))
    await talk.load(Eye)
    await talk.see(pictures.photo())
    monkeypatch.setattr(Eye, "view", Show((Label("macaw", 0.9), Label("parrot", 0.1))))
    await talk.hear("que vois-tu", "fr-FR")
    assert talk.answers == []
    await talk.see(pictures.photo())
    assert talk.answers == ["Je vois : macaw."]


async def test_an_answer_calls_things_by_what_they_are_called_in_its_language(talk, monkeypatch):
    monkeypatch.setattr(Eye, "view", Show((Label("comic book", 0.4, "bande dessinée"),), sure=False))
    await talk.load(Eye)
    await talk.hear("que vois-tu", "fr-FR")
    await talk.see(pictures.photo())
    assert "bande dessinée" in talk.answers[0]


async def test_where_nobody_knows_people_who_is_there_is_what_is_there(talk, monkeypatch):
    monkeypatch.setattr(Eye, "view", Show((Label("macaw", 0.9),)))
    await talk.load(Eye)
    await talk.hear("who do you see")
    await talk.see(pictures.photo())
    assert talk.answers == ["I see: macaw."]


async def test_what_it_saw_before_is_not_what_it_sees(talk, clock, monkeypatch):
    monkeypatch.setattr(Eye, "view", Show((Label("macaw", 0.9),)))
    await talk.load(Eye)
    await talk.see(pictures.photo())
    await talk.hear("que vois-tu", "fr-FR")
    await clock.advance(5)
    assert talk.answers == ["Je ne vois rien. La caméra est-elle allumée ?"]


async def test_those_who_look_only_when_asked_are_asked(talk, monkeypatch):
    monkeypatch.setattr(Eye, "view", Show((Label("macaw", 0.9),)))
    await talk.load(Eye, on="ask")
    await talk.see(pictures.photo())
    assert talk.shown == []
    await talk.read("what do you see?")
    await talk.see(pictures.photo())
    assert talk.answers == ["I see: macaw."]


async def test_with_its_eyes_shut_it_takes_one_look(talk, clock, monkeypatch):
    monkeypatch.setattr(Eye, "view", Show((Label("macaw", 0.3),), sure=False))
    await talk.load(Eye)
    await talk.read("what is this?")
    await clock.advance(4.9)
    assert talk.actions == [Attend("vision", "look")]
    await talk.see(pictures.photo())
    assert talk.answers == ["I'm not sure. It could be: macaw."]


async def test_a_command_does_not_wait_until_it_has_looked(bot, monkeypatch):
    monkeypatch.setattr(Eye, "view", Show((Label("macaw", 0.9),)))
    await bot.load(cortex_dialogue, "dialogue", patience=60)
    await bot.load(Eye)
    await bot.read("what do you see?")
    await bot.read("be quiet")
    assert bot.actions[:2] == [Attend("vision", "look"), Attend("voice", "closed")]
    assert bot.answers == ["I'll be quiet. I still write."]
    await bot.see(pictures.photo())
    assert bot.answers[1:] == ["I see: macaw."]


@pytest.mark.parametrize("question", ["what do you see?", "take a picture"])
@pytest.mark.parametrize(("options", "patience"), [({}, 5), ({"patience": 2}, 2)])
async def test_when_nothing_comes_it_asks_for_the_camera(bot, clock, question, options, patience):
    await bot.load(cortex_dialogue, "dialogue", **options)
    await bot.load(Eye)
    await bot.read(question)
    await clock.advance(patience - 0.1)
    assert bot.said == []
    await clock.advance(0.1)
    assert bot.answers == ["I see nothing. Is the camera on?"]


async def test_a_camera_that_fails_is_not_waited_for(talk):
    await talk.load(Eye)
    await talk.read("what do you see?")
    await talk.report("vision", "failed", "the camera is in use")
    assert talk.answers == ["I see nothing. Is the camera on?"]


async def test_without_anybody_who_sees_it_says_so_at_once(talk):
    await talk.read("what do you see?")
    assert talk.answers == ["I can't tell what I see here. That takes the plugin “classifier”."]


@pytest.mark.parametrize(
    ("view", "text"),
    [(Show(), "I see nothing. Is the camera on?"), (Show(text="a cat"), "I see: a cat.")],
)
async def test_it_describes_whatever_is_in_view(talk, monkeypatch, view, text):
    monkeypatch.setattr(Eye, "view", view)
    await talk.load(Eye)
    await talk.read("what do you see?")
    await talk.see(pictures.photo())
    assert talk.answers == [text]


async def test_what_was_just_answered_is_not_remarked_on(talk, monkeypatch):
    monkeypatch.setattr(Eye, "view", Show((Label("macaw", 0.9),)))
    await talk.load(Eye)
    await talk.read("what do you see?")
    await talk.see(pictures.photo())
    assert [say.topic for say in talk.actions if isinstance(say, Say)][-1] == "macaw"


@pytest.mark.parametrize(
    ("text", "caption", "said"),
    [
        ("take a picture", "What I saw", "Here is your picture."),
        ("prends une photo", "Ce que j'ai vu", "Voici votre photo."),
    ],
)
async def test_it_takes_a_picture_of_the_next_frame(talk, text, caption, said):
    await talk.see(pictures.red())
    await talk.read(text)
    assert talk.answers == []
    await talk.see(pictures.green())
    [picture] = [action for action in talk.actions if isinstance(action, Picture)]
    assert picture.caption == caption
    red, green, _ = Image.open(BytesIO(picture.payload)).convert("RGB").resize((1, 1)).getpixel((0, 0))
    assert red < green
    assert talk.answers == [said]
