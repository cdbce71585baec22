"""What vibrate does, tried with the real core, and with a real Chromium where there is one."""

import pytest

from cortex import Event
from cortex_vibrate import Vibrate

# What the page orders of the device, which has nothing that could shake.
LISTEN = "() => { navigator.vibrate = (pattern) => (window.felt ??= []).push(pattern) > 0; }"


async def test_it_vibrates_when_somebody_says_buzz(bot):
    await bot.load("vibrate")
    await bot.hear("Buzz, please!")
    await bot.read("vibre", language="fr-FR")
    await bot.read("buzzer")
    assert bot.actions == [Vibrate((200, 100, 200)), Vibrate((200, 100, 200))]


@pytest.mark.parametrize(("events", "felt"), [(["webhook"], [Vibrate((50,))]), (["feed"], [])])
async def test_an_event_of_the_senses_that_are_named_is_felt(bot, events, felt):
    await bot.load("vibrate", events=events, pattern=[50])
    await bot.happens(Event(sense="webhook", name="door", text="Somebody is at the door."))
    assert bot.actions == felt


async def test_the_device_is_told_the_pattern_and_falls_still_when_it_is_closed(page):
    await page.load("vibrate")
    browser = await page.open()
    await page.wake()
    await page.opened("vibrate")
    await browser.evaluate(LISTEN)
    await page.act(Vibrate((100, 50)))
    await browser.wait_for_function("() => JSON.stringify(window.felt) === '[[100,50]]'")
    await browser.get_by_role("button", name="Buzz").click()
    await page.reported("vibrate", "closed")
    assert await browser.evaluate("felt") == [[100, 50], 0]


async def test_a_device_that_cannot_vibrate_says_so(page):
    await page.load("vibrate")
    page.foreseen.append("This device cannot vibrate")
    browser = await page.open()
    await browser.evaluate("Object.defineProperty(navigator, 'vibrate', { value: undefined })")
    await page.wake()
    assert "A phone with Chrome can" in await page.reported("vibrate", "failed")
    await browser.get_by_text("Buzz: This device cannot vibrate").wait_for()


async def test_a_browser_that_wants_a_tap_first_is_explained(page):
    await page.load("vibrate")
    browser = await page.open()
    await page.wake()
    await page.opened("vibrate")
    await browser.evaluate("() => { navigator.vibrate = () => false; }")
    await page.act(Vibrate())
    await browser.get_by_text("wants a tap on the page").wait_for()
