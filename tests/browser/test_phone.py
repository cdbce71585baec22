"""A phone, as Chromium emulates one: touch, a small screen, two cameras. Nothing here was tried on a real one."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.support.chromium import TWO_CAMERAS

PHONE = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "user_agent": "Mozilla/5.0 (Linux; Android 14; Phone) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36",
}


async def test_a_phone_wakes_by_touch_sees_and_answers(visit):
    person = await visit(flags=TWO_CAMERAS, **PHONE)
    await expect(person.eye).to_be_attached()
    await person.wake.tap()
    await expect(person.eye).to_have_attribute("aria-pressed", "true")
    await person.traffic.receive_more(3, "show")
    await person.says("hello")
    await expect(person.line("Hello! Show me something.")).to_be_visible()
    await person.ear.tap()
    await expect(person.ear).to_have_attribute("aria-pressed", "false")


async def test_one_of_two_cameras_is_chosen_and_flipped(visit):
    person = await visit(flags=TWO_CAMERAS, **PHONE)
    await expect(person.eye).to_be_attached()
    await person.wake.tap()
    choice = person.page.get_by_role("combobox", name="Camera")
    await expect(choice.locator("option")).to_have_count(2)
    first = await choice.input_value()
    assert await person.page.evaluate("cameras.id") == first
    await person.page.get_by_role("button", name="Turn the camera round").tap()
    await expect(choice).not_to_have_value(first)
    await person.page.wait_for_function("first => cameras.held === 1 && cameras.id !== first", arg=first)
    await person.traffic.receive_more(3, "show")
    await choice.select_option(first)
    await person.page.wait_for_function("first => cameras.held === 1 && cameras.id === first", arg=first)
    await person.traffic.receive_more(3, "show")


async def test_a_single_camera_gives_no_choice(visit, scene):
    scene.show_colour("red")
    person = await visit(**PHONE)
    await person.wakes()
    await expect(person.seen).to_have_text("red")
    await expect(person.page.get_by_role("combobox", name="Camera")).to_be_hidden()
    await expect(person.page.get_by_role("button", name="Turn the camera round")).to_be_hidden()
