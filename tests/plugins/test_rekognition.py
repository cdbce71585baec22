"""Rekognition in a whole bot: what it names and reads, whom it greets, what it answers. Real boto3, over HTTP."""

from __future__ import annotations

import asyncio
import base64
import io
import subprocess
import sys
import threading

import boto3
import pytest
from PIL import Image

from cortex import ConfigError, Cortex, Meaning, PluginError, Say
from cortex.testing import pictures
from tests.support import aws
from tests.support.aws import Reply, StandIn, scene
from tests.support.bucket import NAME, Bucket


@pytest.fixture(name="stand")
def _stand(monkeypatch, tmp_path):
    """Rekognition, and credentials for it in the environment."""
    aws.enter(monkeypatch, tmp_path)
    stand = StandIn()
    yield stand
    stand.close()


@pytest.fixture(name="moto")
def _moto(stand):
    bucket = Bucket()
    yield bucket
    bucket.close()


@pytest.fixture(name="people")
def _people(tmp_path):
    return aws.portraits(tmp_path, Olivier="red", Ada="green")


@pytest.fixture(name="look")
def _look(bot, stand):
    async def look(**options):
        await bot.load("rekognition", **{"endpoint": stand.url, "attempts": 1, **options})

    return look


class Asker(Cortex):
    """A stand-in for `dialogue`: understands two questions."""

    perceives = frozenset({"reading"})

    async def perceive(self, stimulus, session):
        intent = {"who": "people", "qui": "people", "read": "read"}[stimulus.text]
        language = "fr-FR" if stimulus.text == "qui" else "en"
        yield Meaning(sense="reading", id=stimulus.id, text=stimulus.text, language=language, intent=intent)


async def ask(bot, question, picture):
    """Ask, and show a picture when it wants to look."""
    await bot.read(question, wait=False)
    await bot.until(lambda: any(getattr(action, "state", "") == "look" for action in bot.actions))
    await bot.see(picture)


def sent(parameters, what="Image"):
    return Image.open(io.BytesIO(base64.b64decode(parameters[what]["Bytes"])))


# With moto, which says the same of every picture


async def test_labels_with_boxes_text_and_faces_as_motos_server_has_them(bot, moto, look, people):
    url = moto.storage["endpoint_url"]
    await look(endpoint=url, features=["labels", "text", "faces"], people={"Olivier": people["Olivier"]})
    await bot.see(pictures.photo())
    [show] = bot.shown
    assert [label.name for label in show.labels] == ["Olivier", "Mobile Phone"]
    assert [round(label.score, 2) for label in show.labels] == [1.0, 1.0]
    assert show.text == "IT'S MONDAY but keep Smiling"
    assert [box.name for box in show.boxes] == ["Olivier", "", "Mobile Phone", "IT'S", "MONDAY", "but keep", "Smiling"]
    phone = show.boxes[2]
    assert [round(share, 2) for share in (phone.left, phone.top, phone.width, phone.height)] == [0.36, 0.09, 0.27, 0.86]
    assert bot.said == ["Hello Olivier."]


async def test_a_picture_in_motos_s3_is_compared_with(bot, moto, stand, look):
    storage = moto.storage
    s3 = boto3.client("s3", endpoint_url=storage["endpoint_url"], region_name="us-east-1")
    s3.put_object(Bucket=NAME, Key="people/ada.jpg", Body=pictures.jpeg(scene("green")))
    stand.stored = lambda bucket, key: s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    await look(features=["faces"], people={"Ada": f"s3://{NAME}/people/ada.jpg"})
    await bot.see(scene("green"))
    assert bot.said == ["Hello Ada."]
    assert stand.calls[0][1]["SourceImage"] == {"S3Object": {"Bucket": NAME, "Name": "people/ada.jpg"}}
    s3.close()


def icon():
    """A picture that is too small for Rekognition."""
    return pictures.jpeg(scene("red", size=(64, 64)))


# What leaves


async def test_pictures_are_scaled_down_before_they_leave(bot, stand, look):
    await look(side=160)
    await bot.see(scene("red", size=(1280, 960)))
    assert {sent(parameters).size for _, parameters in stand.calls} == {(160, 120)}
    assert {sent(parameters).format for _, parameters in stand.calls} == {"JPEG"}


async def test_only_what_is_asked_for_is_asked(bot, stand, look):
    await look(features=["text"])
    await bot.see(scene("red"))
    assert stand.operations == ["DetectText"]


