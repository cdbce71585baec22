"""The ear and the voice, with speech scripted at the browser's edge (support/ears.js, support/mouth.js)."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect


async def test_a_spoken_question_is_answered_in_writing_and_aloud(visit, scene):
    scene.show_colour("blue")
    person = await visit()
    await person.wakes()
    await expect(person.seen).to_have_text("blue")
    await person.says("what do you see")
    await expect(person.line("what do you see")).to_be_visible()
    await expect(person.line("I see: blue.")).to_be_visible()
    await person.hears("I see: blue.")
    assert {"text": "I see: blue.", "lang": "en-US", "voice": "English voice"} in await person.spoken()


async def test_a_question_in_french_is_answered_in_french(visit, scene):
    scene.show_colour("red")
    person = await visit(language="fr")
    await person.wakes()
    await expect(person.seen).to_have_text("red")
    await person.listened()
    assert await person.page.evaluate("ears.lang") == "fr-FR"
    await person.says("que vois-tu")
    await expect(person.line("Je vois : red.")).to_be_visible()
    await person.hears("Je vois : red.")
    assert {"text": "Je vois : red.", "lang": "fr-FR", "voice": "French voice"} in await person.spoken()


@pytest.mark.parametrize(
    ("language", "close", "open_again"),
    [("en", "close your eyes", "please open your eyes"), ("fr", "ferme les yeux", "ouvre les yeux")],
)
async def test_the_eyes_close_and_open_when_they_are_told_to(visit, scene, language, close, open_again):
    scene.show_colour("red")
    person = await visit(language=language)
    await person.wakes()
    await expect(person.seen).to_have_text("red")
    await person.says(close)
    await expect(person.eye).to_have_attribute("aria-pressed", "false")
    await person.camera_stops()
    await person.says(open_again)
    await expect(person.eye).to_have_attribute("aria-pressed", "true")
    await expect(person.seen).to_have_text("red")


@pytest.mark.parametrize(("language", "order"), [("en", "be quiet"), ("fr", "tais-toi")])
async def test_be_quiet_silences_it_even_while_it_speaks(visit, scene, language, order):
    person = await visit(language=language)
    await person.page.evaluate("mouth.hold()")
    await person.wakes()
    await person.types("hello")
    await person.hears("Hello!")
    await person.says(order)
    await expect(person.voice).to_have_attribute("aria-pressed", "false")
    await person.page.wait_for_function("() => !mouth.speaking")
    before = await person.spoken()
    await person.types("hello")
    await expect(person.line("Hello! Show me something.")).to_have_count(2)
    scene.show_colour("red")
    await person.traffic.receive_more(8, "show")
    assert await person.spoken() == before


async def test_it_speaks_again_when_the_voice_is_pressed(visit, scene):
    scene.show_colour("green")
    person = await visit()
    await person.wakes()
    await person.voice.click()
    await expect(person.voice).to_have_attribute("aria-pressed", "false")
    await person.voice.click()
    await expect(person.voice).to_have_attribute("aria-pressed", "true")
    await person.types("what do you see")
    await person.hears("I see: green.")


async def test_its_own_words_are_not_taken_for_the_persons(visit, scene):
    scene.show_colour("green")
    person = await visit()
    await person.page.evaluate("mouth.hold()")
    await person.wakes()
    await person.hears("green")
    await person.page.evaluate("mouth.finish()")
    await person.types("what do you see")
    await person.hears("I see: green.")
    await person.listened()
    await person.page.evaluate("ears.interim('I see')")
    await expect(person.told("^I see$")).to_have_count(0)
    await person.page.evaluate("ears.final('I see green')")
    await person.traffic.receive("ignored", reason="own-voice")
    await expect(person.line("I see green")).to_have_count(0)
    await expect(person.line("I see: green.")).to_have_count(1)


async def test_a_person_may_interrupt_it_with_words_of_their_own(visit, scene):
    scene.show_colour("green")
    person = await visit()
    await person.page.evaluate("mouth.hold()")
    await person.wakes()
    await person.hears("green")
    await person.says("hello there")
    await expect(person.line("hello there")).to_be_visible()
    await expect(person.line("Hello! Show me something.")).to_be_visible()
    await person.hears("Hello!")


async def test_an_answer_cuts_a_remark_off(visit, scene):
    scene.show_colour("green")
    person = await visit()
    await person.page.evaluate("mouth.hold()")
    await person.wakes()
    await person.hears("green")
    await person.types("what do you see")
    await person.hears("I see: green.")
    assert await person.page.evaluate("mouth.cuts") == 1


async def test_the_figure_shows_what_the_bot_does(visit, scene):
    scene.show_colour("red")
    person = await visit()
    figure = person.page.get_by_role("figure")
    await expect(figure).to_have_text("asleep")
    await person.page.evaluate("mouth.hold()")
    await person.wakes()
    await person.hears("red")
    await expect(figure).to_have_text("speaking")
    await person.page.evaluate("mouth.finish()")
    await expect(figure).to_have_text("watching")
    await person.eye.click()
    await expect(figure).to_have_text("listening")
    await person.ear.click()
    await expect(figure).to_have_text("asleep")


async def test_words_stand_on_the_page_while_they_may_still_change_and_then_once(visit, scene):
    person = await visit()
    await person.wakes()
    await person.listened()
    await person.page.evaluate("ears.interim('what do')")
    await expect(person.told("^what do$")).to_be_visible()
    await person.page.evaluate("ears.interim('what do you')")
    await expect(person.told("^what do you$")).to_be_visible()
    await expect(person.log).not_to_contain_text("what do")
    await person.page.evaluate("ears.final('what do you mean')")
    await expect(person.line("what do you mean")).to_be_visible()
    await expect(person.told("^what do you$")).to_have_count(0)


async def test_recognition_is_started_again_when_it_ends_or_hears_nothing(visit, scene):
    person = await visit()
    await person.wakes()
    await person.listened()
    await person.page.evaluate("ears.end()")
    await person.listened(starts=2)
    await person.page.evaluate("ears.error('no-speech')")
    await person.listened(starts=3)
    await person.says("hello")
    await expect(person.line("Hello! Show me something.")).to_be_visible()


async def test_recognition_that_cannot_work_leads_to_typing_and_is_not_started_again(visit, scene):
    person = await visit()
    person.foreseen.append("recognition cannot be reached")
    await person.wakes()
    await person.listened()
    await person.page.evaluate("ears.error('network')")
    await expect(person.told("type instead")).to_be_visible()
    await expect(person.ear).to_have_attribute("aria-pressed", "false")
    await person.types("hello")
    await expect(person.line("Hello! Show me something.")).to_be_visible()
    assert await person.page.evaluate("ears.starts") == 1


async def test_the_ear_button_stops_recognition_and_starts_it(visit, scene):
    person = await visit()
    await person.wakes()
    await person.listened()
    await person.ear.click()
    await expect(person.ear).to_have_attribute("aria-pressed", "false")
    await person.page.wait_for_function("() => !ears.open")
    await person.ear.click()
    await person.listened(starts=2)


async def test_only_one_tab_listens_and_the_other_says_so(visit, scene):
    person = await visit()
    await person.wakes()
    await person.listened()
    page = await person.page.context.new_page()
    await page.goto(person.page.url)
    await page.get_by_role("button", name="Wake me").click()
    await expect(page.get_by_text(re.compile("another tab", re.IGNORECASE))).to_be_visible()


async def test_a_repeated_sentence_of_android_is_taken_once(visit, scene):
    person = await visit(user_agent="Mozilla/5.0 (Linux; Android 14) Chrome/156.0 Mobile Safari/537.36")
    await person.wakes()
    await person.listened()
    await person.page.evaluate("ears.final('hello', 0); ears.final('hello'); ears.final('hello')")
    await expect(person.line("Hello! Show me something.")).to_have_count(1)
    await expect(person.line("hello")).to_have_count(1)
