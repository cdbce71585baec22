"""Google Cloud Vision when it hangs, refuses, fails, talks nonsense or is away, and when it comes back."""

from __future__ import annotations

import asyncio

import pytest
from google.rpc import code_pb2 as codes
from google.rpc import status_pb2

from cortex.testing import pictures
from tests.support import google_vision as stand_in

NAME = "Google Cloud Vision"
LOG_IN = "set GOOGLE_APPLICATION_CREDENTIALS to a key file, or run `gcloud auth application-default login`"
ENABLE = "see that the project has the Cloud Vision API and billing enabled"


@pytest.fixture(name="vision")
def _vision():
    with stand_in.visible() as vision:
        yield vision


@pytest.fixture(name="load")
def _load(bot, vision):
    async def load(**options):
        await bot.load("greeter")
        await bot.load("google_vision", **{"endpoint": vision.url, "patience": 0.5, **options})

    return load


def status(bot):
    [status] = [status for status in bot.statuses if status.name == "google_vision"]
    return status


async def fails(bot, line):
    """Let it look: it is benched at once, says why once, and the rest of the bot goes on."""
    await bot.see(pictures.photo(1))
    [problem] = bot.problems
    assert problem.startswith(f"google_vision: {line}")
    assert len(problem.splitlines()) == 1
    assert (status(bot).state, status(bot).reason.startswith(line)) == ("benched", True)
    await bot.see(pictures.photo(2))
    assert len(bot.problems) == 1
    await bot.read("hello")
    assert bot.said == ["Hello! Show me something."]


async def recovers(bot, clock, seconds=15):
    await clock.advance(seconds)
    await bot.see(pictures.photo(3), times=2)  # the second shows that it rests
    assert (status(bot).state, status(bot).reason) == ("working", "")
    assert bot.remarks == ["I see: mug."]


async def test_one_that_hangs_is_waited_for_no_longer_than_the_person_has_patience(bot, vision, load, clock):
    vision.hold()
    await load(prices={"unit": 1}, max_cost_per_day=10)
    await fails(bot, f"{NAME} does not answer within 0.5 s")
    assert status(bot).cost_left == 8  # Google may have looked at it all the same
    vision.let_go()
    await recovers(bot, clock)


async def test_one_that_is_not_there_at_the_start_and_comes_later(bot, vision, load, clock):
    vision.go()
    await load(prices={"unit": 1}, max_cost_per_day=10)
    await fails(bot, f"{NAME} cannot be reached: {vision.host}: Failed to connect")
    assert status(bot).cost_left == 10
    vision.come()
    await recovers(bot, clock)


async def test_one_that_goes_in_the_middle_of_an_answer_and_comes_back(bot, vision, load, clock):
    await load()
    vision.hold()
    await bot.see(pictures.photo(1), wait=False)
    await asyncio.to_thread(vision.was_asked)
    await asyncio.to_thread(vision.go)
    vision.let_go()
    await bot.until(lambda: bot.problems)
    [problem] = bot.problems
    assert problem.startswith(f"google_vision: {NAME} ")
    await asyncio.to_thread(vision.come)
    await recovers(bot, clock)


async def test_what_is_over_quota_waits_as_long_as_google_says(bot, vision, load, clock):
    vision.refuses(codes.RESOURCE_EXHAUSTED, "Quota exceeded for quota metric 'Requests'.", retry_after=120)
    await load(prices={"unit": 1}, max_cost_per_day=10)
    await fails(bot, f"{NAME} is over its quota: Quota exceeded for quota metric 'Requests'")
    assert "(tried again in 120 s)" in status(bot).reason
    assert status(bot).cost_left == 10
    vision.statuses.clear()
    await clock.advance(100)
    await bot.see(pictures.photo(3))
    assert len(vision.asked) == 1
    await recovers(bot, clock, 20)


async def test_over_quota_is_not_tried_again_by_the_client(bot, vision, load):
    vision.refuses(codes.RESOURCE_EXHAUSTED, "Quota exceeded")
    await load()
    await fails(bot, f"{NAME} is over its quota")
    assert len(vision.asked) == 1


async def test_one_that_has_an_error_of_its_own(bot, vision, load, clock):
    vision.refuses(codes.INTERNAL, "Internal server error")
    await load()
    await fails(bot, f"{NAME} has failed: Internal server error")
    assert len(vision.asked) == 1
    vision.statuses.clear()
    await recovers(bot, clock)


async def test_one_that_is_busy_for_a_moment_is_asked_again_and_nobody_notices(bot, vision, load):
    vision.refuses(codes.UNAVAILABLE, "The service is currently unavailable.")
    vision.statuses.append(None)
    await load(patience=10)
    await bot.see(pictures.photo(1))
    assert len(vision.asked) == 2
    assert bot.remarks == ["I see: mug."]