async def test_it_looks_only_when_the_picture_has_changed(bot, clock, stand, look):
    await look()
    for _ in range(5):
        await bot.see(scene("red"))
        await clock.advance(60)
    assert stand.operations == ["DetectLabels", "DetectFaces"]
    await bot.see(pictures.photo(), times=2)
    assert stand.operations == ["DetectLabels", "DetectFaces"] * 2


async def test_the_page_is_told_where_the_pictures_go(bot, stand, look):
    await look(endpoint="", region="eu-central-1")
    await bot.start()
    [status] = [status for status in bot.statuses if status.name == "rekognition"]
    assert (status.place.where, status.place.name) == ("internet", "AWS eu-central-1")
    assert status.place.gets == ("pictures",)


async def test_a_service_on_this_machine_is_told_as_such(bot, stand, look):
    await look()
    await bot.start()
    [status] = [status for status in bot.statuses if status.name == "rekognition"]
    assert status.place.where == "machine"


# What is shown


async def test_labels_are_shown_from_the_threshold_on(bot, stand, look):
    await look(features=["labels"], threshold=0.7)
    await bot.see(scene())
    assert [(label.name, label.score) for label in bot.shown[0].labels] == [("Mug", 0.985), ("Cupboard", 0.71)]
    [box] = bot.shown[0].boxes
    assert (box.name, box.left, box.top, box.width, box.height, box.score) == ("Mug", 0.1, 0.2, 0.3, 0.4, 0.97)
    assert stand.calls[0][1]["MinConfidence"] == 70
    assert bot.said == []


async def test_lines_are_shown_not_words_and_not_what_is_hardly_legible(bot, stand, look):
    stand.texts = [aws.text_at("STOP"), aws.text_at("STOP", kind="WORD"), aws.text_at("sign", 30.0)]
    await look(features=["text"])
    await bot.see(scene())
    assert bot.shown[0].text == "STOP"
    assert [box.name for box in bot.shown[0].boxes] == ["STOP"]


# Questions


@pytest.mark.parametrize(
    ("question", "faces", "answer"),
    [
        ("who", [], "I see nobody."),
        ("who", ["red"], "I see Olivier."),
        ("who", ["red", "green"], "I see Olivier and Ada."),
        ("who", ["blue"], "I see one person whom I do not know."),
        ("who", ["red", "green", "blue"], "I see Olivier, Ada and one person whom I do not know."),
        ("qui", ["red", "blue"], "Je vois Olivier et une personne que je ne connais pas."),
        ("qui", [], "Je ne vois personne."),
    ],
)
async def test_who_do_you_see(bot, clock, stand, look, people, question, faces, answer):
    await look(people=people)
    await bot.load(Asker)
    await ask(bot, question, scene(*faces))
    assert bot.answers == [answer]
    assert bot.remarks == []  # whom it has just named it does not greet
    assert stand.operations.count("DetectLabels") == 1  # of the frame, as of any that has changed
    compared = stand.operations.count("CompareFaces")
    assert compared == (2 if {"green", "blue"} & {*faces} else 1)  # once, though the frame is looked at for labels too
    await bot.read("who", wait=False)
    await clock.advance(6)
    assert bot.answers[1:] == ["I cannot see anything right now."]
    assert stand.operations.count("CompareFaces") == compared


async def test_without_people_it_counts(bot, stand, look):
    await look(features=["faces"])
    await bot.load(Asker)
    await ask(bot, "who", scene("red", "blue"))
    assert bot.answers == ["I see 2 people."]
    assert stand.operations == ["DetectFaces"]


async def test_read_this(bot, stand, look):
    stand.texts = [aws.text_at("MIND"), aws.text_at("THE GAP")]
    await look(features=["text"])
    await bot.load(Asker)
    await ask(bot, "read", scene())
    assert bot.answers == ["It says: MIND THE GAP"]
    assert stand.operations == ["DetectText"]


async def test_of_what_it_does_not_look_for_it_says_so(bot, stand, look):
    await look(features=["labels"])
    await bot.load(Asker)
    await bot.read("who")
    await bot.read("read")
    faces, text = bot.answers
    assert faces == "I may not look at faces: “faces” is not among the features of the plugin “rekognition”."
    assert text == "I may not read: “text” is not among the features of the plugin “rekognition”."
    assert stand.calls == []


@pytest.mark.parametrize(
    ("faces", "answer"),
    [(["red"], "I see Olivier."), ([], "I see: Mug."), (["blue"], "I see one person whom I do not know.")],
)
async def test_a_picture_that_somebody_asks_about_is_answered(bot, look, people, faces, answer):
    await look(people=people)
    for _ in range(2):
        await bot.see(scene(*faces), asked=True)
    assert bot.answers == [answer, answer]


