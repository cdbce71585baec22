"""Boxes over the preview: each where the thing is, whatever the shape of the window, for as long as it holds."""

from __future__ import annotations

import asyncio
import io

import pytest
import pytest_asyncio
from PIL import Image, ImageDraw
from playwright.async_api import expect

from tests.browser.test_access import NARROW, WIDE, complaints, scrolls_sideways

SHEET = (400, 130, 560, 330)  # left, top, right, bottom of a white sheet on what the camera sees, 640 by 480
LANDSCAPE = {"width": 740, "height": 360}
NEAR = 6  # pixels that a box may lie beside its thing: the frame that was looked at is smaller than the preview
GEOMETRY = """video => {
  const { left, top, width, height } = video.getBoundingClientRect();
  const scale = Math.max(width / video.videoWidth, height / video.videoHeight);  // object-fit: cover
  return { left, top, width, height, across: video.videoWidth * scale, down: video.videoHeight * scale };
}"""


def sheet(*place: int) -> Image.Image:
    picture = Image.new("RGB", (640, 480), (30, 60, 30))
    ImageDraw.Draw(picture).rectangle(place, fill="white")
    return picture


@pytest_asyncio.fixture(loop_scope="session")
async def shown(serve, visit, scene):
    """A person who holds a white sheet before the camera of a bot that boxes what is white."""

    async def start(limits=None, **options):
        scene.show(sheet(*SHEET))
        server = await serve({"plugins": {"spotter": limits}})
        person = await visit(server.address, opened=False, **options)
        await person.page.clock.install()
        await person.opens()
        await person.wakes()
        await expect(boxes(person)).to_have_count(1)
        return person

    return start


def boxes(person):
    return person.page.locator(".box")


async def expected(person, *, mirrored: bool = True) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of the sheet on the page, by the preview's rectangle."""
    at = await person.page.locator("video").evaluate(GEOMETRY)
    left, top, right, bottom = SHEET[0] / 640, SHEET[1] / 480, SHEET[2] / 640, SHEET[3] / 480
    if mirrored:
        left, right = 1 - right, 1 - left
    begin = at["left"] + (at["width"] - at["across"]) / 2, at["top"] + (at["height"] - at["down"]) / 2
    return (
        begin[0] + left * at["across"],
        begin[1] + top * at["down"],
        begin[0] + right * at["across"],
        begin[1] + bottom * at["down"],
    )


async def lies(person, *, mirrored: bool = True) -> None:
    """Wait until the box lies where the sheet is."""
    async with asyncio.timeout(10):
        while True:
            wanted = await expected(person, mirrored=mirrored)
            found = [await box.bounding_box() for box in await boxes(person).all()]
            if len(found) == 1 and found[0] is not None:
                left, top, width, height = (found[0][side] for side in ("x", "y", "width", "height"))
                if all(
                    abs(one - other) < NEAR
                    for one, other in zip((left, top, left + width, top + height), wanted, strict=True)
                ):
                    return
            await person.traffic.receive_more(1, "show")


async def brightness(person, x: float, y: float) -> int:
    picture = Image.open(io.BytesIO(await person.page.screenshot())).convert("L")
    return picture.getpixel((round(x), round(y)))


async def test_a_box_lies_on_the_thing_as_the_preview_shows_it(shown):
    person = await shown()
    await lies(person)
    left, top, right, bottom = await expected(person)
    middle = (top + bottom) / 2
    assert await brightness(person, (left + right) / 2, top + 40) > 150
    assert await brightness(person, left - 15, middle) < 100
    assert await brightness(person, right + 15, middle) < 100


async def test_the_name_is_text_and_no_markup_and_boxes_beyond_the_picture_are_not_drawn(shown):
    person = await shown()
    await expect(boxes(person)).to_have_text(["a <b>sheet</b>"])
    await expect(person.page.locator(".box b")).to_have_count(0)
    await expect(person.page.get_by_text("MIND THE GAP", exact=True)).to_be_visible()


@pytest.mark.parametrize("viewport", [NARROW, LANDSCAPE], ids=["upright", "turned"])
async def test_it_follows_the_window_and_a_phone_that_is_turned(shown, viewport):
    person = await shown()
    await lies(person)
    await person.page.set_viewport_size(viewport)
    await lies(person)
    await person.page.set_viewport_size(WIDE)
    await lies(person)


async def test_a_camera_that_looks_away_from_the_person_is_no_mirror(shown):
    person = await shown()
    await person.page.locator("video").evaluate("video => video.classList.remove('mirror')")
    await lies(person, mirrored=False)


async def test_it_goes_when_the_thing_goes_and_when_the_eye_closes(shown, scene):
    person = await shown()
    scene.show_colour("black")
    await expect(boxes(person)).to_have_count(0)
    scene.show(sheet(*SHEET))
    await expect(boxes(person)).to_have_count(1)
    await person.eye.click()
    await expect(person.eye).to_have_attribute("aria-pressed", "false")
    await expect(boxes(person)).to_have_count(0)


async def test_it_goes_when_nothing_more_is_heard_of_it(shown):
    person = await shown()
    person.foreseen.append("ERR_INTERNET_DISCONNECTED|WebSocket")
    await person.page.context.set_offline(True)
    await expect(person.told("The server is gone")).to_be_visible()
    await expect(boxes(person)).to_have_count(0)
    await expect(person.page.locator("video")).to_have_count(1)


async def test_of_a_cortex_that_looks_when_something_changes_it_stays_until_something_does(shown, scene):
    person = await shown({"on": "change"})
    await person.page.clock.fast_forward(60_000)
    await lies(person)
    scene.show_colour("black")
    await expect(boxes(person)).to_have_count(0)
    scene.show(sheet(*SHEET))
    await expect(boxes(person)).to_have_count(1)
    await person.eye.click()
    await expect(boxes(person)).to_have_count(0)


@pytest.mark.parametrize("viewport", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_beside_boxes(shown, scheme, viewport):
    person = await shown(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    assert await complaints(person.page) == []
    assert not await scrolls_sideways(person.page)
