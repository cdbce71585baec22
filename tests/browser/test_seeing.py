"""The eye: from the camera to the label on the page, and to the voice."""

from __future__ import annotations

import asyncio
import re

import pytest_asyncio
from playwright.async_api import expect

# From now on no frame is encoded before `letGo()`; `held` counts those that wait.
HOLD_FRAMES = """() => {
  const encode = OffscreenCanvas.prototype.convertToBlob;
  const gate = new Promise((resolve) => (window.letGo = resolve));
  window.held = 0;
  OffscreenCanvas.prototype.convertToBlob = async function (options) {
    window.held += 1;
    await gate;
    return encode.call(this, options);
  };
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def photographer(data, serve, visit):
    """A person before a server that knows a thousand things."""
    model = {"model": str(data / "tf2_mobilenet_v2_1.0_224_ptq.tflite"), "labels": str(data / "imagenet_labels.txt")}
    server = await serve({"plugins": {"dialogue": None, "classifier": model}})
    return await visit(server.address)


async def test_a_thing_is_named_on_the_page_and_said_once_while_it_stays_in_view(visit, scene):
    scene.show_colour("red")
    person = await visit()
    await person.wakes()
    await expect(person.seen).to_have_text("red")
    await person.hears("red")
    await person.traffic.receive_more(12, "show")
    assert [saying["text"] for saying in await person.spoken()] == ["red"]
    await expect(person.line("red")).to_have_count(1)


async def test_the_label_follows_the_scene(visit, scene):
    scene.show_colour("red")
    person = await visit()
    await person.wakes()
    for name in ("red", "green", "blue"):
        scene.show_colour(name)
        await expect(person.seen).to_have_text(name, timeout=5_000)
        await person.hears(name)
    assert [saying["text"] for saying in await person.spoken()] == ["red", "green", "blue"]


async def test_the_likeliest_three_stand_as_bars_with_their_shares(visit, scene):
    scene.show_colour("blue")
    person = await visit()
    await person.wakes()
    bars = person.page.get_by_role("list", name="The likeliest").get_by_role("listitem")
    await expect(bars).to_have_count(3)
    await expect(bars.first).to_have_text(re.compile(r"blue\D*\d+ ?%"))


async def test_what_it_is_not_sure_of_is_not_said(visit, scene):
    person = await visit()
    await person.wakes()
    await person.traffic.receive_more(6, "show", sure=False)
    await expect(person.seen).to_have_text("I'm not sure")
    assert await person.spoken() == []


async def test_a_photograph_gets_its_right_label_and_the_voice_is_asked_to_say_it(photographer, data, scene):
    scene.show_photo(data / "photos" / "parrot.jpg")
    await photographer.wakes()
    await expect(photographer.seen).to_have_text("macaw")
    await photographer.hears("macaw")
    await expect(photographer.line(re.compile("macaw"))).to_have_count(1)
    scene.show_photo(data / "photos" / "hot_dog.jpg")
    await expect(photographer.seen).to_have_text(re.compile("^hotdog"), timeout=5_000)


async def test_the_frames_a_second_and_the_time_to_the_label_are_shown(visit, scene):
    scene.show_colour("green")
    person = await visit()
    await person.wakes()
    await expect(person.told(r"^\d+(\.\d)? frames/s$")).to_be_visible()
    await expect(person.told(r"^\d+ ms$")).to_be_visible()


async def test_the_eye_button_lets_go_of_the_camera_and_takes_it_again(visit, scene):
    scene.show_colour("red")
    person = await visit()
    await person.wakes()
    await expect(person.seen).to_have_text("red")
    await person.eye.click()
    await expect(person.eye).to_have_attribute("aria-pressed", "false")
    await person.camera_stops()
    await expect(person.seen).to_have_text("My eye is closed")
    scene.show_colour("blue")
    await person.eye.click()
    await expect(person.eye).to_have_attribute("aria-pressed", "true")
    await expect(person.seen).to_have_text("blue")


async def test_a_frame_that_is_still_being_encoded_when_the_eye_is_shut_is_not_sent(visit, scene):
    scene.show_colour("red")
    person = await visit()
    await person.wakes()
    await expect(person.seen).to_have_text("red")
    await person.page.evaluate(HOLD_FRAMES)
    await person.page.wait_for_function("() => held > 0")
    await person.eye.click()
    await expect(person.seen).to_have_text("My eye is closed")
    await person.types("hello")  # once that is answered, every earlier frame is too
    await expect(person.line("Hello! Show me something.")).to_have_count(1)
    shown = len(person.traffic.received)
    await person.page.evaluate("() => letGo()")
    await person.types("hello")
    await expect(person.line("Hello! Show me something.")).to_have_count(2)
    assert not [message for message in person.traffic.received[shown:] if message["type"] == "show"]
    await expect(person.seen).to_have_text("My eye is closed")


async def test_an_eye_that_is_pressed_many_times_ends_as_it_was_last_told(visit, scene):
    scene.show_colour("red")
    person = await visit()
    await person.wakes()
    await person.page.evaluate(
        "button => { for (let press = 0; press < 9; press += 1) button.click(); }", await person.eye.element_handle()
    )
    await expect(person.eye).to_have_attribute("aria-pressed", "false")
    await person.camera_stops()
    await person.eye.click()
    await expect(person.seen).to_have_text("red")


async def opens_without_its_eye(person) -> asyncio.Event:
    """Open the page; the eye's module does not arrive before the event that is returned is set."""
    hurry = asyncio.Event()

    async def hold(route) -> None:
        await hurry.wait()
        await route.continue_()

    await person.page.route("**/modules/vision/client.js", hold)
    await person.opens()
    await expect(person.ear).to_be_attached()
    return hurry


