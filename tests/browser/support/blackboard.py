"""The page's half of teaching, with the server's half played by the test: what it tells, and what the person does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.async_api import expect

from cortex import hookimpl
from cortex.testing import pictures
from cortex_teach.page import Blackboard, Gallery, Glimpse, Known, Lesson, Teaching

if TYPE_CHECKING:
    from cortex.testing.page import Page

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
LANDSCAPE = {**PHONE, "viewport": {"width": 844, "height": 390}}
MARKUP = "<img src=x onerror=alert(1)>"
GONE = "ERR_INTERNET_DISCONNECTED|WebSocket"


@hookimpl
def register_senses(register):
    register("teach", Teaching)


@hookimpl
def register_actuators(register):
    register("teach", Blackboard)


# What the server tells


def names(count: int, prefix: str = "p") -> tuple[str, ...]:
    return tuple(f"{prefix}{number}" for number in range(count))


async def tell(page: Page, stage: str, count: int = 0, **fields) -> None:
    lesson = {"id": "1", "thing": "my mug", "stage": stage, "wanted": 8, "pictures": names(count), **fields}
    await page.act(Lesson(**lesson))


async def glimpses(page: Page, wanted: tuple[str, ...]) -> None:
    for number, name in enumerate(wanted):
        await page.act(Glimpse(picture=name, payload=pictures.jpeg(pictures.photo(number))))


def known(*things: str) -> tuple[Known, ...]:
    return tuple(Known(name, number + 1, 1_780_000_000_000.0, f"cover {name}") for number, name in enumerate(things))


async def know(page: Page, *things: str, opened: bool = False) -> None:
    await page.act(Gallery(things=known(*things), total=len(things), open=opened))


# What the person does, and what is there


def panel(page: Page):
    return page.browser.get_by_role("dialog", name="Teach and know")


def card(page: Page):
    return page.browser.get_by_role("region", name="Lesson")


def button(page: Page, name: str):
    return page.browser.get_by_role("button", name=name, exact=True)


def fault(page: Page):
    """What the bot says of a lesson that came to nothing; it is no alert, since the conversation is read out too."""
    return panel(page).locator(".fault")


def things(page: Page):
    return panel(page).get_by_role("tabpanel").get_by_role("listitem")


async def teach(page: Page, name: str = "my mug") -> None:
    """Open the panel, type a name and begin."""
    await page.open()
    await button(page, "Teach").click()
    await panel(page).get_by_role("textbox", name="What is this?").fill(name)
    await panel(page).get_by_role("button", name="Start").click()


async def browse(page: Page, *of: str) -> None:
    """Open the gallery."""
    await page.open()
    await button(page, "Teach").click()
    await panel(page).get_by_role("tab", name="What I know").click()
    assert (await page.next("teach")).want == "gallery"
    await know(page, *of)


async def lose_connection(page: Page) -> None:
    page.foreseen.append(GONE)
    await page.browser.context.set_offline(True)
    await expect(page.browser.get_by_text("The server is gone.", exact=True)).to_be_visible()
