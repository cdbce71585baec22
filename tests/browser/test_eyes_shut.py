"""Eyes shut: one press, and no picture leaves the page, whoever asks for one."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect

from tests.browser.conftest import COLOURS
from tests.browser.test_access import NARROW, WIDE, complaints, scrolls_sideways

LOW = {"width": 740, "height": 360}
REFUSAL = "My eyes are shut. Press “Eyes shut” to open them."


@pytest.fixture(name="meet")
def _meet(visit):
    """Open the page for a person whose pictures are counted."""

    async def meet(address: str = "", **options):
        person = await visit(address, opened=False, **options)
        await person.opens_counted()
        return person

    return meet


async def shuts(person) -> int:
    """Shut the eyes; return how many pictures had been sent once the server has got all of them."""
    await person.shut.click()
    await expect(person.shut).to_have_attribute("aria-pressed", "true")
    await expect(person.eye).to_have_attribute("aria-pressed", "false")
    await person.camera_stops()
    return await answered(person)


async def answered(person) -> int:
    """Say hello and wait for the answer: what was sent before has then arrived."""
    before = await person.line("Hello! Show me something.").count()
    await person.types("hello")
    await expect(person.line("Hello! Show me something.")).to_have_count(before + 1)
    return await person.pictures()


def noticed(person):
    """What the page itself says of it, beside what the bot says."""
    return person.page.get_by_role("region", name="Notices").get_by_text("My eyes are shut")


async def test_no_picture_leaves_and_none_is_shown_until_they_open_again(meet, scene):
    scene.show_colour("red")
    person = await meet()
    await person.wakes()
    await expect(person.seen).to_have_text("red")
    before = await shuts(person)
    assert before > 0
    await expect(person.page.locator("video")).to_have_count(0)
    await expect(person.seen).to_have_text("My eye is closed")
    await expect(person.places).to_have_text("Eyes shut: no picture leaves this page")
    await expect(person.ear).to_have_attribute("aria-pressed", "true")
    assert await answered(person) == before

    await person.shut.click()
    await expect(person.shut).to_have_attribute("aria-pressed", "false")
    await expect(person.eye).to_have_attribute("aria-pressed", "true")
    await expect(person.seen).to_have_text("red")
    await expect(person.places).to_have_count(0)
    assert await person.pictures() > before


async def test_the_bots_look_is_refused_at_once(meet, scene):
    scene.show_colour("green")
    person = await meet()
    await person.shut.click()
    await person.types("what do you see?")
    await person.traffic.receive("attend", to="vision", state="look")
    await expect(noticed(person)).to_be_visible()
    refused = {"type": "report", "name": "vision", "state": "failed", "reason": REFUSAL}
    async with asyncio.timeout(4):  # a look that nobody refuses is given up after five seconds
        await expect(person.log.locator(".bot")).to_have_count(1)
    assert refused in person.traffic.sent
    assert await person.pictures() == 0
    assert await person.page.evaluate("cameras.held") == 0


async def test_neither_the_eyes_button_nor_the_bot_nor_waking_opens_the_eye(meet, scene):
    person = await meet()
    await expect(person.eye).to_be_attached()
    await person.shut.click()
    await person.wake.click()
    await expect(person.ear).to_have_attribute("aria-pressed", "true")
    await expect(person.told("My eyes are shut")).to_be_visible()
    await person.page.get_by_role("button", name="Close this notice").click()
    await person.eye.click()
    await expect(person.told("My eyes are shut")).to_be_visible()
    await person.page.get_by_role("button", name="Close this notice").click()
    await person.types("open your eyes")
    await expect(noticed(person)).to_be_visible()
    await expect(person.line(REFUSAL)).to_be_visible()
    await expect(person.eye).to_have_attribute("aria-pressed", "false")
    await answered(person)
    assert (await person.pictures(), await person.page.evaluate("cameras.held")) == (0, 0)
    await person.shut.click()
    await expect(noticed(person)).to_have_count(0)


async def test_a_look_that_is_being_taken_ends_without_a_picture(meet, scene):
    scene.show_colour("green")
    person = await meet()
    await expect(person.eye).to_be_attached()
    await person.page.evaluate(
        """() => {
          const encode = OffscreenCanvas.prototype.convertToBlob;
          const gate = new Promise((resolve) => (window.letGo = resolve));
          window.held = 0;
          OffscreenCanvas.prototype.convertToBlob = async function (options) {
            window.held += 1;
            await gate;
            return encode.call(this, options);
          };
        }"""
    )
    await person.types("what do you see?")
    await person.page.wait_for_function("() => held > 0")
    await person.shut.click()
    await person.camera_stops()
    await person.page.evaluate("() => letGo()")
    await expect(person.log.locator(".bot")).to_have_count(1)
    await answered(person)
    assert await person.pictures() == 0
    assert any(one.get("state") == "failed" for one in person.traffic.sent)
    await person.shut.click()
    await person.types("what do you see?")
    await expect(person.line("I see: green.")).to_be_visible()


async def test_what_a_module_sends_all_the_same_does_not_go_out(meet, serve, scene):
    server = await serve({"senses": {"vision": None, "reading": None, "leaky": None}, **COLOURS})
    person = await meet(server.address)
    leak = person.page.get_by_role("button", name="Leak")
    await leak.click()
    await expect(leak).to_have_attribute("data-sent", "true")
    await answered(person)
    assert await person.pictures() == 1
    await person.shut.click()
    await leak.click()
    await expect(leak).to_have_attribute("data-sent", "false")
    await answered(person)
    assert await person.pictures() == 1


async def test_they_stay_shut_over_a_reload_and_in_another_tab(meet, scene):
    scene.show_colour("red")
    person = await meet()
    await person.wakes()
    await shuts(person)
    await person.page.reload()
    await expect(person.shut).to_have_attribute("aria-pressed", "true")
    await person.wake.click()
    await expect(person.ear).to_have_attribute("aria-pressed", "true")
    before = await person.pictures()
    assert await answered(person) == before
    assert await person.page.evaluate("cameras.held") == 0
    other = await person.page.context.new_page()
    await other.goto(person.address)
    await other.get_by_role("button", name="Eyes shut").click()
    await expect(person.shut).to_have_attribute("aria-pressed", "false")
    await expect(person.seen).to_have_text("red")
    await other.get_by_role("button", name="Eyes shut").click()
    await person.camera_stops()
    await other.close()


async def test_in_french_it_is_called_les_yeux_fermes(meet, scene):
    person = await meet(language="fr")
    await person.shut.click()
    await expect(person.places).to_have_text("Yeux fermés : aucune image ne quitte cette page")
    await person.eye.click()
    await expect(person.told("J'ai les yeux fermés")).to_be_visible()


@pytest.mark.parametrize("viewport", [NARROW, LOW, WIDE], ids=["narrow", "low", "wide"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_is_big_and_axe_finds_nothing(meet, scene, scheme, viewport):
    scene.show_colour("red")
    person = await meet(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    await person.wakes()
    await expect(person.seen).to_have_text("red")
    for pressed in ("false", "true"):
        await expect(person.shut).to_have_attribute("aria-pressed", pressed)
        await expect(person.shut).to_be_in_viewport(ratio=1)
        shut, eye = await person.shut.bounding_box(), await person.eye.bounding_box()
        for button in (person.eye, person.ear, person.voice, person.shut):
            await button.click(trial=True)  # none covers another
        assert shut["width"] * shut["height"] > 1.2 * eye["width"] * eye["height"]
        assert await complaints(person.page) == []
        assert not await scrolls_sideways(person.page)
        await person.shut.click()


async def test_the_bot_does_not_say_that_eyes_are_open_which_the_person_keeps_shut(meet, scene):
    scene.show_colour("green")
    person = await meet()
    await person.wakes()
    await expect(person.seen).to_have_text("green")
    await shuts(person)
    await person.types("open your eyes")
    await expect(person.line(REFUSAL)).to_be_visible()
    await expect(person.line("My eyes are open.")).to_have_count(0)
    await person.types("close your eyes")
    await person.shut.click()
    await expect(person.shut).to_have_attribute("aria-pressed", "false")
    await person.types("open your eyes")
    await expect(person.line("My eyes are open.")).to_be_visible()
    await expect(person.seen).to_have_text("green")