async def test_what_is_asked_of_the_eye_while_its_module_is_still_loading_waits_for_it(visit, scene):
    scene.show_colour("green")
    person = await visit(opened=False)
    hurry = await opens_without_its_eye(person)
    await person.types("what do you see?")
    await person.traffic.receive("attend", to="vision", state="look")
    hurry.set()
    await expect(person.line("I see: green.")).to_be_visible()


async def test_a_person_who_presses_wake_me_at_once_wakes_all_of_it(visit, scene):
    scene.show_colour("green")
    person = await visit(opened=False)
    hurry = await opens_without_its_eye(person)
    await person.wake.click()
    hurry.set()
    await expect(person.seen).to_have_text("green")


async def test_a_question_gets_one_look_with_the_eye_shut(visit, scene):
    scene.show_colour("green")
    person = await visit()
    await person.types("What do you see?")
    await expect(person.line("I see: green.")).to_be_visible()
    await person.camera_stops()
    await expect(person.seen).to_have_text("My eye is closed")
    await expect(person.eye).to_have_attribute("aria-pressed", "false")


async def test_where_nobody_shows_anything_it_does_not_say_for_ever_that_it_looks(serve, visit, scene):
    server = await serve({"plugins": {"dialogue": None, "teller": None}})
    person = await visit(server.address, opened=False)
    await person.page.clock.install()
    await person.opens()
    for _ in range(2):
        await expect(person.seen).to_have_text("My eye is closed")
        await person.wakes() if await person.wake.is_visible() else await person.eye.click()
        await expect(person.seen).to_have_text("Looking…")
        await person.page.clock.fast_forward(10_000)
        await expect(person.seen).to_have_text("")
        await person.eye.click()


async def test_what_is_shown_stays_however_long_ago_the_eye_was_opened(serve, visit, scene):
    scene.show_colour("red")
    server = await serve({"plugins": {"colours": {"on": "change"}}})
    person = await visit(server.address, opened=False)
    await person.page.clock.install()
    await person.opens()
    await person.wakes()
    await expect(person.seen).to_have_text("red")
    await person.page.clock.fast_forward(10_000)
    await expect(person.seen).to_have_text("red")
