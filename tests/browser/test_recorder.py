"""The red dot: on the page while pictures land in the folder, for everybody who looks at it."""

from __future__ import annotations

import re

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.browser.test_access import NARROW, WIDE, complaints, scrolls_sideways

# Whether one sees the element, and not the preview, at its middle.
ON_TOP = """element => {
  const { left, top, width, height } = element.getBoundingClientRect();
  element.style.pointerEvents = "auto";
  const hit = document.elementsFromPoint(left + width / 2, top + height / 2);
  element.style.pointerEvents = "none";
  const at = (which) => hit.findIndex(which);
  return at((one) => element.contains(one)) < at((one) => one.tagName === "VIDEO");
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def recording(serve, tmp_path):
    """A server that names colours and records, and the folder where it records to."""

    async def start(**options):
        folder = tmp_path / "seen"
        section = {"folder": str(folder), "wait": 0, **options}
        return await serve({"plugins": {"colours": None, "greeter": None, "recorder": section}}), folder

    return start


def dot(person):
    return person.page.get_by_role("status", name=re.compile("^(Recorder|Enregistreur)$"))


async def test_the_dot_shows_while_pictures_land_in_the_folder(visit, recording, scene):
    scene.show_colour("red")
    server, folder = await recording()
    person = await visit(server.address)
    await expect(person.wake).to_be_enabled()
    await expect(dot(person)).to_have_count(0)
    await person.wakes()
    await expect(dot(person)).to_have_text(re.compile(r"^Recording: [1-9]\d* pictures?$"))
    before = await dot(person).text_content()
    scene.show_colour("blue")
    await expect(person.seen).to_have_text("blue", timeout=5_000)
    await expect(dot(person)).not_to_have_text(before)
    assert await server.stop() == 0
    assert len(list(folder.glob("unlabelled/*.jpg"))) >= 2
    assert len(list(folder.glob("records-*.jsonl"))) == 1
    await expect(dot(person)).to_have_count(0)


async def test_it_pauses_when_the_eye_is_shut_and_goes_on_when_it_opens(visit, recording, scene):
    scene.show_colour("green")
    server, _ = await recording()
    person = await visit(server.address)
    await person.wakes()
    await expect(dot(person)).to_have_text(re.compile("^Recording: "))
    await person.eye.click()
    await expect(dot(person)).to_have_text(re.compile(r"^Recording paused: \d"))
    await person.eye.click()
    await expect(dot(person)).to_have_text(re.compile(r"^Recording: \d"))


async def test_a_store_that_is_away_is_told_at_the_dot_and_beside_the_conversation(visit, recording, scene, tmp_path):
    (tmp_path / "seen").touch()
    scene.show_colour("red")
    server, _ = await recording()
    person = await visit(server.address)
    await person.wakes()
    await expect(dot(person)).to_have_text(re.compile(r"^Recording: \d+ pictures?, \d+ not stored yet$"))
    await expect(person.page.get_by_role("list", name="Plugins that do not work")).to_contain_text("seen is away")
    await expect(person.seen).to_have_text("red")


async def test_it_speaks_french(visit, recording, scene):
    scene.show_colour("red")
    server, _ = await recording()
    person = await visit(server.address, language="fr")
    await person.wakes()
    await expect(dot(person)).to_have_text(re.compile(r"^Enregistrement : \d+ images?$"))


@pytest.mark.parametrize("viewport", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_dot_can_be_seen_by_everybody(visit, recording, scene, scheme, viewport):
    scene.show_colour("red")
    server, _ = await recording()
    person = await visit(server.address, viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    await person.wakes()
    await expect(dot(person)).to_have_text(re.compile(r"^Recording: "))
    await expect(dot(person)).to_be_in_viewport(ratio=1)
    assert await dot(person).evaluate(ON_TOP)
    assert await dot(person).evaluate("element => element.getAnimations({ subtree: true }).length") == 0
    assert await complaints(person.page) == []
    assert not await scrolls_sideways(person.page)
