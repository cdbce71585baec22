"""What touch does, tried with the real core, and with a real Chromium where there is one."""

import io

import pytest
from PIL import Image

from cortex import Cortex, Frame, Header, Say, StimulusError
from cortex_touch import Touch

RED, BLUE = (200, 30, 30), (30, 50, 210)


class Painter(Cortex):
    """Names the colour that a picture has most of."""

    perceives = frozenset({"vision"})

    def perceive(self, stimulus, session):
        return Say("red" if stimulus.image[..., 0].mean() > stimulus.image[..., 2].mean() else "blue")


def jpeg(colour):
    file = io.BytesIO()
    Image.new("RGB", (64, 64), colour).save(file, "JPEG")
    return file.getvalue()


def halves():
    """The left half of what the camera sees is red, the right one blue."""
    picture = Image.new("RGB", (640, 480), RED)
    picture.paste(BLUE, (320, 0, 640, 480))
    return picture


async def test_what_was_tapped_is_answered_by_whoever_sees(bot):
    await bot.load("touch")
    await bot.load(Painter)
    await bot.perceive("touch", jpeg(RED))
    await bot.perceive("touch", jpeg(RED))
    assert bot.answers == ["red", "red"]


async def test_what_is_no_picture_is_a_problem_of_the_client(bot):
    await bot.load("touch")
    await bot.load(Painter)
    await bot.perceive("touch", b"no picture")
    assert bot.said == []
    assert "no JPEG" in bot.problems[0]


def test_a_tap_is_a_frame_that_somebody_asks_about():
    frame = Touch(Touch.Options()).decode(Header(sense="touch", id="t1", captured=1000), jpeg(BLUE))
    assert isinstance(frame, Frame)
    assert (frame.id, frame.captured, frame.asked) == ("t1", 1, True)
    assert frame.image.shape == (64, 64, 3)
    broken = Touch(Touch.Options()).decode(Header(sense="touch"), b"")
    with pytest.raises(StimulusError):
        broken.prepare()


async def open_page(page, **options):
    await page.load("touch", **options)
    page.camera.show(halves())
    browser = await page.open()
    await page.wake()
    await page.opened("vision")
    await browser.wait_for_function("() => document.querySelector('#stage video')?.videoWidth > 0")
    return browser


async def test_a_mirrored_preview_is_tapped_where_one_sees_the_thing(page):
    browser = await open_page(page, part=0.2)
    box = await browser.locator("#stage video").bounding_box()
    for part, colour in ((0.25, BLUE), (0.75, RED)):  # a mirror: red is on the right
        await browser.mouse.click(box["x"] + part * box["width"], box["y"] + box["height"] / 2)
        frame = await page.next("touch")
        assert frame.image.shape[0] == frame.image.shape[1]
        assert abs(frame.image.mean(axis=(0, 1)) - colour).max() < 12


async def test_the_button_asks_about_the_middle(page):
    browser = await open_page(page, part=0.2)
    await browser.get_by_role("button", name="What is this?").press("Enter")
    frame = await page.next("touch")
    left, right = frame.image[:, : frame.image.shape[1] // 2], frame.image[:, frame.image.shape[1] // 2 :]
    assert left[..., 0].mean() > 150
    assert right[..., 2].mean() > 150


async def test_a_large_square_is_scaled_down(page):
    browser = await open_page(page, part=1, size=100)
    await browser.get_by_role("button", name="What is this?").click()
    frame = await page.next("touch")
    assert frame.image.shape == (100, 100, 3)


async def test_a_tap_while_the_eye_is_shut_is_told(page):
    await page.load("touch")
    browser = await page.open()
    await page.opened("touch")
    await browser.get_by_role("button", name="What is this?").click()
    await browser.get_by_text("My eye is closed. Open it").wait_for()
    assert page.stimuli == []
