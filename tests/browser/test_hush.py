"""Speaking over the bot: what it was saying is cut, and what was still to come is neither said nor shown."""

from __future__ import annotations

import re

from playwright.async_api import expect

PLUGINS = {"plugins": {"teller": None, "greeter": None}}


async def test_a_person_who_speaks_over_a_story_hears_no_more_of_it(visit, serve):
    server = await serve(PLUGINS)
    person = await visit(server.address)
    await person.wakes()
    await person.page.evaluate("mouth.hold()")
    await person.says("tell me a story")
    await person.hears("Once upon a time")
    await person.says("please stop")
    await person.hears("I have stopped.")
    assert [saying["text"] for saying in await person.spoken()] == [
        "Once upon a time there was a bot.",
        "I have stopped.",
    ]
    assert await person.page.evaluate("mouth.cuts") == 1
    await person.page.evaluate("mouth.finish()")
    await person.page.wait_for_function("() => !mouth.speaking")
    reports = [message["state"] for message in person.traffic.sent if message.get("name") == "voice"]
    assert reports[-1] == "idle"
    await expect(person.line(re.compile("^Once upon a time"))).to_have_count(1)
    await expect(person.line(re.compile("happily ever after"))).to_have_count(0)


async def test_what_answers_nothing_that_was_said_goes_on(visit, serve):
    server = await serve({"plugins": {"dialogue": None}})
    person = await visit(server.address)
    await person.wakes()
    await person.page.evaluate("mouth.hold()")
    await person.says("help")
    await person.page.wait_for_function("() => mouth.speaking")
    before = await person.page.evaluate("mouth.cuts")
    await person.types("help")
    await expect(person.line("help")).to_have_count(2)
    assert await person.page.evaluate("mouth.cuts") == before
