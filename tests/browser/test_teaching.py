"""Taught by voice, in a real Chromium: two things, a third picture of each, something else, a correction, a restart."""

from __future__ import annotations

import re
from itertools import cycle

import pytest
import pytest_asyncio
from PIL import Image, ImageDraw
from playwright.async_api import expect

from cortex.testing import pictures
from tests.browser.conftest import DATA

QUESTIONS = cycle(["what is this", "what do you see", "what am I holding"])  # the page drops what it just heard
PHOTOS = DATA / "photos"
PLUGINS = {"plugins": {"dialogue": None, "classifier": {"model": "builtin"}, "teach": None}}


CROPS = ((0.0, 0.0, 1.0, 1.0), (0.05, 0.05, 0.95, 0.95), (0.0, 0.08, 0.9, 0.98))
"""Left, top, right and bottom of what is seen of a photograph, as shares of it."""


def shot(path, crop):
    """A photograph, seen from a little elsewhere."""
    picture = Image.open(path).convert("RGB")
    width, height = picture.size
    return picture.crop(tuple(int(share * size) for share, size in zip(crop, (width, height) * 2, strict=True)))


def stripes():
    """Something that is neither a garden nor a chess board."""
    picture = Image.new("RGB", (640, 480), "white")
    for x in range(-480, 640, 80):
        ImageDraw.Draw(picture).line((x, 480, x + 480, 0), fill=(200, 30, 60), width=28)
    return picture


class Teacher:
    """A person who shows things to the camera, and talks."""

    def __init__(self, person, scene):
        self.person, self.scene = person, scene
        self.heard = 0

    async def shows(self, picture):
        """Hold something before the camera, and wait until what is seen of it is looked at."""
        self.scene.show(picture)
        await self.person.traffic.receive_more(12, "show")

    async def says(self, text, answer):
        """Say something, and hear the answer."""
        lines = self.person.line(answer)
        before = await lines.count()
        await self.person.says(text)
        await expect(lines).to_have_count(before + 1)

    async def teaches(self, thing, picture, name):
        await self.shows(picture)
        await self.says(thing, f"Shall I remember this as “{name}”?")
        await self.says("yes please", f"I will remember: {name}.")


@pytest_asyncio.fixture(name="taught", loop_scope="session")
async def _taught(visit, serve, scene):
    server = await serve(PLUGINS)
    person = await visit(server.address)
    await person.wakes()
    return server, person, Teacher(person, scene)


async def test_it_is_taught_by_voice_corrected_restarted_and_forgets(taught):
    server, person, teacher = taught
    await teacher.teaches("this is my garden", pictures.photo(1), "garden")
    await teacher.teaches("this is my chess board", pictures.checkerboard(8), "chess board")

    await teacher.shows(pictures.photo(2))
    await teacher.says("what is this", "I see: your garden.")
    await person.hears("I see: your garden.")
    await expect(person.seen).to_have_text("garden")
    await teacher.shows(pictures.checkerboard(5))
    await teacher.says("what's this", "I see: your chess board.")
    await person.hears("I see: your chess board.")

    await teacher.shows(stripes())
    unknown = re.compile("^I don't know that yet")
    await teacher.says("what is this", unknown)
    await person.hears("I don't know that yet")
    await teacher.says("no that is my scarf", "Shall I remember this as “scarf”?")
    await teacher.says("yes", "I will remember: scarf.")
    await teacher.says("what is this", "I see: your scarf.")

    person.foreseen.append("ERR_CONNECTION_REFUSED")
    await server.stop()
    await server.start()
    await person.traffic.receive_more(1, "hello")
    await teacher.shows(pictures.photo(3))
    await teacher.says("what is this", "I see: your garden.")
    await teacher.shows(stripes())
    await teacher.says("what's that", "I see: your scarf.")

    await teacher.says("forget the scarf", re.compile("^Shall I forget “scarf”"))
    await teacher.says("yes", "I have forgotten “scarf”.")
    await teacher.says("what is this", unknown)


async def test_nonsense_that_is_heard_teaches_nothing(taught):
    _, person, teacher = taught
    await teacher.shows(pictures.photo(1))
    await person.says("this is the end of the news")
    await person.says("it's raining cats and dogs")
    await person.types("what do you know")
    await expect(person.line(re.compile("^You have taught me nothing yet"))).to_be_visible()
    await expect(person.log.get_by_text("Shall I remember")).to_have_count(0)


@pytest.mark.skipif(not PHOTOS.is_dir(), reason="the photographs for tests are not there")
async def test_real_photographs_are_taught_and_known_from_other_sides(taught):
    _, person, teacher = taught
    views = {name: list(map(shot, [PHOTOS / f"{name}.jpg"] * 3, CROPS)) for name in ("parrot", "owl")}
    for name, (first, *_) in views.items():
        await teacher.teaches(f"this is my {name}", first, name)
    for name, (_, *others) in views.items():
        for view in others:
            await teacher.shows(view)
            await teacher.says(next(QUESTIONS), f"I see: your {name}.")
    await person.hears("I see: your owl.")
    await teacher.shows(shot(PHOTOS / "hot_dog.jpg", CROPS[0]))
    before = (
        await person.log.get_by_text("I see: your owl.").count(),
        await person.log.get_by_text("I see: your parrot.").count(),
    )
    await person.says("what is this thing")
    await person.traffic.receive_more(1, "say")
    assert before == (
        await person.log.get_by_text("I see: your owl.").count(),
        await person.log.get_by_text("I see: your parrot.").count(),
    )
