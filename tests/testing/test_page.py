"""The page of the fixture: a real Chromium before a server of the test's own."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from cortex import Action, Actuator, Cortex, Header, Label, Say, Sense, Show, Stimulus
from cortex.testing import pictures


class Ring(Stimulus, frozen=True, kw_only=True):
    times: int


class RingHeader(Header, frozen=True, kw_only=True):
    times: int = 1


class Bell(Sense):
    """A button on the page."""

    Header = RingHeader
    client = "page_bell.js"

    def decode(self, header, payload):
        return Ring(**header.common(), times=header.times)


class Flash(Action, frozen=True, tag="flash"):
    colour: str


class Lamp(Actuator):
    """Paints the page."""

    carries = (Flash,)
    client = "page_lamp.js"


class Stumbling(Sense):
    """A browser half that throws."""

    client = "page_stumbling.js"


class Brightness(Cortex):
    perceives = frozenset({"vision"})

    def perceive(self, frame, session):
        yield Show((Label("bright" if frame.image.mean() > 127 else "dark", 1.0),))


class Answering(Cortex):
    perceives = frozenset({"bell"})

    async def perceive(self, stimulus, session):
        return Say(f"It rang {stimulus.times} times.")


async def test_what_a_sense_perceives_in_the_browser_arrives_on_the_server(page):
    await page.load(Bell)
    await page.opened("bell")
    button = page.browser.get_by_role("button", name="Ring")
    await button.click()
    await button.click()
    assert (await page.next("bell")).times == 1
    assert (await page.next("bell")).times == 2
    assert [stimulus.sense for stimulus in page.stimuli] == ["bell", "bell"]


async def test_what_a_cortex_says_to_it_is_on_the_page(page):
    await page.load(Bell)
    await page.load(Answering)
    await page.load("voice")
    await page.opened("bell")
    await page.wake()
    await page.opened("voice")  # until then it makes no remarks
    await page.browser.get_by_role("button", name="Ring").click()
    log = page.browser.get_by_role("log", name="Conversation")
    await expect(log.get_by_text("It rang 1 times.")).to_be_visible()


async def test_an_action_is_carried_out_by_its_actuator(page):
    await page.load(Lamp)
    await page.opened("lamp")
    await page.act(Flash("rgb(1, 2, 3)"))
    await expect(page.browser.locator("body")).to_have_css("border-color", "rgb(1, 2, 3)")


async def test_the_eye_opens_when_the_bot_is_woken_and_sees_what_the_camera_is_shown(page):
    await page.load(Brightness)
    page.camera.show(pictures.white())
    await page.wake()
    await page.opened("vision")
    assert (await page.next("vision")).image.shape[2] == 3
    seen = page.browser.get_by_role("status", name="What I see")
    await expect(seen).to_have_text("bright")
    page.camera.show(pictures.black())
    await expect(seen).to_have_text("dark")


async def test_a_module_that_throws_is_reported_with_its_reason(page):
    await page.load(Stumbling)
    assert await page.reported("stumbling", "failed") == "I stumbled"
    assert "page_stumbling.js" in await page.complained("stumbling: Error: I stumbled")
    assert page.unexpected == []
    page.foreseen.clear()
    assert len(page.unexpected) == 1
    page.foreseen.append("stumbling")


async def test_what_does_not_open_is_an_error_that_says_what_happened(page, monkeypatch):
    monkeypatch.setattr("cortex.testing.served.PATIENCE", 0.5)
    await page.load(Stumbling)
    page.foreseen.append("stumbling")
    with pytest.raises(AssertionError, match=r"stumbling is not open; reported were .*'failed', 'I stumbled'"):
        await page.opened("stumbling")
    with pytest.raises(AssertionError, match="stumbling perceived nothing"):
        await page.next("stumbling")


async def test_what_comes_too_late_is_refused(page):
    with pytest.raises(RuntimeError, match="not open yet"):
        _ = page.browser
    await page.open()
    with pytest.raises(RuntimeError, match="before the page is opened"):
        await page.load(Bell)
