"""The page for everybody: by keyboard, with a screen reader, in the dark and in a narrow window."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from tests.browser.conftest import COLOURS

NARROW, WIDE = {"width": 360, "height": 740}, {"width": 1280, "height": 800}


async def complaints(page) -> list[str]:
    """Return what axe finds."""
    results = await Axe().run(page)
    return [
        f"{violation['id']}: {node['target']}: {node['failureSummary']}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]


async def scrolls_sideways(page) -> bool:
    return await page.evaluate("document.scrollingElement.scrollWidth > document.scrollingElement.clientWidth")


@pytest.mark.parametrize("viewport", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_asleep_awake_and_in_trouble(visit, serve, scene, scheme, viewport):
    scene.show_colour("red")
    server = await serve({"plugins": {**COLOURS["plugins"], "unwilling": None}})
    person = await visit(server.address, viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    person.foreseen.append("hearing:")
    await expect(person.eye).to_be_attached()
    assert await complaints(person.page) == []
    assert not await scrolls_sideways(person.page)
    await person.wakes()
    await expect(person.seen).to_have_text("red")
    await person.listened()
    await person.page.evaluate("ears.error('network')")
    await expect(person.told("type instead")).to_be_visible()
    await person.types("hello")
    await expect(person.line("Hello! Show me something.")).to_be_visible()
    assert await complaints(person.page) == []
    assert not await scrolls_sideways(person.page)


async def test_a_narrow_page_is_not_widened_by_what_stands_on_it(visit, scene):
    scene.show_colour("red")
    person = await visit(viewport=NARROW)
    await person.wakes()
    await person.types("hello" * 100)
    await expect(person.line("hello" * 100)).to_be_visible()
    await expect(person.seen).to_have_text("red")
    assert not await scrolls_sideways(person.page)


@pytest.mark.parametrize("viewport", [NARROW, WIDE], ids=["narrow", "wide"])
async def test_everything_that_is_used_can_be_seen_and_pressed(visit, scene, viewport):
    person = await visit(viewport=viewport)
    await expect(person.box).to_be_in_viewport(ratio=1)
    await expect(person.wake).to_be_in_viewport(ratio=1)
    await person.wakes()
    for thing in (person.eye, person.ear, person.voice, person.box, person.seen):
        await expect(thing).to_be_in_viewport(ratio=1)
    for thing in (person.eye, person.ear, person.voice):
        await thing.click(trial=True)


async def test_the_bot_is_worked_by_keyboard_alone(visit, scene):
    scene.show_colour("blue")
    person = await visit()
    await expect(person.voice).to_be_attached()
    await tab_to(person, person.wake)
    await person.page.keyboard.press("Enter")
    await expect(person.seen).to_have_text("blue")
    await tab_to(person, person.eye)
    await person.page.keyboard.press("Space")
    await expect(person.eye).to_have_attribute("aria-pressed", "false")
    await tab_to(person, person.voice)
    await person.page.keyboard.press("Enter")
    await expect(person.voice).to_have_attribute("aria-pressed", "false")
    await tab_to(person, person.ear)
    await person.page.keyboard.press("Space")
    await expect(person.ear).to_have_attribute("aria-pressed", "false")
    await tab_to(person, person.box)
    await person.page.keyboard.type("hello")
    await person.page.keyboard.press("Enter")
    await expect(person.line("Hello! Show me something.")).to_be_visible()


async def tab_to(person, thing) -> None:
    """Press Tab until the thing has the focus."""
    for _ in range(20):
        if await thing.evaluate("element => element === document.activeElement"):
            return
        await person.page.keyboard.press("Tab")
    raise AssertionError(f"{thing} is not reached by Tab")


async def test_the_keyboards_focus_is_not_lost_when_the_bot_wakes(visit, scene):
    person = await visit()
    await expect(person.voice).to_be_attached()
    await person.wake.focus()
    await person.page.keyboard.press("Enter")
    await expect(person.wake).to_be_hidden()
    assert await person.page.evaluate("document.activeElement !== document.body")


async def test_the_toggles_stand_in_the_order_of_the_config(visit):
    person = await visit()
    toggles = person.page.get_by_role("group", name="Senses").get_by_role("button")
    await expect(toggles).to_have_text(["Eye", "Ear", "Voice"])


async def test_the_conversation_and_what_is_seen_are_live_regions_in_the_persons_language(visit, scene):
    person = await visit(language="fr")
    await expect(person.page.locator("html")).to_have_attribute("lang", "fr")
    await expect(person.wake).to_be_visible()
    await expect(person.log).to_be_attached()
    await person.types("hello")
    await expect(person.line("hello")).to_have_attribute("lang", "fr-FR")
