"""Whom Rekognition knows: in the config, in a collection; whom it greets and when. Real boto3, over HTTP."""

from __future__ import annotations

import numpy as np
import pytest

from cortex.testing import pictures
from cortex_rekognition.answers import BoundingBox
from cortex_rekognition.faces import _cropped
from tests.support import aws
from tests.support.aws import StandIn, scene


@pytest.fixture(name="stand")
def _stand(monkeypatch, tmp_path):
    aws.enter(monkeypatch, tmp_path)
    stand = StandIn()
    yield stand
    stand.close()


@pytest.fixture(name="people")
def _people(tmp_path):
    return aws.portraits(tmp_path, Olivier="red", Ada="green")


@pytest.fixture(name="look")
def _look(bot, stand):
    async def look(**options):
        await bot.load("rekognition", **{"endpoint": stand.url, "attempts": 1, **options})

    return look


async def test_who_is_known_is_greeted_once_while_they_stay(bot, clock, stand, look, people):
    await look(features=["faces"], people=people)
    for room in (scene("red"), scene("", "red"), scene("red", "blue"), pictures.checkerboard(), scene("red")):
        await bot.see(room, times=2)
        await clock.advance(4)
    assert bot.remarks == ["Hello Olivier."]
    assert stand.operations.count("CompareFaces") >= 4


async def test_who_comes_back_is_greeted_again(bot, clock, look, people):
    await look(features=["faces"], people=people)
    for room in (scene("red"), scene(), scene("red"), scene()):
        await bot.see(room, times=2)
        await clock.advance(6)
    assert bot.remarks == ["Hello Olivier.", "Hello Olivier."]


async def test_who_was_away_for_a_moment_is_not_greeted_again(bot, clock, look, people):
    await look(features=["faces"], people=people, absence=30)
    await bot.see(scene("red"))
    await clock.advance(60)
    for room in (scene(), scene("red"), scene()):
        await bot.see(room, times=2)
        await clock.advance(20)
    assert bot.remarks == ["Hello Olivier."]


async def test_two_who_come_together_are_both_greeted_though_there_is_one_voice(bot, clock, look, people):
    bot.speech = 2
    await look(features=["faces"], people=people)
    await bot.see(scene("red", "green"))
    await clock.advance(10)
    assert bot.remarks == ["Hello Olivier.", "Hello Ada."]


async def test_it_greets_in_french(bot, look, people):
    bot.session.language = "fr-FR"
    await look(features=["faces"], people=people)
    await bot.see(scene("red"))
    assert bot.said == ["Salut Olivier."]


async def test_each_face_has_its_box_and_its_name(bot, look, people):
    await look(features=["faces"], people=people)
    await bot.see(scene("green", "blue", "red"))
    assert [box.name for box in bot.shown[0].boxes] == ["Ada", "", "Olivier"]
    assert [label.name for label in bot.shown[0].labels] == ["Ada", "Olivier"]
    ada = bot.shown[0].boxes[0]
    assert (round(ada.left, 2), round(ada.top, 2), round(ada.width, 2)) == (0.03, 0.3, 0.28)


async def test_nobody_else_is_compared_once_every_face_has_a_name(bot, clock, stand, look, people):
    await look(features=["faces"], people={**people, "Blue": people["Ada"]})
    await bot.see(scene("green"))
    assert stand.operations == ["CompareFaces"] * 2
    await bot.see(scene("", "green"), times=2)
    assert stand.operations == ["CompareFaces"] * 3  # who was there is compared first


async def test_somebody_who_is_hardly_alike_is_a_stranger(bot, stand, look, people):
    stand.similarity = 85.0
    await look(features=["faces"], people=people, similarity=90)
    await bot.see(scene("red"))
    assert bot.said == []
    assert [box.name for box in bot.shown[0].boxes] == [""]


async def test_a_picture_without_a_face_is_no_failure(bot, stand, look, people):
    await look(features=["faces"], people=people)
    await bot.see(scene())
    assert stand.operations == ["CompareFaces", "DetectFaces"]  # the latter of Olivier's picture, once
    await bot.see(pictures.checkerboard(), times=2)
    assert stand.operations[2:] == ["CompareFaces"]
    assert bot.problems == []


async def test_who_is_in_a_collection_is_known_also_among_several(bot, stand, look):
    stand.collections["people"] = {"1": ("Zo:C3:A9", "red"), "2": ("Ada", "green")}
    await look(features=["faces"], collection="people")
    await bot.see(scene("blue", "red", "green", size=(640, 480)))
    assert bot.said == ["Hello Zoé.", "Hello Ada."]
    assert stand.operations == ["DetectFaces"] + ["SearchFacesByImage"] * 3
    assert bot.shown[0].boxes[0].name == ""


