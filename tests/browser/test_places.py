"""Where the input of each plugin goes: said on the page, and switched off by the person."""

from __future__ import annotations

import itertools
import re

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.browser.test_access import NARROW, WIDE, complaints, scrolls_sideways, tab_to
from tests.browser.test_panel import Panel

SPOTTER = {"max_cost_per_day": 50.0, "prices": {"image": 0.001}}
PLUGINS = {"plugins": {"dialogue": None, "colours": None, "spotter": SPOTTER, "teller": None}}
PICTURES, WORDS = "Pictures go to AWS eu-west-1", "words go to nas.local:11434"

BOXES = """parts => parts.map((part) => {
  const { left, top, right, bottom } = part.getBoundingClientRect();
  return [left, top, right, bottom];
})"""
"""Where parts of the page are, all at one moment: it may still move while one after the other is there."""


@pytest_asyncio.fixture(loop_scope="session")
async def watched(serve, visit, scene):
    """A person before a bot of which one plugin sends pictures far away, and another one words to the network."""

    async def start(language="en", **options):
        server = await serve(PLUGINS)
        person = await visit(server.address, language=language, **options)
        return person, Panel(person, language)

    return start


def switch(panel, name: str):
    return panel.row(name).get_by_role("switch", name=name, exact=True)


async def turn(panel, name: str) -> None:
    """Open the panel, press a switch, and wait until the server has turned it."""
    await panel.button.click()
    checked = await switch(panel, name).get_attribute("aria-checked")
    await switch(panel, name).click()
    await expect(switch(panel, name)).to_have_attribute("aria-checked", str(checked == "false").lower())
    await panel.close.click()


async def test_the_page_says_without_being_asked_what_goes_beyond_this_machine(watched):
    person, _ = await watched()
    await expect(person.places).to_have_text(f"{PICTURES} · {WORDS}")
    await expect(person.places).to_be_in_viewport(ratio=1)
    await person.wakes()
    await expect(person.places).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("size", [(320, 480), (360, 640), (360, 740), (640, 400), (740, 360), (1280, 800)])
@pytest.mark.parametrize("language", ["en", "fr"])
async def test_asleep_nothing_lies_over_anything_else(watched, size, language):
    person, _ = await watched(language, viewport={"width": size[0], "height": size[1]})
    about = person.page.get_by_text(re.compile("^(What the camera sees|Ce que voit la caméra) "))
    parts = [person.wake, about, person.places, person.eye, person.ear, person.voice, person.shut]
    for part in parts:
        await expect(part).to_be_in_viewport(ratio=1)
    boxes = await person.page.evaluate(BOXES, [await part.element_handle() for part in parts])
    for (left, top, right, bottom), (x, y, to_x, to_y) in itertools.combinations(boxes, 2):
        assert right <= x or to_x <= left or bottom <= y or to_y <= top


async def test_where_all_stays_on_this_machine_nothing_is_said(visit, scene):
    person = await visit()
    await person.wakes()
    await expect(person.places).to_have_count(0)


async def test_each_row_says_where_its_input_goes(watched):
    _, panel = await watched()
    await panel.button.click()
    await expect(panel.row("spotter")).to_contain_text(PICTURES)
    await expect(panel.row("spotter")).to_contain_text("50.00 left today · 50.00 a day at most")
    await expect(panel.row("teller")).to_contain_text("Words go to my network: nas.local:11434")
    await expect(panel.row("colours")).to_contain_text("Stays on this machine")
    await expect(panel.row("vision").get_by_role("switch")).to_have_count(0)
    await expect(panel.place.get_by_role("switch")).to_have_count(4)


async def test_in_french_it_is_said_in_french(watched):
    person, panel = await watched("fr")
    await expect(person.places).to_have_text("Les images vont à AWS eu-west-1 · les paroles vont à nas.local:11434")
    await panel.button.click()
    await expect(panel.row("colours")).to_contain_text("Reste sur cette machine")
    await switch(panel, "spotter").click()
    await expect(panel.facts("spotter").first).to_have_text("arrêté")
    await expect(panel.row("spotter")).to_contain_text("Rien ne va à AWS eu-west-1")