async def test_one_that_stays_busy(bot, vision, load, clock):
    vision.refuses(codes.UNAVAILABLE, "The service is currently unavailable.", retry_after=60)
    await load()
    await fails(bot, f"{NAME} cannot be reached: The service is currently unavailable")
    assert "(tried again in 60 s)" in status(bot).reason
    assert len(vision.asked) == 1  # nor within a second, where it asks for a minute
    vision.statuses.clear()
    await recovers(bot, clock, 60)


@pytest.mark.parametrize(
    ("code", "message", "line"),
    [
        (
            codes.UNAUTHENTICATED,
            "Request had invalid authentication credentials.",
            f"{NAME} does not accept the credentials: Request had invalid authentication credentials; {LOG_IN}",
        ),
        (
            codes.PERMISSION_DENIED,
            "Cloud Vision API has not been used in project 42 before or it is disabled.",
            f"{NAME} refuses: Cloud Vision API has not been used in project 42 before or it is disabled; {ENABLE}",
        ),
        (codes.INVALID_ARGUMENT, "Bad image data.", f"{NAME} does not take the picture: Bad image data"),
    ],
)
async def test_one_that_refuses_is_not_asked_twice(bot, vision, load, clock, code, message, line):
    vision.refuses(code, message)
    await load()
    await fails(bot, line)
    assert len(vision.asked) == 1
    vision.statuses.clear()
    await recovers(bot, clock)


async def test_a_picture_that_it_cannot_use_costs_nothing_and_is_in_no_others_way(bot, vision, load):
    vision.wrong = status_pb2.Status(code=codes.INVALID_ARGUMENT, message="Bad image data.")
    await load(prices={"unit": 1}, max_cost_per_day=10)
    await bot.see(pictures.photo(1))
    assert bot.problems == [f"{NAME} cannot use the picture: Bad image data"]
    assert (status(bot).state, status(bot).cost_left) == ("working", 10)
    vision.wrong = None
    await bot.see(pictures.photo(3), times=2)
    assert bot.remarks == ["I see: mug."]


async def test_an_answer_that_says_that_it_failed_at_the_picture(bot, vision, load, clock):
    vision.wrong = status_pb2.Status(code=codes.INTERNAL, message="Try later.")
    await load(prices={"unit": 1}, max_cost_per_day=10)
    await fails(bot, f"{NAME} has failed: Try later")
    assert status(bot).cost_left == 10
    vision.wrong = None
    await recovers(bot, clock)


@pytest.mark.parametrize("nonsense", [b"", b"\x0a\x00\x0a\x00", b"\xff\xff\xff not a message"])
async def test_an_answer_that_is_none(bot, vision, load, clock, nonsense):
    vision.nonsense = nonsense
    await load()
    await fails(bot, f"{NAME} answers nonsense")
    vision.nonsense = None
    await recovers(bot, clock)


@pytest.mark.parametrize(
    "says",
    [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<h1>Welcome to your router</h1>", b"\x00\xff" * 500],
    ids=["a web page", "noise"],
)
async def test_something_else_at_the_address(bot, load, says):
    rough = stand_in.Rough(says, hangs_up=True)
    await load(endpoint=rough.url)
    await fails(bot, f"{NAME} ")
    rough.close()


async def test_somebody_who_hangs_up_at_once(bot, load):
    rough = stand_in.Rough(hangs_up=True)
    await load(endpoint=rough.url)
    await fails(bot, f"{NAME} cannot be reached")
    rough.close()


async def test_somebody_who_takes_the_call_and_never_says_a_word(bot, load):
    rough = stand_in.Rough()
    await load(endpoint=rough.url)
    await fails(bot, f"{NAME} ")
    rough.close()


async def test_one_person_who_waits_does_not_lose_the_line_by_the_failure_of_another(bot, vision, load):
    await load(patience=20)
    await bot.start()
    other = await bot.meet()
    vision.hold()
    await bot.see(pictures.photo(1), wait=False)
    await other.see(pictures.photo(2), wait=False)
    await asyncio.to_thread(vision.was_asked, 2)
    vision.refuses(codes.INTERNAL, "Just once.")
    vision.statuses.append(None)
    vision.let_go(1)
    failing, waiting = await first_of(bot, other)
    vision.let_go()
    await waiting.until(lambda: waiting.shown)
    assert (len(failing.problems), waiting.problems) == (1, [])


async def first_of(*people):
    """Wait until one of two has a problem; return that one, and the other."""
    tasks = [asyncio.ensure_future(person.until(lambda person=person: person.problems)) for person in people]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    return people if people[0].problems else people[::-1]
