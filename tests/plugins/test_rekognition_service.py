"""Rekognition that is away, refuses, hangs or talks nonsense, and budgets. Real boto3 over HTTP, to stand-ins."""

from __future__ import annotations

import threading
import time
from email.utils import formatdate

import pytest

from cortex import ConfigError
from cortex.testing import pictures
from tests.support import aws
from tests.support.aws import Reply, StandIn, scene
from tests.support.bucket import Bucket

KEYS = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run `aws configure`"
ROOMS = [scene("red"), scene("", "green"), scene("", "", "blue"), scene("green", "red")]


@pytest.fixture(name="stand")
def _stand(monkeypatch, tmp_path):
    aws.enter(monkeypatch, tmp_path)
    stand = StandIn()
    yield stand
    stand.close()


@pytest.fixture(name="look")
def _look(bot, stand):
    async def look(**options):
        await bot.load("rekognition", **{"endpoint": stand.url, "attempts": 1, "features": ["labels"], **options})

    return look


def status_of(bot):
    [status] = [status for status in bot.statuses if status.name == "rekognition"]
    return status


def where(stand):
    return stand.url.removeprefix("http://")


async def assert_benched_and_back(bot, clock, stand, why, pause=15):
    """It says once why it does not work, rests, and works again by itself."""
    await bot.see(ROOMS[0])
    assert bot.problems == [f"rekognition: {why}"]
    assert (status_of(bot).state, status_of(bot).reason) == ("benched", f"{why} (tried again in {pause} s)")
    asked = len(stand.calls)
    await clock.advance(pause - 1)
    await bot.see(ROOMS[1], times=2)
    assert len(stand.calls) == asked
    await clock.advance(2)
    await bot.see(ROOMS[0])
    assert [label.name for label in bot.shown[-1].labels] == ["Mug", "Cupboard"]
    assert (status_of(bot).state, status_of(bot).reason) == ("working", "")
    assert bot.problems == [f"rekognition: {why}"]


async def test_it_hangs(bot, clock, stand, look):
    stand.script.append(stand.hang)
    await look(patience=0.2)
    await assert_benched_and_back(bot, clock, stand, f"{where(stand)} does not answer within 0.2 s")


@pytest.mark.parametrize(
    ("reply", "pause"),
    [
        (aws.error("ThrottlingException", 400), 15),
        (aws.error("ProvisionedThroughputExceededException", 400, retry_after="120"), 120),
        (aws.error("TooManyRequestsException", 429, Retry_After="60"), 60),
        (aws.error("ThrottlingException", 429, x_amz_retry_after="90000"), 90),
    ],
)
async def test_it_is_too_busy(bot, clock, stand, look, reply, pause):
    stand.script.append(reply)
    await look()
    code = reply.body.split(b'"')[3].decode()
    why = f"{where(stand)} is too busy for more calls ({code}): set max_rate, or ask AWS for a higher quota"
    await assert_benched_and_back(bot, clock, stand, why, pause)


async def test_a_date_says_when_to_try_again(bot, clock, stand, look):
    stand.script.append(aws.error("", 429, Retry_After=formatdate(time.time() + 3600, usegmt=True)))
    await look()
    await bot.see(ROOMS[0])
    assert bot.problems == [
        f"rekognition: {where(stand)} is too busy for more calls (429): set max_rate, or ask AWS for a higher quota"
    ]
    await clock.advance(3500)
    await bot.see(ROOMS[1], times=2)
    assert len(stand.calls) == 1


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (aws.error("InternalServerError", 500), "InternalServerError: This is a InternalServerError."),
        (Reply(503, b"<html>\nNo\n</html>"), "503: Service Unavailable"),
        (aws.error("ImageTooLargeException"), "ImageTooLargeException: This is a ImageTooLargeException."),
    ],
)
async def test_it_fails(bot, clock, stand, look, reply, why):
    stand.script.append(reply)
    await look()
    await assert_benched_and_back(bot, clock, stand, f"{where(stand)} fails at DetectLabels: {why}")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"<html>",
        b"\xff\xfe",
        b'{"Labels": 7}',
        b'{"Labels": [{"Name": "Mug"}]}',
        b'{"Labels',
    ],
)
async def test_it_answers_nonsense(bot, clock, stand, look, body):
    stand.script.append(Reply(200, body))
    await look()
    why = f"{where(stand)} answers DetectLabels with nonsense, or only in part"
    await assert_benched_and_back(bot, clock, stand, why)


