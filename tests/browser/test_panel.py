"""The panel of what is enabled: a button opens it, and its figures are live."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import expect

from tests.browser.conftest import COLOURS
from tests.browser.test_access import NARROW, WIDE, complaints, scrolls_sideways, tab_to

LIMITED = {"timeout": 20, "max_rate": 30, "max_calls_per_day": 5000}
NAMES = {"en": ("Plugins", "Close the list of plugins"), "fr": ("Greffons", "Fermer la liste des greffons")}


class Panel:
    """The panel, its button, and what stands in it."""

    def __init__(self, person, language: str = "en") -> None:
        name, close = NAMES[language]
        self._page = person.page
        self.button = person.page.get_by_role("button", name=re.compile(f"^{name}"))
        self.place = person.page.get_by_role("region", name=name, exact=True)
        self.close = self.place.get_by_role("button", name=close)

    def row(self, name: str):
        return self.place.get_by_role("rowgroup").filter(has=self._page.get_by_role("rowheader", name=name, exact=True))

    def facts(self, name: str):
        """Return state, calls a second and median of a plugin."""
        return self.row(name).get_by_role("row").first.get_by_role("cell")


@pytest.fixture(name="watch")
def _watch(visit, serve):
    """Open the page of a server in which one plugin has limits and another one does not start."""

    async def watch(language: str = "en", **options):
        server = await serve({"plugins": {**COLOURS["plugins"], "colours": LIMITED, "unwilling": None}})
        person = await visit(server.address, language=language, **options)
        return person, Panel(person, language)

    return watch


@asynccontextmanager
async def changing(person, count: int = 3):
    """Go on once the server has told so many times more how the plugins are."""
    yield
    await person.traffic.receive_more(count, "plugins")


async def test_the_panel_tells_of_each_plugin_how_it_is_and_what_limits_it(watch, scene):
    scene.show_colour("red")
    _, panel = await watch()
    await expect(panel.place).to_be_hidden()
    await panel.button.click()
    await expect(panel.place).to_be_visible()
    await expect(panel.place.get_by_role("rowheader")).to_have_text(
        ["vision", "hearing", "reading", "display", "voice", "colours", "dialogue", "greeter", "unwilling"]
    )
    await expect(panel.facts("colours")).to_have_text([re.compile("working|busy"), "0", "–"])
    await expect(panel.row("colours")).to_contain_text("5,000 of 5,000 calls left today")
    await expect(panel.row("colours")).to_contain_text("30 calls a second at most · 20 s a call at most")
    await expect(panel.facts("unwilling").first).to_have_text("failed")
    await expect(panel.row("unwilling")).to_contain_text("the model file has gone missing")


async def test_its_figures_are_live(watch, scene):
    scene.show_colour("red")
    person, panel = await watch()
    await person.wakes()
    await panel.button.click()
    await expect(panel.facts("colours").nth(1)).to_have_text(re.compile(r"[1-9]"))
    await expect(panel.facts("colours").nth(2)).to_have_text(re.compile(r"\d ms$"))
    await expect(panel.row("colours")).to_contain_text(re.compile(r"4,\d\d\d of 5,000 calls left today"))
    async with changing(person):
        await panel.row("colours").evaluate("(row) => (row.dataset.mine = 'yes')")
    await expect(panel.row("colours")).to_have_attribute("data-mine", "yes")


async def test_what_does_not_work_is_told_at_once_and_counted_on_the_button(watch):
    person, panel = await watch()
    await expect(panel.button).to_have_accessible_name("Plugins (1 does not work)")
    ill = person.page.get_by_role("list", name="Plugins that do not work").get_by_role("listitem")
    await expect(ill).to_have_count(1)
    await expect(ill).to_contain_text("unwilling does not work")


async def test_the_panel_is_worked_by_keyboard_and_gives_the_focus_back(watch):
    person, panel = await watch()
    await expect(panel.button).to_have_attribute("aria-expanded", "false")
    await tab_to(person, panel.button)
    await person.page.keyboard.press("Enter")
    await expect(panel.place).to_be_visible()
    await expect(panel.button).to_have_attribute("aria-expanded", "true")
    await person.page.keyboard.press("Tab")
    await expect(panel.close).to_be_focused()
    await person.page.keyboard.press("Escape")
    await expect(panel.place).to_be_hidden()
    await expect(panel.button).to_have_attribute("aria-expanded", "false")
    await expect(panel.button).to_be_focused()


async def test_the_focus_and_the_rows_stay_where_they_are_while_the_figures_change(watch, scene):
    scene.show_colour("green")
    person, panel = await watch(viewport=NARROW)
    await person.wakes()
    await panel.button.click()
    await expect(panel.facts("colours").nth(1)).to_have_text(re.compile("[1-9]"))
    await panel.close.focus()
    tops = "(place) => [...place.querySelectorAll('tbody')].map((row) => row.getBoundingClientRect().top)"
    before = await panel.place.evaluate(tops)
    async with changing(person):
        pass
    assert await panel.place.evaluate(tops) == before
    await expect(panel.close).to_be_focused()


async def test_a_screen_reader_is_not_told_every_figure(watch):
    _, panel = await watch()
    await panel.button.click()
    live = "(place) => place.closest('[aria-live], [role=status], [role=alert], [role=log]')"
    assert await panel.place.evaluate(live) is None
    assert await panel.place.locator("[aria-live], [role=status], [role=alert]").count() == 0
    assert await panel.button.evaluate(live) is None


async def test_a_press_beside_the_panel_or_on_its_cross_closes_it(watch):
    person, panel = await watch()
    await panel.button.click()
    await panel.close.click()
    await expect(panel.place).to_be_hidden()
    await panel.button.click()
    await expect(panel.place).to_be_visible()
    await person.page.mouse.click(10, 400)
    await expect(panel.place).to_be_hidden()
    await panel.button.click()
    await panel.button.click()
    await expect(panel.place).to_be_hidden()


@pytest.mark.parametrize("viewport", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_in_the_open_panel(watch, scene, scheme, viewport):
    scene.show_colour("red")
    person, panel = await watch(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    for awake in (False, True):
        if awake:
            await person.wakes()
            await expect(person.seen).to_have_text("red")
        await expect(panel.button).to_be_in_viewport(ratio=1)
        await panel.button.click()
        await expect(panel.place).to_be_in_viewport(ratio=1)
        assert await complaints(person.page) == []
        assert not await scrolls_sideways(person.page)
        assert await panel.place.evaluate("(place) => place.scrollWidth <= place.clientWidth")
        await person.page.keyboard.press("Escape")


async def test_in_french_the_words_and_the_numbers_are_french(watch):
    _, panel = await watch("fr")
    await panel.button.click()
    await expect(panel.facts("unwilling").first).to_have_text("en panne")
    await expect(panel.row("colours")).to_contain_text(re.compile(r"appels restants aujourd'hui : 5\s000 sur 5\s000"))
    await expect(panel.button).to_have_accessible_name("Greffons (1 ne marche pas)")


@pytest.mark.parametrize(
    "size", [(320, 480), (360, 740), (640, 400), (740, 360), (768, 1024), (1024, 600), (1280, 800)]
)
async def test_it_is_whole_on_every_screen_and_leaves_eyes_shut_to_be_pressed(watch, size):
    width, height = size
    person, panel = await watch(viewport={"width": width, "height": height})
    await person.wakes()
    await panel.button.click()
    await expect(panel.place).to_be_in_viewport(ratio=1)
    assert await panel.place.evaluate("(place) => place.scrollWidth <= place.clientWidth")
    for name in ("unwilling", "vision"):
        head = panel.row(name).get_by_role("rowheader")
        await head.scroll_into_view_if_needed()
        await expect(head).to_be_in_viewport(ratio=1)
        await head.click(trial=True)  # the head that stays in view does not cover it
    await expect(panel.place).to_be_visible()
    await person.shut.click()
    await expect(person.shut).to_have_attribute("aria-pressed", "true")
