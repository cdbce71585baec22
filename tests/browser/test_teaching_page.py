"""Lessons on the page: by the button in the panel, by voice on the card. The server's half is played by the test."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from cortex.testing import pictures
from cortex_teach.page import Album, Lesson
from tests.browser.support.blackboard import (
    browse,
    button,
    card,
    fault,
    glimpses,
    lose_connection,
    names,
    panel,
    teach,
    tell,
    things,
)


@pytest.fixture(name="page")
def _page(board):
    return board


# Lessons by the button


async def test_a_thing_is_taught_by_the_button(page):
    await teach(page)
    wish = await page.next("teach")
    assert (wish.want, wish.thing, wish.language) == ("learn", "my mug", "en-US")
    progress = panel(page).get_by_role("progressbar", name="Pictures taken")
    await expect(progress).to_be_visible()
    await glimpses(page, names(2))
    await tell(page, "looking", 3)
    await glimpses(page, ("p2",))
    await expect(progress).to_have_js_property("value", 3)
    await expect(panel(page).get_by_text("3 of 8")).to_be_visible()
    shown = panel(page).get_by_role("img", name="of my mug")
    await expect(shown).to_have_count(3)
    for number in range(3):  # whether their bytes came before they were named, or after
        await expect(shown.nth(number)).to_have_js_property("naturalWidth", 320)
    await tell(page, "learned", 3, text="I will remember: my mug.")
    await expect(panel(page).get_by_text("I will remember: my mug.")).to_be_visible()
    await expect(progress).to_be_hidden()
    await panel(page).get_by_role("button", name="Done").click()
    await expect(panel(page).get_by_role("textbox")).to_be_focused()
    await expect(panel(page).get_by_role("textbox")).to_have_value("")


async def test_a_picture_of_what_was_learned_is_removed(page):
    await teach(page)
    await tell(page, "learned", 3)
    await panel(page).get_by_role("button", name="Remove picture 2 of my mug").click()
    assert (await page.next("teach")).want == "learn"
    wish = await page.next("teach")
    assert (wish.want, wish.picture) == ("remove", "p1")
    await expect(panel(page).get_by_role("img")).to_have_count(2)
    await expect(panel(page).get_by_role("button", name="Remove picture 2 of my mug")).to_be_focused()


async def test_a_lesson_is_undone(page):
    await teach(page)
    await tell(page, "learned", 2)
    await panel(page).get_by_role("button", name="Undo").click()
    await page.next("teach")
    wish = await page.next("teach")
    assert (wish.want, wish.lesson) == ("undo", "1")
    await tell(page, "undone", text="Undone.")
    await expect(fault(page)).to_have_text("Undone.")


async def test_a_lesson_that_failed_says_why_and_the_name_is_not_lost(page):
    await teach(page)
    await tell(page, "looking")
    await tell(page, "failed", text="It is too dark: I see nothing.")
    await expect(fault(page)).to_have_text("It is too dark: I see nothing.")
    box = panel(page).get_by_role("textbox")
    await expect(box).to_have_value("my mug")
    await expect(box).to_be_focused()
    await box.press("Enter")
    await page.next("teach")
    assert (await page.next("teach")).thing == "my mug"


async def test_a_name_that_the_server_refuses_can_be_mended(page):
    await teach(page, "x" * 200)
    await page.act(Lesson(id="", thing="", stage="failed", text="A name has 60 characters at most."))
    await expect(fault(page)).to_have_text("A name has 60 characters at most.")
    await expect(panel(page).get_by_role("textbox")).to_have_value("x" * 200)


async def test_a_lesson_without_a_name_is_not_begun(page):
    await teach(page, "  ")
    await expect(panel(page).get_by_role("alert")).to_have_text("Type its name first.")
    await expect(panel(page).get_by_role("textbox")).to_be_focused()
    assert not [wish for wish in page.stimuli if wish.sense == "teach"]


async def test_a_lesson_is_stopped(page):
    await teach(page)
    await tell(page, "looking", 1)
    await panel(page).get_by_role("button", name="Stop").click()
    await page.next("teach")
    wish = await page.next("teach")
    assert (wish.want, wish.lesson) == ("discard", "1")
    await tell(page, "discarded")
    await expect(panel(page).get_by_role("textbox", name="What is this?")).to_have_value("my mug")


async def test_a_lesson_goes_on_on_the_card_when_the_panel_is_shut(page):
    await teach(page)
    await tell(page, "looking", 2)
    await panel(page).get_by_role("button", name="Close").click()
    await expect(panel(page)).to_be_hidden()
    await expect(card(page).get_by_role("img")).to_have_count(2)
    await button(page, "Teach").click()
    await expect(card(page)).to_be_hidden()
    await expect(panel(page).get_by_text("2 of 8")).to_be_visible()


# Lessons by voice


async def test_a_lesson_by_voice_asks_on_the_card_and_is_remembered(page):
    await page.open()
    await tell(page, "looking", 1)
    await expect(card(page).get_by_role("progressbar")).to_be_visible()
    await expect(page.browser.get_by_role("status").filter(has_text="Learning: my mug. Hold it still.")).to_have_count(
        1
    )
    await tell(page, "asking", 2, text="Shall I remember this as “my mug”?")
    await expect(card(page).get_by_text("Shall I remember this as “my mug”?")).to_be_visible()
    await card(page).get_by_role("button", name="Remember").click()
    wish = await page.next("teach")
    assert (wish.want, wish.lesson) == ("keep", "1")
    await tell(page, "learned", 2)
    await expect(card(page).get_by_role("button", name="Undo")).to_be_visible()
    await expect(card(page).get_by_role("button", name="Remove")).to_have_count(0)


async def test_a_lesson_by_voice_is_discarded(page):
    await page.open()
    await tell(page, "asking", 2)
    await card(page).get_by_role("button", name="Discard").click()
    assert (await page.next("teach")).want == "discard"
    await expect(card(page)).to_be_hidden()


async def test_what_is_asked_for_once_is_not_asked_for_twice(page):
    await page.open()
    await tell(page, "asking", 2)
    await card(page).get_by_role("button", name="Remember").dblclick()
    await tell(page, "learned", 2)
    await card(page).get_by_role("button", name="Undo").click()
    assert [(await page.next("teach")).want for _ in range(2)] == ["keep", "undo"]


async def test_a_new_lesson_takes_the_place_of_the_old_one(page):
    await page.open()
    await tell(page, "asking", 2)
    await tell(page, "discarded")
    await tell(page, "looking", id="2", thing="the bowl")
    await expect(card(page)).to_have_count(1)
    await expect(card(page).get_by_role("heading")).to_have_text("the bowl")
    await expect(card(page).get_by_role("img")).to_have_count(0)


async def test_the_card_goes_by_itself_unless_the_person_is_at_it(page):
    browser = await page.open()
    await browser.clock.install()
    await tell(page, "learned", 2)
    await expect(card(page)).to_be_visible()
    await card(page).hover()
    await browser.clock.run_for(8_100)
    await expect(card(page)).to_be_visible()
    await browser.mouse.move(1, 1)
    await browser.clock.run_for(1_600)
    await expect(card(page)).to_be_hidden()


async def test_a_question_stays_until_it_is_answered(page):
    browser = await page.open()
    await browser.clock.install()
    await tell(page, "asking", 2)
    await expect(card(page)).to_be_visible()
    await browser.clock.run_for(60_000)
    await expect(card(page)).to_be_visible()


async def test_the_card_hides_neither_label_nor_buttons(page):
    page.camera.show(pictures.photo(1))
    await page.wake()
    await page.opened("vision")
    await tell(page, "asking", 8, text="Shall I remember this as “my mug”?")
    await expect(card(page)).to_be_visible()
    box = await card(page).bounding_box()
    for thing in (
        page.browser.get_by_role("status", name="What I see"),
        page.browser.get_by_role("group", name="Senses"),
    ):
        other = await thing.bounding_box()
        assert box["y"] + box["height"] <= other["y"] or box["x"] >= other["x"] + other["width"]


# Without a connection


async def test_a_lesson_that_loses_the_connection_says_so_and_can_be_begun_again(page):
    await teach(page)
    await tell(page, "looking", 2)
    await lose_connection(page)
    await expect(panel(page).get_by_role("alert")).to_contain_text("The connection was lost")
    await expect(panel(page).get_by_role("status")).to_contain_text("You can go on once it is back")
    start = panel(page).get_by_role("button", name="Start")
    await expect(start).to_have_attribute("aria-disabled", "true")
    await expect(panel(page).get_by_role("textbox")).to_have_value("my mug")
    await page.browser.context.set_offline(False)
    await expect(start).to_have_attribute("aria-disabled", "false")
    await expect(panel(page).get_by_role("status")).to_be_hidden()
    await start.click()
    await page.next("teach")
    assert (await page.next("teach")).want == "learn"


async def test_once_the_server_is_back_the_gallery_asks_anew(page):
    await browse(page, "my mug", "the bowl")
    await panel(page).get_by_role("button", name="my mug").click()
    await page.next("teach")
    await page.act(Album(thing="my mug", pictures=names(2), total=2))
    await expect(things(page)).to_have_count(2)
    await lose_connection(page)
    await expect(panel(page).get_by_role("button", name="Remove picture 1")).to_have_attribute("aria-disabled", "true")
    await page.browser.context.set_offline(False)
    assert [(await page.next("teach")).want for _ in range(2)] == ["gallery", "pictures"]
    await page.act(Album(thing="my mug", pictures=names(1), total=1))
    await expect(things(page)).to_have_count(1)


async def test_a_question_can_be_answered_once_the_server_is_back(page):
    await page.open()
    await tell(page, "asking", 2)
    keep = card(page).get_by_role("button", name="Remember")
    await expect(keep).to_be_visible()
    await lose_connection(page)
    await expect(keep).to_have_attribute("aria-disabled", "true")
    await keep.click(force=True)
    await page.browser.context.set_offline(False)
    await expect(keep).to_have_attribute("aria-disabled", "false")
    await keep.click()
    await page.next("teach")
    assert [wish.want for wish in page.stimuli if wish.sense == "teach"] == ["keep"]


async def test_a_server_that_does_not_answer_is_not_waited_for(page):
    await teach(page)
    await page.browser.clock.install()
    await tell(page, "looking", 1)
    await expect(panel(page).get_by_text("1 of 8")).to_be_visible()
    await page.browser.clock.run_for(71_000)
    await expect(panel(page).get_by_role("alert")).to_have_text("The server did not answer. Try again.")
