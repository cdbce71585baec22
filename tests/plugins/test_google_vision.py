"""Google Cloud Vision in a whole bot, with Google's own client, against a stand-in for the service on this machine."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest
from PIL import Image

from cortex import Box, ConfigError, Label, Place, PluginError
from cortex.messages import Switch
from cortex.testing import pictures
from cortex_google_vision.options import VisionOptions
from tests.support import google_vision as stand_in

LARGE = Image.new("RGB", (1280, 960), (200, 30, 30))


@pytest.fixture(name="vision")
def _vision():
    with stand_in.visible() as vision:
        yield vision


@pytest.fixture(name="load")
def _load(bot, vision):
    async def load(**options):
        await bot.load("google_vision", **{"endpoint": vision.url, "patience": 5, **options})

    return load


def status(bot):
    [status] = [status for status in bot.statuses if status.name == "google_vision"]
    return status


# Seeing


async def test_it_shows_and_says_what_google_sees(bot, vision, load):
    await load()
    await bot.see(pictures.photo())
    [show] = bot.shown
    assert show.labels == (Label("Mug", 0.97), Label("Tableware", 0.93), Label("Coffee cup", 0.88))
    assert show.sure
    assert show.boxes == (Box(left=0.25, top=0.5, width=0.25, height=0.375, name="Mug", score=0.97),)
    assert bot.remarks == ["I see: mug."]


async def test_several_features_go_in_one_request(bot, vision, load):
    await load(features=["labels", "objects", "text", "logos", "landmarks", "faces"])
    await bot.see(pictures.photo())
    [asked] = vision.asked
    assert asked.features == [
        "LABEL_DETECTION",
        "OBJECT_LOCALIZATION",
        "TEXT_DETECTION",
        "LOGO_DETECTION",
        "LANDMARK_DETECTION",
        "FACE_DETECTION",
    ]


async def test_a_frame_is_scaled_down_before_it_leaves(bot, vision, load):
    await load()
    await bot.see(LARGE)
    [asked] = vision.asked
    assert asked.size == (640, 480)
    assert len(asked.jpeg) < 20_000


async def test_how_large_it_is_sent_can_be_set(bot, vision, load):
    await load(side=100)
    await bot.see(LARGE)
    assert vision.asked[0].size == (100, 75)


async def test_what_is_told_in_pixels_of_the_smaller_picture_is_shown_at_the_same_place(bot, vision, load):
    stand_in.faces(vision, (0.5, 0.25, 0.75, 0.75), (-0.2, 0.5, 0.1, 1.3))
    await load(features=["faces"])
    await bot.see(LARGE)
    inside, half_outside = bot.shown[0].boxes
    assert inside == Box(left=0.5, top=0.25, width=0.25, height=0.5, name="face", score=0.9)
    assert (half_outside.left, half_outside.top, half_outside.width, half_outside.height) == (0, 0.5, 0.1, 0.5)
    assert bot.shown[0].text == "two faces"


async def test_it_looks_again_only_once_something_has_changed(bot, vision, load, clock):
    await load()
    for _ in range(5):
        await bot.see(pictures.photo(1))
        await clock.advance(1)
    assert len(vision.asked) == 1
    await bot.see(pictures.checkerboard(), times=2)  # the second shows that it rests
    assert len(vision.asked) == 2
    assert bot.remarks == ["I see: mug."]


async def test_a_frame_that_is_asked_about_is_answered_in_any_case(bot, vision, load):
    await load()
    await bot.see(pictures.photo(1))
    await bot.see(pictures.photo(1), asked=True)
    assert len(vision.asked) == 2
    assert bot.answers == ["I see: mug."]


async def test_what_is_not_sure_is_not_said_unless_somebody_asks(bot, vision, load):
    vision.things = {"LABEL_DETECTION": [stand_in.named("Mug", 0.55)]}
    await load()
    await bot.see(pictures.photo(1))
    assert (bot.said, bot.shown[0].sure) == ([], False)
    await bot.see(pictures.photo(1), asked=True)
    assert bot.answers == ["I'm not sure. It could be: mug."]


async def test_where_there_is_nothing_it_says_so_to_whoever_asks(bot, vision, load):
    vision.things = {}
    await load()
    await bot.see(pictures.photo(1))
    assert (bot.said, bot.shown[0].labels, bot.shown[0].sure) == ([], (), False)
    await bot.see(pictures.photo(1), asked=True)
    assert bot.answers == ["I see nothing that I know."]


async def test_a_landmark_is_named_with_its_box(bot, vision, load):
    vision.things["LANDMARK_DETECTION"] = [stand_in.named("Eiffel Tower", 0.8, 0.25, 0.125, 0.5, 0.875)]
    await load(features=["labels", "landmarks"], top=4)
    await bot.see(LARGE)
    assert bot.remarks == ["I recognise this place: Eiffel Tower."]
    assert bot.shown[0].labels[-1] == Label("Eiffel Tower", 0.8)
    assert bot.shown[0].boxes == (Box(left=0.25, top=0.125, width=0.25, height=0.75, name="Eiffel Tower", score=0.8),)


async def test_a_logo_is_named(bot, vision, load):
    vision.things["LOGO_DETECTION"] = [stand_in.named("Google", 0.9, 0.25, 0.25, 0.5, 0.5)]
    await load(features=["labels", "logos"])
    await bot.see(pictures.photo())
    assert bot.remarks == ["I see the logo of: Google."]


async def test_text_is_shown_where_it_stands_and_not_read_aloud_unless_asked(bot, vision, load):
    vision.things = {}
    stand_in.writing(vision, "NO ENTRY\nkeep out", "en", 0.125, 0.25, 0.625, 0.5)
    await load(features=["labels", "text"])
    await bot.see(LARGE)
    assert bot.said == []
    [show] = bot.shown
    assert show.text == "NO ENTRY\nkeep out"
    assert show.boxes == (Box(left=0.125, top=0.25, width=0.5, height=0.25, name="NO ENTRY keep out"),)
    await bot.see(LARGE, asked=True)
    assert bot.answers == ["NO ENTRY keep out"]


async def test_it_speaks_french(bot, vision, load):
    bot.session.language = "fr-FR"
    await load()
    await bot.see(pictures.photo())
    assert bot.said == ["Je vois : mug."]


# Being asked


async def test_read_this_asks_for_the_text_only_and_reads_it_in_its_own_language(bot, vision, load):
    stand_in.writing(vision, "Défense\nd'entrer", "fr", 0.25, 0.25, 0.75, 0.5)
    await bot.load("dialogue")
    await load(features=["labels"])
    await bot.hear("read this")
    await bot.see(pictures.photo())
    assert vision.asked[0].features == ["TEXT_DETECTION"]
    [say] = [deed.action for deed in bot.deeds if deed.priority == "answer"]
    assert (say.text, say.language) == ("Défense d'entrer", "fr")
    [show] = [deed.action for deed in bot.deeds if deed.action in bot.shown and deed.answers == "hearing-1"]
    assert show.text == "Défense\nd'entrer"
    assert show.boxes[0].name == "Défense d'entrer"


async def test_where_nothing_is_written_it_says_so(bot, vision, load):
    await bot.load("dialogue")
    await load(features=[])
    await bot.hear("read this")
    await bot.see(pictures.photo())
    assert bot.answers == ["I can read nothing there."]
    assert len(vision.asked) == 1


async def test_a_long_text_is_not_read_for_ever(bot, vision, load):
    stand_in.writing(vision, "blah " * 500 + "end", "en", 0, 0, 1, 1)
    await bot.load("dialogue")
    await load(features=[])
    await bot.hear("read this")
    await bot.see(pictures.photo())
    assert bot.answers[0].endswith("blah …")
    assert len(bot.answers[0]) < 610


@pytest.mark.parametrize(
    ("count", "language", "question", "answer"),
    [
        (0, "en", "who do you see?", "I see nobody."),
        (1, "en", "who do you see?", "I see one person; I cannot tell who it is."),
        (2, "en-GB", "who is that?", "I see two people; I cannot tell who they are."),
        (12, "en", "how many people do you see?", "I see 12 people; I cannot tell who they are."),
        (2, "fr-FR", "qui vois-tu ?", "Je vois deux personnes ; je ne peux pas dire qui c'est."),
    ],
)
async def test_people_are_counted_and_not_named(bot, vision, load, count, language, question, answer):
    stand_in.faces(vision, *[(0.1, 0.1, 0.2, 0.3)] * count)
    await bot.load("dialogue")
    await load(features=[])
    await bot.hear(question, language)
    await bot.see(pictures.photo())
    assert bot.answers == [answer]
    assert [asked.features for asked in vision.asked] == [["FACE_DETECTION"]]


async def test_without_a_picture_it_says_so(bot, clock, load):
    await bot.load("dialogue")
    await load()
    await bot.hear("read this")
    await clock.advance(6)
    assert bot.answers == ["I could not take a picture."]


async def test_what_it_does_not_answer_is_left_to_others(bot, vision, load):
    await bot.load("dialogue")
    await load(features=[], answers=["people"])
    assert not bot.session.perceived("meaning:read")
    await bot.hear("read this", wait=False)
    assert vision.asked == []


# What it costs, and where it goes


async def test_each_feature_is_a_unit_that_the_person_has_priced(bot, vision, load, clock):
    await bot.load("dialogue")
    await load(features=["labels", "objects", "faces"], prices={"unit": 0.25}, max_cost_per_day=2)
    await bot.see(pictures.photo(1))
    assert status(bot).cost_left == 1.25
    await bot.hear("read this")
    await bot.see(pictures.photo(1))
    assert status(bot).cost_left == 1


async def test_a_look_that_is_given_up_is_counted_since_google_may_have_looked(bot, vision, load):
    await load(prices={"unit": 0.25}, max_cost_per_day=2, features=["labels", "objects"])
    vision.hold()
    await bot.see(pictures.photo(1), wait=False)
    await asyncio.to_thread(vision.was_asked)
    bot.core.switch(bot._client, Switch(plugin="google_vision", on=False))
    vision.let_go()
    await bot.see(pictures.photo(2))
    assert status(bot).cost_left == 1.5
    assert len(vision.asked) == 1
    assert bot.said == []


async def test_a_budget_that_is_spent_is_still_spent_after_a_restart(bot, vision, load, clock):
    await bot.load("dialogue")
    await load(prices={"unit": 0.5}, max_cost_per_day=1)
    await bot.see(pictures.photo(1))
    await bot.restart()
    await bot.see(pictures.checkerboard())
    await bot.see(pictures.photo(2), asked=True)
    assert len(vision.asked) == 1
    assert status(bot).cost_left == 0
    assert "google_vision has spent its 1 of today (max_cost_per_day)" in bot.problems[0]
    await clock.advance(24 * 3600)
    await bot.see(pictures.photo(3))
    assert len(vision.asked) == 2


async def test_the_calls_of_a_day_hold_over_a_restart(bot, vision, load):
    await load(max_calls_per_day=1)
    await bot.see(pictures.photo(1))
    await bot.restart()
    await bot.see(pictures.checkerboard())
    assert len(vision.asked) == 1


def test_it_says_where_pictures_go():
    def place(endpoint):
        return VisionOptions(endpoint=endpoint).place

    assert place("") == Place(where="internet", name="Google Cloud Vision", gets=("pictures",))
    assert place("eu-vision.googleapis.com").name == "Google Cloud Vision (EU)"
    assert place("https://us-vision.googleapis.com").name == "Google Cloud Vision (US)"
    assert place("http://127.0.0.1:8080") == Place(where="machine", name="127.0.0.1:8080", gets=("pictures",))
    assert place("http://nas.local:8080").where == "network"


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"endpoint": "http://vision.example.com"}, "use https://"),
        ({"endpoint": "ftp://vision.example.com"}, "endpoint is not an address"),
        ({"endpoint": "https://vision.googleapis.com/v1/images"}, "endpoint is not an address"),
        ({"endpoint": "localhost:http"}, "endpoint is not an address"),
        ({"features": ["labels", "labels"]}, "features names 'labels' twice"),
        ({"features": [], "answers": []}, "there is nothing left to do"),
        ({"features": ["people"]}, "features"),
        ({"side": 10}, "side"),
    ],
)
async def test_wrong_options_are_refused_with_a_clear_line(bot, options, line):
    with pytest.raises(ConfigError, match=line) as error:
        await bot.load("google_vision", **options)
    assert len(str(error.value).splitlines()) == 1


async def test_it_stops_at_once_and_begins_anew(bot, vision, load):
    await load(patience=60)
    vision.hold()
    await bot.see(pictures.photo(1), wait=False)
    await bot.stop()
    vision.let_go()
    await bot.restart()
    await bot.see(pictures.photo(2))
    assert bot.remarks == ["I see: mug."]


async def test_looking_only_when_asked_costs_nothing_until_then(bot, vision, load):
    await load(on="ask")
    await bot.see(pictures.photo(1), times=3)
    assert vision.asked == []
    await bot.see(pictures.photo(1), asked=True)
    assert len(vision.asked) == 1


async def test_a_missing_library_is_named_with_the_extra_that_brings_it(bot, monkeypatch):
    monkeypatch.setitem(sys.modules, "google.cloud.vision_v1", None)
    await bot.load("google_vision")
    with pytest.raises(PluginError, match=r"'google.cloud.vision_v1', which is not installed: pip install '"):
        await bot.start()


def test_importing_it_imports_nothing_heavy():
    code = "import sys, cortex_google_vision; print(*sorted({'google', 'grpc', 'numpy', 'PIL'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
