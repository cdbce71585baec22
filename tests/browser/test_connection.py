"""The server goes and comes back: the page tells, and recovers by itself."""

from __future__ import annotations

import signal

import pytest
from playwright.async_api import expect

from tests.browser.conftest import COLOURS


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
async def test_the_page_tells_that_the_server_is_gone_and_goes_on_when_it_is_back(visit, serve, scene, number):
    scene.show_colour("red")
    server = await serve(COLOURS)
    person = await visit(server.address)
    person.foreseen.append("WebSocket connection to .* failed")
    await person.wakes()
    await expect(person.seen).to_have_text("red")

    await server.stop(number)
    await expect(person.page.get_by_role("alert")).to_have_text("The server is gone.")
    await expect(person.told("trying again in|connecting")).not_to_have_count(0)
    await person.types("hello")
    await expect(person.told("not sent")).to_be_visible()
    await expect(person.box).to_have_value("hello")

    await server.start()
    await expect(person.page.get_by_role("alert")).to_be_hidden(timeout=30_000)
    scene.show_colour("blue")
    await expect(person.seen).to_have_text("blue")
    await person.hears("blue")
    await person.box.press("Enter")
    await expect(person.line("Hello! Show me something.")).to_be_visible()
    await expect(person.told("not sent")).to_have_count(0)
    await expect(person.eye).to_have_attribute("aria-pressed", "true")


async def test_the_page_becomes_what_a_server_with_another_config_says(visit, serve, scene):
    scene.show_colour("red")
    server = await serve(COLOURS)
    person = await visit(server.address)
    person.foreseen.append("WebSocket connection to .* failed")
    await person.wakes()
    await person.listened()
    await expect(person.seen).to_have_text("red")
    await server.stop()
    server.configure({**COLOURS, "senses": {"vision": {"width": 160}, "reading": None, "doorbell": None}})
    await server.start()
    await expect(person.page.get_by_role("button", name="Ring the bell")).to_be_visible(timeout=30_000)
    await expect(person.ear).to_have_count(0)
    await person.page.wait_for_function("() => !ears.open")
    scene.show_colour("green")
    await expect(person.seen).to_have_text("green")
    await expect(person.eye).to_have_attribute("aria-pressed", "true")


async def test_what_could_not_be_fetched_is_fetched_again_once_the_connection_is_back(visit, scene):
    scene.show_colour("red")
    person = await visit(opened=False)
    person.foreseen.append("vision/client.js|ERR_FAILED|ERR_INTERNET_DISCONNECTED|WebSocket")
    await person.page.route("**/vision/client.js*", lambda route: route.abort())
    await person.opens()
    await person.wake.click()
    await expect(person.told("failed to fetch")).not_to_have_count(0)
    await person.page.unroute("**/vision/client.js*")
    await person.page.context.set_offline(True)
    await expect(person.page.get_by_role("alert")).to_have_text("The server is gone.")
    await person.page.context.set_offline(False)
    await expect(person.seen).to_have_text("red", timeout=30_000)


async def test_a_voice_that_was_silenced_stays_silent_when_the_server_is_back(visit, serve, scene):
    scene.show_colour("red")
    server = await serve(COLOURS)
    person = await visit(server.address)
    person.foreseen.append("WebSocket connection to .* failed")
    await person.wakes()
    await person.hears("red")
    await person.voice.click()
    await expect(person.voice).to_have_attribute("aria-pressed", "false")
    await server.stop()
    await expect(person.page.get_by_role("alert")).to_be_visible()
    await server.start()
    scene.show_colour("blue")
    await expect(person.seen).to_have_text("blue", timeout=30_000)
    await person.traffic.receive_more(8, "show")
    assert [saying["text"] for saying in await person.spoken()] == ["red"]
    await expect(person.line("blue")).to_have_count(0)
    await expect(person.voice).to_have_attribute("aria-pressed", "false")


async def test_two_windows_of_one_session_share_the_conversation(visit):
    person = await visit()
    await person.types("hello")
    await expect(person.line("Hello! Show me something.")).to_be_visible()
    async with person.page.expect_popup() as popup:
        await person.page.evaluate("() => void window.open(location.href)")
    other = await popup.value
    await other.get_by_role("textbox", name="Say something").fill("hello again")
    await other.keyboard.press("Enter")
    await expect(person.line("hello again")).to_have_count(1)
    await expect(person.line("Hello! Show me something.")).to_have_count(2)
    await expect(other.get_by_role("log").get_by_text("hello again", exact=True)).to_have_count(1)


async def test_a_page_that_is_loaded_again_goes_on_with_its_session(visit, scene):
    person = await visit()
    await expect(person.eye).to_be_attached()
    first = await person.page.evaluate("sessionStorage['cortex.session']")
    await person.page.reload()
    await person.types("hello")
    await expect(person.line("Hello! Show me something.")).to_be_visible()
    assert await person.page.evaluate("sessionStorage['cortex.session']") == first
