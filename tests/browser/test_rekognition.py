"""Rekognition on the page: who is greeted and who is asked for, what is read. AWS is a stand-in on this machine."""

from __future__ import annotations

import re

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.support import aws
from tests.support.bucket import Bucket


@pytest.fixture
def stand(monkeypatch, tmp_path):
    aws.enter(monkeypatch, tmp_path)
    stand = aws.StandIn()
    yield stand
    stand.close()


@pytest.fixture
def moto(stand):
    bucket = Bucket()
    yield bucket
    bucket.close()


@pytest_asyncio.fixture(loop_scope="session")
async def watched(serve, visit, stand, tmp_path):
    """A person before a bot that knows Olivier."""

    async def start(language="en", **options):
        aws.scene("red").save(tmp_path / "olivier.png")
        section = {
            "endpoint": stand.url,
            "attempts": 1,
            "people": {"Olivier": str(tmp_path / "olivier.png")},
            **options,
        }
        server = await serve({"plugins": {"dialogue": None, "rekognition": section}})
        return await visit(server.address, language=language)

    return start


async def test_who_is_known_is_greeted_and_named_on_the_page(watched, scene):
    scene.show_colour("red")
    person = await watched()
    await person.wakes()
    await person.hears("Hello Olivier.")
    await expect(person.line("Hello Olivier.")).to_have_count(1)
    await expect(person.seen).to_have_text("Olivier")
    bars = person.page.get_by_role("list", name="The likeliest").get_by_role("listitem")
    await expect(bars.nth(1)).to_have_text(re.compile(r"Mug\D*9\d ?%"))
    await person.traffic.receive("show", cortex="rekognition")


async def test_what_motos_server_sees_of_every_picture(watched, scene, moto):
    scene.show_colour("red")
    person = await watched(endpoint=moto.storage["endpoint_url"], features=["labels", "text", "faces"])
    await person.wakes()
    await person.hears("Hello Olivier.")
    bars = person.page.get_by_role("list", name="The likeliest").get_by_role("listitem")
    await expect(bars.nth(1)).to_have_text(re.compile(r"Mobile Phone\D*100 ?%"))
    await expect(person.page.get_by_text("IT'S MONDAY but keep Smiling", exact=True)).to_be_visible()


async def test_who_do_you_see(watched, scene):
    scene.show_colour("blue")
    person = await watched(features=["faces"], language="fr")
    await person.wakes()
    await person.types("qui vois-tu ?")
    await expect(person.line("Je vois une personne que je ne connais pas.")).to_have_count(1)


async def test_what_is_written_is_read_and_shown(watched, stand, scene):
    stand.texts = [aws.text_at("MIND"), aws.text_at("THE GAP")]
    scene.show_colour("green")
    person = await watched(features=["text"])
    await person.wakes()
    await expect(person.page.get_by_text("MIND THE GAP", exact=True)).to_be_visible()
    await person.types("read this")
    await expect(person.line("It says: MIND THE GAP")).to_have_count(1)


async def test_a_service_that_is_away_is_told_once_and_the_bot_goes_on(watched, stand, scene):
    stand.go()
    scene.show_colour("red")
    person = await watched()
    await person.wakes()
    plugins = person.page.get_by_role("list", name="Plugins that do not work")
    await expect(plugins).to_contain_text("cannot be reached")
    await person.types("who do you see")
    told = "The plugin “rekognition”, which could tell, does not work just now. The page says why."
    await expect(person.line(told)).to_be_visible()
    await expect(person.page.get_by_text("cannot be reached")).to_have_count(1)