async def test_one_call_is_in_flight_a_session_also_when_somebody_asks_meanwhile(bot, clock, stand, look):
    late = threading.Event()

    def answer_late(_):
        late.wait(aws.PATIENCE)
        return Reply(200, b'{"Labels": []}')

    stand.script.append(answer_late)
    await look()
    await bot.load(Asker)
    await bot.see(scene("red"), wait=False)
    while not stand.calls:
        await clock.advance(0)
    await bot.read("who", wait=False)
    for _ in range(5):
        await clock.advance(0)
    assert stand.operations == ["DetectLabels"]
    late.set()
    await bot.until(lambda: any(getattr(action, "state", "") == "look" for action in bot.actions))
    await bot.see(scene("red", "blue"), wait=False)
    await bot.until(lambda: bot.answers)
    assert bot.answers == ["I see 2 people."]
    assert stand.most_at_once == 1


async def test_it_stops_though_aws_hangs(bot, clock, stand, look):
    stand.script.append(stand.hang)
    await look()
    await bot.see(scene("red"), wait=False)
    while not stand.calls:
        await clock.advance(0)
    [thread] = [thread for thread in threading.enumerate() if thread.name == "cortex AWS 1"]
    await bot.stop()
    assert thread.is_alive()
    assert thread.daemon  # so that the process ends without it
    stand.closing.set()
    await asyncio.to_thread(thread.join, aws.PATIENCE)
    assert not thread.is_alive()
    assert stand.operations == ["DetectLabels"]


# Options


def test_it_is_light_to_import():
    code = "import sys, cortex_rekognition; print(*{'boto3', 'botocore', 'numpy', 'PIL'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"features": []}, "it takes some of labels, text and faces"),
        ({"features": ["smell"]}, "smell"),
        ({"people": {"Ada": "s3://bucket"}}, "people: Ada: 's3://bucket' is not of the form s3://bucket/key"),
        ({"people": {"Ada": ""}}, "people: Ada has no picture"),
        ({"people": {" ": "ada.jpg"}}, "has no name"),
        ({"collection": "my people"}, "collection 'my people': AWS takes letters"),
        ({"people": {"Ada": "s3://xy/ada.jpg"}}, "people: Ada: 's3://xy/ada.jpg' is not of the form s3://bucket/key"),
        ({"endpoint": "localhost:5000"}, "endpoint is no address"),
        ({"endpoint": "http://"}, "endpoint is no address"),
        ({"endpoint": "http://localhost:99999"}, "endpoint is no address"),
        ({"endpoint": "http://example.com"}, "endpoint: http:// is for this machine"),
        ({"similarity": 0.9}, "similarity"),
        ({"side": 100}, "side"),
    ],
)
async def test_a_wrong_option_is_told(bot, options, why):
    with pytest.raises(ConfigError) as told:
        await bot.load("rekognition", **options)
    assert why in str(told.value)
    assert len(str(told.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "Ada: there is no picture {file}"),
        (icon(), "Ada: {file} has 64 x 64 pixels: Rekognition takes none below 80 x 80"),
        (b"GIF89a", "Ada: {file}: this is no JPEG, PNG or WebP picture that can be decoded"),
    ],
)
async def test_a_picture_of_somebody_that_is_none_is_told_at_the_start(bot, look, tmp_path, content, why):
    file = tmp_path / "ada.jpg"
    if content is not None:
        file.write_bytes(content)
    await look(people={"Ada": str(file)})
    with pytest.raises(PluginError) as told:
        await bot.start()
    assert why.format(file=file) in str(told.value)
    assert "\n" not in str(told.value)


async def test_no_region_is_told_at_the_start(bot, look, monkeypatch):
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    await look()
    with pytest.raises(PluginError, match=r"no AWS region is set: set `region`"):
        await bot.start()


async def test_a_broken_configuration_is_told_at_the_start(bot, look, tmp_path):
    (tmp_path / "aws-config").write_text("[[[nonsense")
    await look()
    with pytest.raises(PluginError, match="the AWS configuration cannot be read: "):
        await bot.start()


async def test_an_unknown_profile_is_told_at_the_start(bot, look):
    await look(profile="nobody")
    with pytest.raises(PluginError, match="there is no AWS profile 'nobody': set `profile`"):
        await bot.start()


def test_the_greeting_has_a_topic():
    from cortex_rekognition.phrases import Words

    assert Words("en-GB").say("hello", "person:Ada", names="Ada") == Say("Hello Ada.", "en-GB", "person:Ada")
    assert Words("de").say("hello", names="Ada").language == "en"