async def test_it_breaks_off_in_the_middle_of_an_answer(bot, clock, stand, look):
    stand.script.append(stand.break_off)
    await look()
    await assert_benched_and_back(
        bot, clock, stand, f"{where(stand)} answers DetectLabels with nonsense, or only in part"
    )


async def test_it_hangs_up_without_an_answer(bot, stand, look):
    stand.script.append(lambda handler: None)
    await look()
    await bot.see(ROOMS[0])
    [problem] = bot.problems
    assert problem.startswith(f"rekognition: {where(stand)} cannot be reached: Connection was closed")
    assert "\n" not in problem


async def test_it_is_not_there_at_the_start_and_comes_later(bot, clock, stand, look):
    stand.go()
    await look()
    await bot.start()
    assert status_of(bot).state == "working"
    await bot.see(ROOMS[0])
    [problem] = bot.problems
    assert problem.startswith(f"rekognition: {where(stand)} cannot be reached: Could not connect")
    await clock.advance(16)
    await bot.see(ROOMS[1], times=2)
    assert bot.problems == [problem]
    stand.come()
    await clock.advance(31)
    await bot.see(ROOMS[2], times=2)
    assert bot.shown
    assert status_of(bot).state == "working"


async def test_a_password_in_the_address_is_refused_and_not_told(stand, look, caplog):
    with pytest.raises(ConfigError, match="endpoint is no address") as error:
        await look(endpoint=stand.url.replace("//", "//me:a-pass-word@"))
    assert "a-pass-word" not in str(error.value).rpartition("rekognition: ")[2] + caplog.text


async def test_nearby_nobody_else_is_asked(bot, stand, look, monkeypatch):
    other = StandIn()
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("HTTP_PROXY", other.url)
    await look()
    await bot.see(ROOMS[0])
    assert (stand.operations, other.calls) == (["DetectLabels"], [])
    other.close()


NOWHERE = b'{"FaceDetails": [{"BoundingBox": {"Left": NaN, "Top": 0, "Width": 1, "Height": 1}}]}'


async def test_a_box_without_sides_is_nonsense(bot, stand, look):
    stand.script.append(lambda _: Reply(200, NOWHERE))
    await look(features=["faces"])
    await bot.see(ROOMS[0])
    [problem] = bot.problems
    assert "answers DetectFaces with nonsense" in problem


async def test_a_service_that_is_away_is_told_once_also_to_who_asks(bot, stand, look):
    await look(features=["labels", "faces"])
    await bot.load("dialogue")
    stand.go()
    await bot.see(ROOMS[0])
    await bot.read("who do you see")
    assert len(bot.problems) == 1
    assert bot.answers[-1].startswith("The plugin “rekognition”, which could tell, does not work just now.")


async def test_what_can_be_mended_by_trying_again_is_tried_again(bot, stand, look):
    stand.script.append(aws.error("InternalServerError", 500))
    await look(attempts=2)
    await bot.see(ROOMS[0])
    assert stand.operations == ["DetectLabels"] * 2
    assert bot.shown


# Credentials


async def test_no_credentials_and_then_there_are_some(bot, clock, stand, look, monkeypatch, tmp_path):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    await look()
    await bot.see(ROOMS[0])
    assert bot.problems == [f"rekognition: there are no AWS credentials: {KEYS}"]
    (tmp_path / "aws-credentials").write_text(
        f"[default]\naws_access_key_id = {aws.KEY}\naws_secret_access_key = {aws.SECRET}\n"
    )
    await clock.advance(16)
    await bot.see(ROOMS[1], times=2)
    assert bot.shown


async def test_a_profile_has_the_credentials(bot, stand, look, monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "another")
    (tmp_path / "aws-credentials").write_text(
        f"[bot]\naws_access_key_id = {aws.KEY}\naws_secret_access_key = {aws.SECRET}\n"
    )
    await look(profile="bot")
    await bot.see(ROOMS[0])
    assert bot.shown


async def test_half_of_the_credentials(bot, stand, look, monkeypatch):
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    await look()
    await bot.see(ROOMS[0])
    assert bot.problems == [
        f"rekognition: the AWS credentials are incomplete, AWS_SECRET_ACCESS_KEY is missing: {KEYS}"
    ]


async def test_wrong_credentials(bot, clock, stand, look, monkeypatch, caplog):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody-else")
    await look()
    await bot.see(ROOMS[0])
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", aws.KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a-wrong-secret")
    assert bot.problems == [f"rekognition: {where(stand)} does not know the AWS access key, or no longer: {KEYS}"]
    await clock.advance(16)
    await bot.see(ROOMS[1], times=2)
    why = f"{where(stand)} refuses the signature: AWS_SECRET_ACCESS_KEY is not the one of the access key; {KEYS}"
    assert status_of(bot).reason.startswith(why)
    assert "a-wrong-secret" not in caplog.text + str(bot.problems) + status_of(bot).reason
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", aws.SECRET)
    await clock.advance(31)
    await bot.see(ROOMS[2], times=2)
    assert bot.shown


