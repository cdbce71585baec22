"""Pictures in the conversation: shown, saved, and let go of. And a voice made louder, softer, slower, faster."""

from __future__ import annotations

import re

import pytest
import pytest_asyncio
from playwright.async_api import expect

from cortex import Adjust, Picture, Say
from cortex.testing import pictures
from cortex.testing.chromium import explain_missing
from cortex.testing.page import Page
from tests.browser.conftest import HERE
from tests.browser.test_access import NARROW, complaints, scrolls_sideways

MUCH_TOO_MUCH = 100.0
COUNT_ADDRESSES = """() => {
  window.addresses = new Set();
  const { createObjectURL, revokeObjectURL } = URL;
  URL.createObjectURL = (blob) => { const url = createObjectURL.call(URL, blob); addresses.add(url); return url; };
  URL.revokeObjectURL = (url) => { addresses.delete(url); revokeObjectURL.call(URL, url); };
}"""


@pytest_asyncio.fixture(loop_scope="session", name="page")
async def _page(_cortex_recipe, tmp_path):
    if reason := explain_missing():
        pytest.skip(reason)
    async with Page(_cortex_recipe, tmp_path / "camera.y4m") as page:
        yield page


def log(page: Page):
    return page.browser.get_by_role("log", name="Conversation")


async def take(page: Page, number: int = 1, caption: str = "A red sheet") -> bytes:
    jpeg = pictures.jpeg(pictures.photo(number))
    await page.act(Picture(jpeg, caption))
    return jpeg


# Pictures


async def test_a_picture_stands_in_the_conversation_and_can_be_saved(page, tmp_path):
    browser = await page.open()
    jpeg = await take(page)
    figure = log(page).get_by_role("figure")
    await expect(figure.get_by_text("A red sheet")).to_be_visible()
    await expect(figure.get_by_role("img", name="The picture")).to_have_js_property("naturalWidth", 320)
    async with browser.expect_download() as download:
        await figure.get_by_role("link", name="Save").click()
    saved = await download.value
    assert re.fullmatch(r"cortex-\d{4}(-\d\d){5}\.jpg", saved.suggested_filename)
    await saved.save_as(tmp_path / "saved.jpg")
    assert (tmp_path / "saved.jpg").read_bytes() == jpeg


@pytest.mark.parametrize("viewport", [NARROW, {"width": 1280, "height": 800}], ids=["narrow", "wide"])
async def test_the_newest_picture_is_in_view_and_widens_nothing(page, viewport):
    page.options.update(viewport=viewport, reduced_motion="reduce")
    browser = await page.open()
    for number in range(4):
        await take(page, number, "<b>" + "long" * 30 + "</b>")
    await expect(log(page).get_by_role("figure")).to_have_count(4)
    await expect(log(page).get_by_role("link", name="Save").last).to_be_in_viewport(ratio=1)
    assert not await scrolls_sideways(browser)
    assert await complaints(browser) == []


async def test_who_reads_further_up_is_left_there(page):
    await page.open()
    for number in range(6):
        await take(page, number)
    await expect(log(page).get_by_role("figure")).to_have_count(6)
    await log(page).evaluate("log => { log.scrollTop = 0; }")
    await expect(log(page).get_by_role("figure").last).not_to_be_in_viewport()
    await take(page, 7, "The seventh")
    await expect(log(page).get_by_role("figure")).to_have_count(7)
    assert await log(page).evaluate("log => log.scrollTop") == 0


async def test_a_picture_that_leaves_the_conversation_is_let_go(page):
    browser = await page.open()
    await browser.evaluate(COUNT_ADDRESSES)
    await take(page)
    await expect(log(page).get_by_role("figure")).to_have_count(1)
    assert await browser.evaluate("addresses.size") == 1
    await log(page).evaluate("log => log.append(...Array.from({ length: 200 }, () => document.createElement('p')))")
    await expect(log(page).get_by_role("figure")).to_have_count(0)
    await browser.wait_for_function("() => addresses.size === 0")


async def test_what_is_no_picture_is_told_and_the_display_can_be_tried_again(page):
    page.foreseen.append("display: Error: the picture cannot be shown|net::ERR|Failed to load")
    browser = await page.open()
    await page.act(Picture(b"no JPEG", "Nothing"))
    assert "no JPEG" in await page.reported("display", "failed")
    await browser.get_by_role("button", name="Try again").click()
    await page.opened("display")
    await take(page)
    await expect(log(page).get_by_role("figure")).to_have_count(1)


# The voice


@pytest_asyncio.fixture(loop_scope="session", name="speaker")
async def _speaker(page):
    """A page with a voice: the stand-in for the browser's speech, which also notes how fast and how loud."""
    page.configure(actuators={"voice": None})
    browser = await page.open()
    await browser.context.add_init_script(path=HERE / "support" / "mouth.js")
    await browser.context.add_init_script(
        "const speak = speechSynthesis.speak; window.asked = [];"
        "speechSynthesis.speak = function (utterance) {"
        "  const { rate, volume } = utterance; asked.push([rate, volume]); speak.call(this, utterance); };"
    )
    await browser.reload()
    await browser.get_by_role("button", name="Wake me").click()
    await page.opened("voice")
    await expect(browser.get_by_role("button", name="Voice", exact=True)).to_have_attribute("aria-pressed", "true")
    return page


async def says(speaker: Page, text: str) -> list[float]:
    """Have it say something; return how fast and how loud."""
    await speaker.act(Say(text, "en"))
    await speaker.browser.evaluate("words => mouth.said(words)", text)
    return await speaker.browser.evaluate("asked.at(-1)")


async def test_the_voice_is_slowed_down_and_turned_down_from_the_next_word_on(speaker):
    assert await says(speaker, "One.") == [1, 1]
    await speaker.act(Adjust("voice", "rate", 0.8))
    await speaker.act(Adjust("voice", "volume", 0.5))
    await speaker.act(Adjust("display", "volume", 0.5))
    assert await says(speaker, "Two.") == [0.8, 0.5]


async def test_a_voice_that_is_as_loud_as_it_can_be_says_so(speaker):
    await speaker.act(Adjust("voice", "volume", 1.25))
    await expect(speaker.browser.get_by_text("This is as loud as I can: turn up the device.")).to_be_visible()
    await speaker.act(Adjust("voice", "rate", MUCH_TOO_MUCH))
    assert await says(speaker, "Quick.") == [2, 1]
    await expect(speaker.browser.get_by_text("I cannot speak any faster.")).to_be_hidden()
    await speaker.act(Adjust("voice", "rate", 1.25))
    await expect(speaker.browser.get_by_text("I cannot speak any faster.")).to_be_visible()


async def test_how_fast_the_voice_is_holds_when_it_was_muted_and_on_the_next_visit(speaker):
    browser = speaker.browser
    await speaker.act(Adjust("voice", "rate", 0.8))
    await speaker.act(Adjust("voice", "volume", 0.5))
    voice = browser.get_by_role("button", name="Voice", exact=True)
    await voice.click()
    await expect(voice).to_have_attribute("aria-pressed", "false")
    await voice.click()
    await expect(voice).to_have_attribute("data-state", "open")
    assert await says(speaker, "Again.") == [0.8, 0.5]
    await browser.reload()
    await browser.get_by_role("button", name="Wake me").click()
    await expect(voice).to_have_attribute("data-state", "open")
    assert await says(speaker, "Later.") == [0.8, 1]