async def test_what_is_switched_off_gets_no_more_pictures_also_after_a_reload(watched, scene):
    scene.show_colour("red")
    person, panel = await watched()
    await person.wakes()
    await person.traffic.receive_more(2, "show", cortex="spotter")
    await turn(panel, "spotter")
    await expect(person.places).to_have_text("Words go to nas.local:11434")
    await person.traffic.receive("switched", off=["spotter"])
    switched = len(person.traffic.received)
    await person.traffic.receive_more(8, "show", cortex="colours")
    assert not [one for one in person.traffic.received[switched:] if one.get("cortex") == "spotter"]

    await person.page.evaluate("sessionStorage.clear()")  # as in another tab: the server does not know it any more
    await person.page.reload()
    await expect(person.places).to_have_text("Words go to nas.local:11434")
    begun = len(person.traffic.received)
    await person.wakes()
    await person.traffic.receive_more(8, "show", cortex="colours")
    assert not [one for one in person.traffic.received[begun:] if one.get("cortex") == "spotter"]
    await panel.button.click()
    await expect(panel.facts("spotter").first).to_have_text("off")
    await expect(panel.row("spotter")).to_contain_text("Nothing goes to AWS eu-west-1")

    await panel.close.click()
    await turn(panel, "spotter")
    await person.traffic.receive_more(2, "show", cortex="spotter")
    await expect(person.places).to_have_text(f"{PICTURES} · {WORDS}")


async def test_another_client_of_the_session_follows(watched):
    person, panel = await watched()
    await panel.button.click()
    await expect(switch(panel, "teller")).to_have_attribute("aria-checked", "true")
    session = await person.page.evaluate("sessionStorage.getItem('cortex.session')")
    await person.page.evaluate(
        """session => {
          const socket = new WebSocket(location.href.replace(/^http/, "ws") + "ws", "cortex.v1");
          socket.onopen = () => {
            socket.send(JSON.stringify({type: "hello", session, senses: [], actuators: []}));
            socket.send(JSON.stringify({type: "switch", plugin: "teller", on: false}));
          };
        }""",
        session,
    )
    await expect(switch(panel, "teller")).to_have_attribute("aria-checked", "false")
    await expect(panel.facts("teller").first).to_have_text("off")


async def test_a_switch_is_worked_by_keyboard_and_does_not_lose_the_focus(watched):
    person, panel = await watched()
    await tab_to(person, panel.button)
    await person.page.keyboard.press("Enter")
    await tab_to(person, switch(panel, "spotter"))
    await person.page.keyboard.press("Space")
    await expect(switch(panel, "spotter")).to_have_attribute("aria-checked", "false")
    await expect(switch(panel, "spotter")).to_be_focused()


async def test_a_screen_reader_is_told_with_the_switch_where_its_input_goes(watched):
    _, panel = await watched()
    await panel.button.click()
    await expect(switch(panel, "spotter")).to_have_accessible_description(PICTURES)
    await expect(switch(panel, "colours")).to_have_accessible_description("Stays on this machine")
    await switch(panel, "spotter").click()
    await expect(switch(panel, "spotter")).to_have_accessible_description("Nothing goes to AWS eu-west-1")


async def test_without_a_server_nothing_can_be_switched(watched):
    person, panel = await watched()
    for button in (person.eye, person.ear, person.voice):  # its module has come
        await expect(button).to_be_visible()
    await panel.button.click()
    await expect(switch(panel, "spotter")).to_have_attribute("aria-disabled", "false")
    person.foreseen.append("ERR_INTERNET_DISCONNECTED|WebSocket")
    await person.page.context.set_offline(True)
    await expect(switch(panel, "spotter")).to_have_attribute("aria-disabled", "true")
    await switch(panel, "spotter").click(force=True)
    await expect(switch(panel, "spotter")).to_have_attribute("aria-checked", "true")
    await person.page.context.set_offline(False)
    await expect(switch(panel, "spotter")).to_have_attribute("aria-disabled", "false")


@pytest.mark.parametrize("viewport", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_and_a_thumb_finds_each_switch(watched, scene, scheme, viewport):
    scene.show_colour("red")
    person, panel = await watched(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    await person.wakes()
    await expect(person.seen).to_have_text(re.compile("red|nothing"))
    await turn(panel, "spotter")
    await expect(person.places).to_be_in_viewport(ratio=1)
    await panel.button.click()
    assert await complaints(person.page) == []
    assert not await scrolls_sideways(person.page)
    assert await panel.place.evaluate("(place) => place.scrollWidth <= place.clientWidth")
    box = await switch(panel, "spotter").bounding_box()
    assert min(box["width"], box["height"]) >= 44
