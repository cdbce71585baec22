"""The text box: the way that always works."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.support.chromium import NO_CAMERA


async def test_a_typed_sentence_is_answered_while_the_bot_is_asleep(visit):
    person = await visit()
    await person.types("hello")
    await expect(person.line("hello")).to_be_visible()
    await expect(person.line("Hello! Show me something.")).to_be_visible()
    await expect(person.box).to_have_value("")
    await expect(person.box).to_be_focused()
    await expect(person.wake).to_be_visible()


async def test_an_empty_sentence_is_not_sent(visit):
    person = await visit()
    await person.types("   ")
    await person.types("say hello to me")
    await expect(person.line("Hello! Show me something.")).to_have_count(1)
    await expect(person.log.locator("> *")).to_have_count(2)


async def test_what_looks_like_markup_stays_text(visit):
    person = await visit()
    await person.types("<img src=x onerror=alert(1)> hello")
    await expect(person.line("<img src=x onerror=alert(1)> hello")).to_be_visible()
    await expect(person.log.locator("img")).to_have_count(0)


async def test_the_last_line_stays_in_view(visit):
    person = await visit()
    for number in range(25):
        await person.types(f"hello {number}")
        await expect(person.line("Hello! Show me something.")).to_have_count(number + 1)
    await expect(person.line("Hello! Show me something.").last).to_be_in_viewport(ratio=1)
    await expect(person.box).to_be_in_viewport(ratio=1)


async def test_an_answer_to_a_typed_sentence_is_said_aloud_once_the_bot_is_awake(visit, scene):
    person = await visit()
    await person.wakes()
    await person.types("hello")
    await person.hears("Hello!")
    await person.hears("Show me something.")


async def test_typing_needs_no_camera(visit):
    person = await visit(flags=NO_CAMERA)
    await person.types("hello")
    await expect(person.line("Hello! Show me something.")).to_be_visible()


async def test_a_question_without_a_camera_is_answered_all_the_same(visit):
    person = await visit(flags=NO_CAMERA)
    person.foreseen.append("No camera was found")
    await person.types("what do you see?")
    await expect(person.told("no camera was found")).to_be_visible()
    await expect(person.line("I see nothing. Is the camera on?")).to_be_visible()
