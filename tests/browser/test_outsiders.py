"""Plugins from outside, good and bad, on a page that knows none of them."""

from __future__ import annotations

from playwright.async_api import expect


def bot(*names: str, **senses: None) -> dict[str, object]:
    return {
        "senses": {"vision": None, "hearing": None, "reading": None, **senses},
        "plugins": dict.fromkeys(("dialogue", "colours", "greeter", *names)),
    }


async def test_plugins_that_fail_are_named_with_their_reason_and_the_rest_works(visit, serve, scene):
    scene.show_colour("red")
    server = await serve(bot("unimportable", "unwilling"))
    person = await visit(server.address)
    ill = person.page.get_by_role("list", name="Plugins that do not work").get_by_role("listitem")
    await expect(ill).to_have_count(2)
    await expect(ill.filter(has_text="unimportable")).to_contain_text("the library it needs is not there")
    await expect(ill.filter(has_text="unwilling")).to_contain_text("the model file has gone missing")
    await person.wakes()
    await expect(person.seen).to_have_text("red")


async def test_a_cortex_that_raises_is_told_and_benched_and_the_others_answer(visit, serve, scene):
    server = await serve(bot("stumbler"))
    person = await visit(server.address)
    await person.types("hello")
    await expect(person.told("stumbler: ValueError: stumbled over hello")).to_be_visible()
    await expect(person.line("Hello! Show me something.")).to_be_visible()
    for _ in range(4):
        await person.types("hello")
    await expect(person.line("Hello! Show me something.")).to_have_count(5)
    ill = person.page.get_by_role("list", name="Plugins that do not work").get_by_role("listitem")
    await expect(ill).to_contain_text("stumbler")
    await expect(ill).to_contain_text("stumbled over hello")
    await expect(ill).to_contain_text("tried again in")


async def test_a_sense_from_outside_brings_its_own_browser_half(visit, serve, scene):
    server = await serve(bot(doorbell=None))
    person = await visit(server.address)
    await person.wakes()
    await person.page.get_by_role("button", name="Ring the bell").click()
    await expect(person.line("Somebody is at the door.")).to_be_visible()
    await person.hears("Somebody is at the door.")


async def test_a_browser_half_that_cannot_be_loaded_is_named_and_the_rest_works(visit, serve, scene):
    scene.show_colour("green")
    server = await serve(bot(rotten=None, doorbell=None))
    person = await visit(server.address)
    person.foreseen.append("rotten")
    await expect(person.told("rotten: this module is rotten")).to_be_visible()
    await person.wakes()
    await expect(person.seen).to_have_text("green")
    await expect(person.page.get_by_role("button", name="Ring the bell")).to_be_visible()
