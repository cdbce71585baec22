"""The language model on the page, in a real Chromium: it streams, is spoken over, sees, and teaches nothing alone."""

from __future__ import annotations

import asyncio
import io

import pytest_asyncio
from PIL import Image
from playwright.async_api import expect

from cortex.testing import pictures
from tests.support.openai_server import NAME, Call, OpenAIServer, Refusal


@pytest_asyncio.fixture(name="model", loop_scope="session")
async def _model():
    async with OpenAIServer() as server:
        yield server


@pytest_asyncio.fixture(name="talking", loop_scope="session")
async def _talking(serve, visit, model):
    """A person before a server whose free talk is the stand-in's."""

    async def start(**plugins):
        llm = {"base_url": model.url, "model": NAME, "side": 160}
        server = await serve({"plugins": {"dialogue": None, **plugins, "llm": llm}})
        person = await visit(server.address)
        await person.wakes()
        return person

    return start


async def test_each_sentence_is_shown_and_said_as_soon_as_it_is_complete(talking, model):
    person = await talking()
    goes_on = asyncio.Event()
    model.says("Stars are far away. They", goes_on, " are **hot**, too.")
    await person.types("why do stars twinkle")
    await expect(person.line("Stars are far away.")).to_be_visible()
    await person.hears("Stars are far away.")
    await expect(person.line("They are hot, too.")).to_have_count(0)
    goes_on.set()
    await expect(person.line("They are hot, too.")).to_be_visible()
    await person.hears("They are hot, too.")


async def test_who_speaks_over_it_hears_and_sees_no_more_of_it(talking, model):
    person = await talking()
    await person.page.evaluate("mouth.hold()")
    goes_on = asyncio.Event()
    model.says("Once upon a time. There was a bot. It", goes_on, " lived happily ever after.")
    await person.says("tell me a long story")
    await person.hears("Once upon a time.")
    first = await model.was_asked()
    model.says("Paris.")
    await person.says("what is the capital of France")
    async with asyncio.timeout(10):
        await first.cut.wait()  # the request is closed
    goes_on.set()
    await person.hears("Paris.")
    await expect(person.line("Paris.")).to_be_visible()
    assert await person.page.evaluate("mouth.cuts") == 1
    assert not [saying for saying in await person.spoken() if "ever after" in saying["text"]]
    await expect(person.log.get_by_text("ever after")).to_have_count(0)


async def test_the_picture_goes_along_scaled_down(talking, model, scene):
    scene.show_colour("red")
    person = await talking(classifier={"model": "builtin"})
    await person.traffic.receive_more(3, "show")  # the eye is open by now
    model.says("It is red.")
    await person.types("does this colour suit me")
    await expect(person.line("It is red.")).to_be_visible()
    [jpeg] = model.asked[0].pictures
    picture = Image.open(io.BytesIO(jpeg))
    assert (picture.format, max(picture.size)) == ("JPEG", 160)
    red, green, _ = picture.convert("RGB").getpixel((10, 10))
    assert red > 2 * green


async def test_only_a_yes_of_the_person_to_that_question_teaches(talking, model, scene):
    scene.show(pictures.photo(1))
    person = await talking(classifier={"model": "builtin"}, teach=None)
    await person.traffic.receive_more(5, "show")
    model.says(Call("teach", '{"name": "garden"}'))
    await person.types("from now on you shall know my favourite view under the name of garden")
    question = "Shall I remember this as “garden”?"
    await expect(person.line(question)).to_be_visible()
    await person.hears(question)
    await person.types("what do you know")
    await expect(person.log.get_by_text("You have taught me nothing yet")).to_be_visible()
    model.says("Good to hear.")
    await person.types("yes please")
    await expect(person.line("Good to hear.")).to_be_visible()
    await person.page.get_by_role("button", name="Remember").click()
    await expect(person.line("I will remember: garden.")).to_be_visible()


async def test_what_is_wrong_stands_on_the_page_and_the_rest_goes_on(talking, model):
    person = await talking(greeter=None)
    model.says(Refusal(401, "Incorrect API key provided."))
    await person.types("why do stars twinkle")
    await expect(person.line("I cannot reach my language model just now.")).to_be_visible()
    troubles = person.page.get_by_role("list", name="Plugins that do not work")
    await expect(troubles).to_contain_text(f"{NAME} at {model.host} wants a key: set api_key: {{$env: NAME}}")
    await person.types("hello")
    await expect(person.line("Hello! Show me something.")).to_be_visible()
