"""What does not work is told, with what to do about it, and the rest goes on."""

from __future__ import annotations

import io
import json
import re

import pytest
from PIL import Image
from playwright.async_api import expect

from tests.browser.conftest import COLOURS
from tests.browser.support.chromium import CAMERA_REFUSED, NO_CAMERA, STRANGER
from tests.browser.test_access import complaints


async def answers_what_is_typed(person) -> None:
    await person.types("hello")
    await expect(person.line("Hello! Show me something.")).to_be_visible()


async def test_a_camera_that_is_gone_is_told_and_can_be_tried_again(visit, scene):
    scene.show_colour("red")
    person = await visit()
    person.foreseen.append("The camera is gone")
    await person.wakes()
    await expect(person.seen).to_have_text("red")
    await person.page.evaluate("cameras.unplug()")
    await expect(person.told("the camera is gone. plug it in")).to_be_visible()
    await expect(person.eye).to_have_attribute("aria-pressed", "false")
    await person.page.get_by_role("button", name="Try again").click()
    await expect(person.seen).to_have_text("red")
    await expect(person.told("the camera is gone")).to_have_count(0)


async def test_the_real_recogniser_without_its_service_leads_to_typing(visit, scene):
    person = await visit(ears=False)
    person.foreseen.append("hearing:")
    await person.wakes()
    await expect(person.told("type instead")).to_be_visible()
    await expect(person.ear).to_have_attribute("aria-pressed", "false")
    await expect(person.box).to_be_editable()
    await answers_what_is_typed(person)


async def test_a_browser_without_recognition_leads_to_typing(visit, scene):
    person = await visit(ears=False)
    person.foreseen.append("hearing:")
    await person.page.evaluate("SpeechRecognition = webkitSpeechRecognition = undefined")
    await person.wakes()
    await expect(person.told("no speech recognition. type instead")).to_be_visible()
    await answers_what_is_typed(person)


async def test_a_real_browser_without_voices_is_told_once_and_everything_stands_in_the_conversation(visit, scene):
    scene.show_colour("green")
    person = await visit(mouth=False)
    await person.wakes()
    await expect(person.line("green")).to_be_visible()
    await expect(person.told("no voice here")).to_have_count(1)
    await answers_what_is_typed(person)
    await person.types("what do you see?")
    await expect(person.line("I see: green.")).to_be_visible()
    await expect(person.told("no voice here")).to_have_count(1)


async def test_a_page_that_is_not_secure_says_where_the_camera_works(visit, server):
    person = await visit(f"http://{STRANGER}:{server.port}", ears=False)
    person.foreseen += ["vision:", "hearing:"]
    await person.wake.click()
    await expect(person.told("the camera only to https or localhost")).to_be_visible()
    await expect(person.told("type instead")).to_be_visible()
    await expect(person.eye).to_have_attribute("aria-pressed", "false")
    await answers_what_is_typed(person)


@pytest.mark.parametrize(
    ("flags", "advice"),
    [(CAMERA_REFUSED, "the camera was refused. allow it"), (NO_CAMERA, "no camera was found. plug one in")],
)
async def test_a_camera_that_does_not_open_is_told_with_what_to_do(visit, flags, advice):
    person = await visit(flags=flags)
    person.foreseen.append("vision:")
    await person.wake.click()
    await expect(person.told(advice)).to_be_visible()
    await expect(person.page.get_by_role("button", name="Try again")).to_be_visible()
    await expect(person.eye).to_have_attribute("aria-pressed", "false")
    await expect(person.seen).to_have_text("My eye is closed")
    await person.says("hello")
    await expect(person.line("Hello! Show me something.")).to_be_visible()
    await person.hears("Hello!")


# Plugins that do not work

ILL = [
    {"name": name, "state": "benched", "reason": f"{name} at 192.168.1.20:8000 cannot be reached: is it running?"}
    for name in ("classifier", "google_vision", "rekognition", "llm")
]


async def besides(person, ill: list[dict]) -> None:
    """Open the page; whenever the server tells how the plugins are, these are among them."""

    def add(socket, data) -> None:
        if isinstance(data, str) and '"plugins"' in data:
            message = json.loads(data)
            message["plugins"] += ill
            data = json.dumps(message)
        socket.send(data)

    def stand_between(socket) -> None:
        socket.connect_to_server().on_message(lambda data: add(socket, data))

    await person.page.route_web_socket(re.compile("/ws$"), stand_between)
    await person.opens()


def troubles(person):
    return person.page.get_by_role("list", name="Plugins that do not work")


def notices(person):
    return person.page.get_by_role("region", name="Notices").locator(".notice")


async def ink(person) -> bool:
    """Tell whether something is drawn across the lower edge of the list, where it says that there is more."""
    box = await troubles(person).bounding_box()
    middle = {"x": box["x"] + box["width"] / 2 - 8, "y": box["y"] + box["height"] - 20, "width": 16, "height": 20}
    low, high = Image.open(io.BytesIO(await person.page.screenshot(clip=middle))).convert("L").getextrema()
    return high - low > 60