async def test_only_so_many_faces_are_looked_up(bot, stand, look):
    stand.collections["people"] = {}
    await look(features=["faces"], collection="people", max_faces=1)
    await bot.see(scene("blue", "red", "green"))
    assert stand.operations == ["DetectFaces", "SearchFacesByImage"]


@pytest.mark.parametrize(("similarity", "said"), [(79.9, []), (80.0, ["Hello Ada."])])
async def test_in_a_collection_too_one_has_to_be_as_alike_as_the_person_has_set(bot, stand, look, similarity, said):
    stand.collections["people"] = {"1": ("Ada", "green")}
    stand.similarity = similarity
    await look(features=["faces"], collection="people", similarity=80)
    await bot.see(scene("green"))
    assert bot.said == said


async def test_who_was_enrolled_elsewhere_without_a_name_does_not_hide_who_has_one(bot, stand, look):
    stand.collections["people"] = {str(number): ("Ada" if number == 4 else "", "green") for number in range(5)}
    await look(features=["faces"], collection="people")
    await bot.see(scene("green"))
    assert bot.said == ["Hello Ada."]


async def test_strangers_among_the_people_of_the_config_are_looked_up_in_the_collection(bot, stand, look, people):
    stand.collections["people"] = {"1": ("Blue", "blue")}
    await look(features=["faces"], collection="people", people={"Olivier": people["Olivier"]})
    await bot.see(scene("red", "blue"))
    assert bot.said == ["Hello Olivier.", "Hello Blue."]
    assert stand.operations == ["CompareFaces", "SearchFacesByImage"]


@pytest.mark.parametrize(
    ("picture", "why"),
    [
        ("grey.png", "Ada: the picture {} shows no face"),
        (
            "s3://things/ada.jpg",
            "Ada: the picture {} cannot be used by Rekognition (InvalidS3ObjectException): check the bucket",
        ),
    ],
)
async def test_who_has_a_picture_of_no_use_is_told_and_the_others_are_known(bot, look, people, tmp_path, picture, why):
    pictures.grey().save(tmp_path / "grey.png")
    path = picture if "://" in picture else str(tmp_path / picture)
    await look(features=["faces"], people={"Ada": path, "Olivier": people["Olivier"]})
    await bot.see(scene("red"))
    assert bot.said == ["Hello Olivier."]
    [status] = [status for status in bot.statuses if status.name == "rekognition"]
    assert why.format(path) in status.reason


async def test_a_picture_in_s3_that_is_too_small_is_told_and_the_others_are_known(bot, look, stand, people):
    stand.stored = lambda bucket, key: pictures.jpeg(scene("green", size=(64, 64)))
    await look(features=["faces"], people={"Ada": "s3://things/ada.jpg", "Olivier": people["Olivier"]})
    await bot.see(scene("red"))
    assert bot.said == ["Hello Olivier."]
    [status] = [status for status in bot.statuses if status.name == "rekognition"]
    assert (status.state, status.reason) == ("working", "Ada: the picture s3://things/ada.jpg shows no face")


async def test_a_picture_in_s3_that_comes_later_is_used(bot, clock, stand, look):
    await look(features=["faces"], people={"Ada": "s3://things/ada.jpg"})
    await bot.see(scene("green"))
    stand.stored = lambda bucket, key: pictures.jpeg(scene("green"))
    await clock.advance(301)
    await bot.see(scene("", "green"), times=2)
    assert bot.said == ["Hello Ada."]
    [status] = [status for status in bot.statuses if status.name == "rekognition"]
    assert status.reason == ""


def test_a_crop_around_a_face_is_never_too_small_for_aws():
    image = np.zeros((240, 320, 3), np.uint8)
    for left, top in ((0.0, 0.0), (0.95, 0.95), (0.5, 0.5)):
        crop = _cropped(image, BoundingBox(left=left, top=top, width=0.05, height=0.05))
        assert min(crop.shape[:2]) >= 80


def test_a_crop_has_two_fifths_of_the_face_on_each_side_of_it():
    image = np.zeros((1000, 1000, 3), np.uint8)
    image[300:500, 400:600] = 255
    crop = _cropped(image, BoundingBox(left=0.4, top=0.3, width=0.2, height=0.2))
    assert [round(side / 200, 1) for side in crop.shape[:2]] == [1.8, 1.8]
    rows, columns = crop.any(axis=2).nonzero()
    assert [round(edge / 200, 1) for edge in (rows.min(), columns.min())] == [0.4, 0.4]
