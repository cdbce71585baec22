"""The gallery of what was taught, and the panel for everybody. The server's half is played by the test."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from cortex import Attend
from cortex.testing import pictures
from cortex.testing.chromium import TWO_CAMERAS
from cortex_teach.page import Album, Gallery, Glimpse
from tests.browser.support.blackboard import (
    LANDSCAPE,
    MARKUP,
    PHONE,
    browse,
    button,
    card,
    glimpses,
    know,
    known,
    names,
    panel,
    tell,
    things,
)
from tests.browser.test_access import NARROW, complaints, scrolls_sideways


@pytest.fixture(name="page")
def _page(board):
    return board


# The gallery


async def test_what_is_known_is_shown_by_voice(page):
    await page.open()
    await page.act(Glimpse(picture="cover my mug", payload=pictures.jpeg(pictures.photo(1))))
    await know(page, "my mug", "the bowl", opened=True)
    await expect(panel(page).get_by_role("tab", name="What I know")).to_have_attribute("aria-selected", "true")
    await expect(things(page)).to_have_text(["my mugone picture", "the bowl2 pictures"])
    await expect(things(page).first.locator("img")).to_have_js_property("naturalWidth", 320)


async def test_who_has_taught_nothing_is_told_how(page):
    await browse(page)
    await expect(panel(page).get_by_text("You have taught me nothing yet.")).to_be_visible()
    await panel(page).get_by_role("button", name="Teach me a thing").click()
    await expect(panel(page).get_by_role("textbox", name="What is this?")).to_be_focused()


async def test_more_things_come_when_they_are_scrolled_to(page):
    await page.open()
    await page.act(Gallery(things=known(*names(24, "thing ")), total=30, open=True))
    await expect(things(page)).to_have_count(24)
    await things(page).last.scroll_into_view_if_needed()
    wish = await page.next("teach")
    assert (wish.want, wish.offset) == ("gallery", 24)
    await page.act(Gallery(things=known(*names(6, "other ")), total=30, offset=24))
    await expect(things(page)).to_have_count(30)
    await expect(panel(page).get_by_role("button", name="More")).to_be_hidden()
    await expect(things(page).first).not_to_be_in_viewport()  # it was not scrolled back


async def test_a_thing_opens_its_pictures_which_can_be_removed(page):
    await browse(page, "my mug", "the bowl")
    await panel(page).get_by_role("button", name="my mug").click()
    wish = await page.next("teach")
    assert (wish.want, wish.thing, wish.offset) == ("pictures", "my mug", 0)
    await page.act(Album(thing="my mug", pictures=names(3), total=3))
    await expect(panel(page).get_by_text("3 pictures · last taught May 28")).to_be_visible()
    await expect(things(page)).to_have_count(3)
    await panel(page).get_by_role("button", name="Remove picture 1 of my mug").click()
    assert (await page.next("teach")).picture == "p0"
    await expect(things(page)).to_have_count(2)
    await know(page, "my mug", "the bowl")
    assert (await page.next("teach")).want == "pictures"  # the server may know better
    await page.act(Album(thing="my mug", pictures=names(3)[1:], total=2))
    await expect(things(page)).to_have_count(2)
    await panel(page).get_by_role("button", name="All things").click()
    await expect(panel(page).get_by_role("button", name="my mug")).to_be_focused()


async def test_more_pictures_come_when_they_are_scrolled_to(page):
    await browse(page, "my mug")
    await panel(page).get_by_role("button", name="my mug").click()
    await page.next("teach")
    await page.act(Album(thing="my mug", pictures=names(24), total=25))
    await things(page).last.scroll_into_view_if_needed()
    assert (await page.next("teach")).offset == 24
    await page.act(Album(thing="my mug", pictures=("last",), total=25, offset=24))
    await expect(things(page)).to_have_count(25)


async def test_a_thing_is_forgotten_by_two_taps(page):
    await browse(page, "my mug", "the bowl")
    await panel(page).get_by_role("button", name="the bowl").click()
    await page.next("teach")
    await page.act(Album(thing="the bowl", pictures=names(2), total=2))
    await panel(page).get_by_role("button", name="Forget this…").click()
    await expect(panel(page).get_by_text("Forget it for good, with 2 pictures?")).to_be_visible()
    await expect(panel(page).get_by_role("button", name="Keep")).to_be_focused()
    await page.browser.keyboard.press("Escape")
    await expect(panel(page).get_by_role("button", name="Forget this…")).to_be_focused()
    await page.browser.keyboard.press("Enter")
    await panel(page).get_by_role("button", name="Forget", exact=True).click()
    wish = await page.next("teach")
    assert (wish.want, wish.thing) == ("forget", "the bowl")
    await expect(things(page)).to_have_count(1)
    await expect(panel(page).get_by_role("button", name="my mug")).to_be_focused()


async def test_a_thing_that_was_forgotten_elsewhere_closes_its_album(page):
    await browse(page, "my mug")
    await panel(page).get_by_role("button", name="my mug").click()
    await page.next("teach")
    await page.act(Album(thing="my mug", pictures=names(2), total=2))
    await know(page)
    await page.next("teach")
    await page.act(Album(thing="my mug", pictures=(), total=0))
    await expect(panel(page).get_by_text("You have taught me nothing yet.")).to_be_visible()


@pytest.mark.parametrize("viewport", [NARROW, {"width": 1280, "height": 800}], ids=["narrow", "wide"])
async def test_a_strange_name_is_text_and_breaks_nothing(page, viewport):
    page.options["viewport"] = viewport
    await page.open()
    strange = (MARKUP, "كوب القهوة الأزرق", "☂️" * 30, "x" * 60, "many words " * 5)
    await tell(page, "asking", 8, thing=MARKUP, text=f"Shall I remember this as “{MARKUP}”?")
    await expect(card(page).get_by_role("heading")).to_have_text(MARKUP)
    assert not await scrolls_sideways(page.browser)
    await know(page, *strange, opened=True)
    await expect(things(page)).to_have_count(5)
    for thing in await things(page).all():
        assert await thing.evaluate("item => item.scrollWidth <= item.clientWidth")
    assert not await scrolls_sideways(page.browser)
    await things(page).nth(3).get_by_role("button").click()
    await page.act(Album(thing="x" * 60, pictures=names(2), total=2))
    assert not await scrolls_sideways(page.browser)
    assert await page.browser.locator("img[src=x]").count() == 0


# For everybody


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [NARROW, {"width": 1280, "height": 800}], ids=["narrow", "wide"])
async def test_axe_finds_nothing_in_the_card_the_panel_and_the_gallery(page, viewport, scheme):
    page.options.update(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    page.camera.show(pictures.photo(1))
    await page.wake()
    await page.opened("vision")
    await glimpses(page, names(3))
    await tell(page, "looking", 1)
    assert await complaints(page.browser) == []
    await tell(page, "asking", 3, text="Shall I remember this as “my mug”?")
    assert await complaints(page.browser) == []
    await button(page, "Teach").click()
    await tell(page, "learned", 3)
    await expect(panel(page).get_by_role("button", name="Done")).to_be_visible()
    assert await complaints(page.browser) == []
    await panel(page).get_by_role("button", name="Done").click()
    await panel(page).get_by_role("button", name="Start").click()
    assert await complaints(page.browser) == []
    await know(page, "my mug", "the bowl", opened=True)
    assert await complaints(page.browser) == []
    await panel(page).get_by_role("button", name="my mug").click()
    await page.act(Album(thing="my mug", pictures=names(3), total=3))
    await panel(page).get_by_role("button", name="Forget this…").click()
    assert await complaints(page.browser) == []
    assert not await scrolls_sideways(page.browser)


async def test_a_thing_is_taught_and_found_by_keyboard_alone(page):
    browser = await page.open()
    keyboard = browser.keyboard
    await button(page, "Teach").focus()
    await keyboard.press("Enter")
    await expect(button(page, "Teach")).to_have_attribute("aria-expanded", "true")
    await expect(panel(page).get_by_role("textbox")).to_be_focused()
    await keyboard.type("my mug")
    await keyboard.press("Enter")
    assert (await page.next("teach")).thing == "my mug"
    await expect(panel(page).get_by_role("heading", name="my mug")).to_be_focused()
    await tell(page, "learned", 1)
    await expect(panel(page).get_by_role("button", name="Done")).to_be_visible()
    await keyboard.press("Tab")
    await expect(panel(page).get_by_role("button", name="Remove picture 1 of my mug")).to_be_focused()
    await keyboard.press("Tab")
    await keyboard.press("Tab")
    await expect(panel(page).get_by_role("button", name="Done")).to_be_focused()
    await keyboard.press("Enter")
    await keyboard.press("Shift+Tab")
    await keyboard.press("Shift+Tab")
    await keyboard.press("ArrowRight")
    await expect(panel(page).get_by_role("tab", name="What I know")).to_be_focused()
    await know(page, "my mug")
    await expect(things(page)).to_have_count(1)
    await panel(page).get_by_role("button", name="my mug").focus()
    await keyboard.press("Enter")
    await expect(panel(page).get_by_role("heading", name="my mug")).to_be_focused()
    await keyboard.press("Escape")
    await expect(panel(page)).to_be_hidden()
    await expect(button(page, "Teach")).to_be_focused()
    await expect(button(page, "Teach")).to_have_attribute("aria-expanded", "false")


async def test_the_text_box_has_the_focus_again_after_the_gallery_was_asked_for(page):
    page.options.update(PHONE)
    browser = await page.open()
    await browser.get_by_role("textbox", name="Say something").focus()
    await know(page, "my mug", opened=True)
    await expect(panel(page).get_by_role("tab", name="What I know")).to_be_focused()
    await browser.keyboard.press("Escape")
    await expect(browser.get_by_role("textbox", name="Say something")).to_be_focused()


@pytest.mark.parametrize(
    "options", [PHONE, {**PHONE, "viewport": NARROW}, LANDSCAPE], ids=["phone", "narrow", "landscape"]
)
async def test_on_a_phone_what_is_shown_stays_in_view_during_the_lesson(page, options):
    page.options.update(options)
    page.camera.show(pictures.photo(1))
    browser = await page.open()
    await page.wake()
    await page.opened("vision")
    await button(page, "Teach").tap()
    await panel(page).get_by_role("textbox").fill("my mug")
    await panel(page).get_by_role("button", name="Start").tap()
    await tell(page, "learned", 8)
    scene, over = await browser.locator("video").bounding_box(), await panel(page).bounding_box()
    assert over["y"] >= scene["y"] + scene["height"] or over["x"] >= scene["x"] + scene["width"]
    for name in ("Undo", "Done"):
        await expect(panel(page).get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
    removing = await panel(page).get_by_role("button", name="Remove picture 1 of my mug").bounding_box()
    assert round(min(removing["width"], removing["height"])) >= 44
    assert not await scrolls_sideways(browser)


@pytest.mark.parametrize("size", [(320, 480), (360, 740), (740, 360), (768, 1024), (1280, 800)])
async def test_with_the_gallery_open_the_eyes_can_be_shut_and_things_be_browsed(page, size):
    width, height = size
    page.options["viewport"] = {"width": width, "height": height}
    page.camera.show(pictures.photo(1))
    browser = await page.open()
    await page.wake()
    await page.opened("vision")
    await know(page, *names(24, "thing "), opened=True)
    await expect(panel(page)).to_be_in_viewport(ratio=1)
    await things(page).last.scroll_into_view_if_needed()
    await expect(things(page).last).to_be_in_viewport(ratio=0.9)
    assert (await panel(page).bounding_box())["height"] > 0.45 * height
    assert not await scrolls_sideways(browser)
    await button(page, "Eye").click(trial=True)
    await button(page, "Eyes shut").click()
    await expect(button(page, "Eyes shut")).to_have_attribute("aria-pressed", "true")
    await expect(panel(page)).to_be_visible()


async def test_a_narrow_phone_with_two_cameras_has_its_buttons_in_a_row(page):
    page.options.update({**PHONE, "viewport": {"width": 360, "height": 640}})
    page.flags = TWO_CAMERAS
    browser = await page.open()
    await page.wake()
    await page.opened("vision")
    await expect(button(page, "Turn the camera round")).to_be_visible()
    buttons = [button(page, "Eye"), button(page, "Teach"), button(page, "Turn the camera round")]
    middles = [box["y"] + box["height"] / 2 for box in [await thing.bounding_box() for thing in buttons]]
    assert max(middles) - min(middles) < 4
    assert not await scrolls_sideways(browser)


async def test_in_french_all_of_it_is_french(page):
    page.options["locale"] = "fr-FR"
    browser = await page.open()
    await browser.get_by_role("button", name="Apprendre", exact=True).click()
    await browser.get_by_role("textbox", name="Qu'est-ce que c'est").fill("ma tasse")
    await browser.get_by_role("button", name="Commencer").click()
    wish = await page.next("teach")
    assert (wish.thing, wish.language) == ("ma tasse", "fr-FR")
    await tell(page, "learned", 1, thing="ma tasse")
    await expect(browser.get_by_role("button", name="Retirer l'image 1 de ma tasse")).to_be_visible()
    await browser.get_by_role("button", name="Terminé").click()
    await browser.get_by_role("tab", name="Ce que je connais").click()
    await know(page, "ma tasse")
    await expect(browser.get_by_role("listitem").filter(has_text="ma tasse")).to_contain_text("une image")


async def test_what_is_closed_leaves_nothing_on_the_page(page):
    browser = await page.open()
    await tell(page, "asking", 2)
    await know(page, "my mug", opened=True)
    await expect(panel(page)).to_be_visible()
    await page.act(Attend("teach", "closed"))
    await expect(button(page, "Teach")).to_have_count(0)
    assert await browser.locator("#drawer > *").count() == 0
    assert await browser.locator("link[href*=teach]").count() == 0
    await expect(browser.get_by_role("log")).to_have_attribute("tabindex", "0")
    await page.act(Attend("teach", "open"))
    await expect(button(page, "Teach")).to_have_attribute("aria-expanded", "false")
    await tell(page, "asking", 2)
    await expect(card(page)).to_be_visible()
