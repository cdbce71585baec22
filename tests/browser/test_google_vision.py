"""Google Cloud Vision on the page, in a real Chromium: what it sees, what it reads, what is wrong with it."""

from __future__ import annotations

import re

import pytest
from google.rpc import code_pb2 as codes
from playwright.async_api import expect

from tests.support import google_vision as stand_in


@pytest.fixture(name="vision")
def _vision():
    with stand_in.visible() as vision:
        yield vision


@pytest.fixture(name="looking")
def _looking(serve, vision):
    """A server whose only eye is the stand-in."""

    async def start(**options):
        section = {"endpoint": vision.url, **options}
        return await serve({"plugins": {"dialogue": None, "greeter": None, "google_vision": section}})

    return start


def troubles(person):
    return person.page.get_by_role("list", name="Plugins that do not work")


async def test_what_google_sees_is_named_on_the_page_and_said(visit, looking, scene, vision):
    scene.show_colour("red")
    server = await looking()
    person = await visit(server.address)
    await person.wakes()
    await expect(person.seen).to_have_text("Mug")
    await person.hears("I see: mug.")
    bars = person.page.get_by_role("list", name="The likeliest").get_by_role("listitem")
    await expect(bars.first).to_have_text(re.compile(r"Mug\D*97 ?%"))
    box = {"left": 0.25, "top": 0.5, "width": 0.25, "height": 0.375, "name": "Mug", "score": 0.97}
    await person.traffic.receive("show", cortex="google_vision", boxes=[box])


async def test_read_this_is_answered_with_what_is_written(visit, looking, scene, vision):
    scene.show_colour("blue")
    stand_in.writing(vision, "NO ENTRY", "en", 0.25, 0.25, 0.75, 0.5)
    server = await looking()
    person = await visit(server.address)
    await person.wakes()
    await person.types("read this")
    await expect(person.line("NO ENTRY")).to_be_visible()
    await person.hears("NO ENTRY")
    assert ["TEXT_DETECTION"] in [asked.features for asked in vision.asked]


async def test_people_are_counted_when_somebody_asks(visit, looking, scene, vision):
    scene.show_colour("green")
    stand_in.faces(vision, (0.1, 0.1, 0.3, 0.5), (0.6, 0.1, 0.8, 0.5))
    server = await looking()
    person = await visit(server.address)
    await person.types("who do you see?")
    await expect(person.line("I see two people; I cannot tell who they are.")).to_be_visible()


async def test_what_google_refuses_stands_on_the_page_and_all_else_goes_on(visit, looking, scene, vision):
    vision.refuses(codes.PERMISSION_DENIED, "Cloud Vision API is disabled.")
    scene.show_colour("red")
    server = await looking()
    person = await visit(server.address)
    await person.wakes()
    await expect(troubles(person)).to_contain_text("Google Cloud Vision refuses: Cloud Vision API is disabled")
    await person.types("hello")
    await expect(person.line("Hello! Show me something.")).to_be_visible()
