"""What does not work is told, with what to do about it, and the rest goes on."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.support.chromium import CAMERA_REFUSED, NO_CAMERA, STRANGER


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