async def test_credentials_that_motos_server_does_not_believe(bot, stand, look):
    moto = Bucket()
    moto.lock()
    await look(endpoint=moto.storage["endpoint_url"])
    await bot.see(ROOMS[0])
    moto.close()
    [problem] = bot.problems
    assert problem.endswith(f" does not know the AWS access key, or no longer: {KEYS}")


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("ExpiredTokenException", f"the AWS credentials have expired: {KEYS}, or run `aws sso login`"),
        ("AccessDeniedException", "the AWS credentials may not do rekognition:DetectLabels: allow it in IAM"),
    ],
)
async def test_credentials_that_do_not_do(bot, clock, stand, look, code, why):
    stand.script.append(aws.error(code, text="User: arn:aws:iam::123456789012:user/bot is not authorized"))
    await look()
    await assert_benched_and_back(bot, clock, stand, why)


async def test_a_collection_that_is_not_there(bot, stand, look):
    await look(features=["faces"], collection="people")
    await bot.see(ROOMS[0])
    [problem] = bot.problems
    assert problem == (
        "rekognition: The collection id: people does not exist: "
        "`cortex rekognition enrol NAME IMAGE` makes a collection"
    )


# Costs


async def test_a_budget_that_runs_out_is_still_out_after_a_restart(bot, clock, stand, look):
    options = {"features": ["labels", "faces"], "prices": {"image": 0.001}, "max_cost_per_day": 0.004}
    await look(**options)
    for number, room in enumerate(ROOMS):
        await bot.see(room, times=2)
        assert len(stand.calls) == min(2 * number + 2, 4)
        await clock.advance(5)
    assert status_of(bot).cost_left == 0
    assert status_of(bot).reason == "rekognition has spent its 0.004 of today (max_cost_per_day)"
    await bot.restart()
    await bot.see(ROOMS[0])
    assert len(stand.calls) == 4
    await clock.advance(24 * 3600)
    await bot.see(ROOMS[1], times=2)
    assert len(stand.calls) == 6


async def test_calls_of_a_day_are_still_spent_after_a_restart(bot, clock, stand, look):
    await look(max_calls_per_day=1)
    await bot.see(ROOMS[0])
    await bot.restart()
    await bot.see(ROOMS[1], times=2)
    assert stand.operations == ["DetectLabels"]


@pytest.mark.parametrize(
    ("script", "images"),
    [
        ([], 1),
        (["hang"], 1),
        ([aws.error("ThrottlingException")], 0),
        ([aws.error("InternalServerError", 500)], 0),
        ([aws.error("InvalidParameterException")], 1),
        ([Reply(200, b"nonsense")], 1),
    ],
)
async def test_what_aws_may_have_looked_at_is_counted(bot, stand, look, script, images):
    stand.script.extend(stand.hang if reply == "hang" else reply for reply in script)
    await look(patience=0.2, prices={"image": 1}, max_cost_per_day=10)
    await bot.see(ROOMS[0])
    assert (status_of(bot).cost_left, len(bot.problems)) == (10 - images, len(script))


async def test_each_person_that_is_compared_with_is_counted(bot, stand, look, tmp_path):
    people = aws.portraits(tmp_path, Olivier="red", Ada="green")
    await look(features=["labels", "text", "faces"], people=people, prices={"image": 1}, max_cost_per_day=100)
    await bot.see(scene("green"))
    assert status_of(bot).cost_left == 100 - 4


async def test_a_look_that_was_given_up_asks_nothing_more(bot, clock, stand, look):
    late = threading.Event()

    def answer_late(_):
        late.wait(aws.PATIENCE)
        return Reply(200, b'{"Labels": []}')

    stand.script.append(answer_late)
    await look(features=["labels", "text", "faces"], timeout=5)
    await bot.see(pictures.photo(), wait=False)
    while not stand.calls:
        await clock.advance(0)
    [unit] = [unit for unit in bot.core.units if unit.name == "rekognition"]
    await clock.advance(6)
    assert unit.cortex.options.eye._threads.lost == 1
    late.set()
    while unit.cortex.options.eye._threads.lost:
        await clock.advance(0)
    assert [problem.partition(":")[0] for problem in bot.problems] == ["rekognition"]
    assert stand.operations == ["DetectLabels"]