@pytest.mark.parametrize("size", [(320, 480), (360, 740), (640, 400), (740, 360), (1280, 800)])
async def test_of_many_troubles_each_can_be_read_and_nothing_is_hidden_by_them(visit, scene, size):
    width, height = size
    person = await visit(opened=False, viewport={"width": width, "height": height}, reduced_motion="reduce")
    await besides(person, ILL)
    items = troubles(person).get_by_role("listitem")
    await expect(items).to_have_count(4)
    for place in (troubles(person), person.box):
        await expect(place).to_be_in_viewport(ratio=1)
    hint = person.page.get_by_text("Show me a thing")
    if await hint.is_visible():
        over, under = await hint.bounding_box(), await troubles(person).bounding_box()
        assert over["y"] >= under["y"] + under["height"]
        assert over["y"] + over["height"] <= (await person.box.bounding_box())["y"]
    if await troubles(person).evaluate("list => list.scrollHeight > list.clientHeight + 1"):
        await expect(troubles(person)).to_have_attribute("data-more", "true")
        assert await ink(person)
        await troubles(person).focus()
        await person.page.keyboard.press("End")
        await expect(troubles(person)).to_have_attribute("data-more", "false")
    await expect(items.last).to_be_in_viewport(ratio=0.9)
    assert await complaints(person.page) == []
    await person.types("hello")
    await expect(person.line("Hello! Show me something.")).to_be_in_viewport(ratio=0.3)


async def test_a_single_trouble_is_shown_whole(visit, scene):
    person = await visit(opened=False, viewport={"width": 1280, "height": 800})
    await besides(person, ILL[:1])
    await expect(troubles(person)).to_have_attribute("data-more", "false")
    await expect(troubles(person)).not_to_have_attribute("tabindex", "0")


async def test_a_fault_of_a_plugin_is_told_once_and_no_longer_than_it_lasts(visit, serve, scene):
    server = await serve({"plugins": {"dialogue": None, "greeter": None, "stumbler": None}})
    person = await visit(server.address, opened=False)
    await person.page.clock.install()
    await person.opens()
    await person.types("hello")
    await expect(notices(person)).to_have_text([re.compile("stumbler: ValueError: stumbled over hello")])
    await person.page.clock.fast_forward(20_000)
    await expect(notices(person)).to_have_count(0)
    for _ in range(4):  # with the first one it is benched
        await person.types("hello")
    await expect(troubles(person)).to_contain_text("stumbler takes a rest")
    await expect(troubles(person)).to_contain_text("ValueError: stumbled over hello")
    await person.page.clock.fast_forward(2_000)
    await expect(notices(person)).to_have_count(0)


# A sense from outside whose browser half throws


def clumsy(**senses):
    return {**COLOURS, "senses": {"vision": None, "reading": None, **senses}}


def _report(person, name):
    """Return what the page last told the server of a sense."""
    return [message for message in person.traffic.sent if message["type"] == "report" and message["name"] == name][-1]


async def goes_on(person, scene) -> None:
    """The eye sees, and what is typed is answered."""
    scene.show_colour("red")
    await person.wakes()
    await expect(person.seen).to_have_text("red")
    await answers_what_is_typed(person)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("rotten", "rotten: this module is rotten"),
        ("garbled", "garbled: unexpected end"),
        ("absent", "absent: .*(failed to fetch|importing)"),
    ],
)
async def test_a_sense_that_does_not_load_is_named_and_the_rest_works(visit, serve, scene, name, reason):
    server = await serve(clumsy(**{name: None}))
    person = await visit(server.address)
    person.foreseen += [name, "404"]
    await expect(person.told(reason)).to_be_visible()
    await goes_on(person, scene)
    assert _report(person, name)["state"] == "failed"


async def test_a_sense_that_throws_in_start_is_named_and_the_rest_works(visit, serve, scene):
    server = await serve(clumsy(clumsy={"how": "start"}))
    person = await visit(server.address)
    person.foreseen.append("stumbled")
    await expect(person.told("clumsy: it stumbled in a start")).to_be_visible()
    await goes_on(person, scene)


async def test_a_sense_that_throws_as_it_looks_is_named_and_the_rest_works(visit, serve, scene):
    server = await serve(clumsy(clumsy=None))
    person = await visit(server.address)
    person.foreseen.append("stumbled")
    await expect(person.page.get_by_role("button", name="Push")).to_be_visible()
    await person.types("look")
    await expect(person.told("clumsy: it stumbled in a look")).to_be_visible()
    await goes_on(person, scene)


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("handler", "it stumbled in a handler"),
        ("timer", "it stumbled in a timer"),
        ("promise", "it stumbled in a promise"),
        ("event", "it stumbled in a event"),
        ("word", "over a word"),
        ("notice", "it stumbled in a notice"),
    ],
)
async def test_a_sense_that_throws_where_nobody_catches_it_is_named_and_stopped_and_the_rest_works(
    visit, serve, scene, how, reason
):
    server = await serve(clumsy(clumsy={"how": how}))
    person = await visit(server.address)
    person.foreseen.append("stumbled|over a word")
    push = person.page.get_by_role("button", name="Push", exact=True).first
    await push.click()
    await expect(person.told(f"^clumsy: {reason}$")).to_have_count(1)
    await expect(person.page.get_by_role("group", name="Senses").get_by_role("button", name="Push")).to_have_count(0)
    assert _report(person, "clumsy")["state"] == "failed"
    await person.page.get_by_role("button", name="Try again").click()
    await expect(push).to_be_visible()
    await expect(person.told(f"^clumsy: {reason}$")).to_have_count(0)
    await goes_on(person, scene)
