"""What `cortex new` makes, used in a real Chromium on the page of the server that its last line starts."""

from __future__ import annotations

import asyncio
import re
import sys
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import async_playwright, expect

from tests.browser.support.chromium import BASE, find_chromium
from tests.browser.support.person import Person
from tests.new.environment import ROOT
from tests.new.test_new_plugins import make

pytestmark = pytest.mark.browser

ADDRESS = re.compile(r"serving on (http://\S+)")
SUPPORT = ROOT / "tests" / "browser" / "support"
CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
PATIENCE = 60.0  # seconds; a machine may be busy


@asynccontextmanager
async def serving(environment, line, folder):
    """Run a line that serves, and yield the address that it prints."""
    process = environment.start(line, folder)
    try:
        async with asyncio.timeout(PATIENCE):
            printed = await asyncio.to_thread(process.stdout.readline)
        found = ADDRESS.search(printed)
        assert found, printed + (folder / "log.txt").read_text()
        yield found[1]
    finally:
        process.terminate()
        await asyncio.to_thread(process.communicate)


@asynccontextmanager
async def visiting(address, language):
    """Open the page, and wake the bot; what the browser complains of fails the test."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=[*BASE, *CAMERA])
        page = await browser.new_page(locale={"en": "en-US", "fr": "fr-FR"}[language])
        for stand_in in ("ears", "mouth"):  # a Chromium in a test has neither
            await page.add_init_script(path=SUPPORT / f"{stand_in}.js")
        person = Person(page, address, language)
        await person.opens()
        try:
            await person.wakes()
            yield person
        finally:
            sys.stderr.write(person.story)  # shown where the test failed
            await browser.close()
    assert person.complaints == []


@pytest.fixture(name="tried", params=["package", "file"])
def _tried(request, environment, tmp_path):
    """Make a plugin and do what the lines say, but for the last one; return that one."""
    made = []

    def prepare(kind):
        (tmp_path / "config.yaml").write_text("server: {port: 0}\n")  # 8080 may be taken
        made.append(make(environment, tmp_path, kind, *(["--file"] if request.param == "file" else [])))
        environment.run(made[0].trial[0], tmp_path)
        return made[0].trial[1]

    yield prepare
    if request.param == "package":
        environment.run(f"pip uninstall --yes {made[0].module}", tmp_path)


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_a_sense_feels_what_its_advice_says(environment, tried, tmp_path, language):
    line = tried("sense")
    async with serving(environment, line, tmp_path) as address, visiting(address, language) as person:
        button = person.page.get_by_role("button", name={"en": "Tickle", "fr": "Chatouille"}[language])
        await expect(button).to_have_attribute("data-state", "open")
        for turn in range(12):
            await person.page.mouse.move(200 + 60 * (turn % 2), 300, steps=2)
        await expect(person.line(re.compile("Hee hee!|that tickles!")).first).to_be_visible()
        await button.click()
        await expect(button).to_have_attribute("data-state", "closed")
        assert await person.page.locator("#stage").get_attribute("style") in (None, "")


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_an_actuator_does_what_its_advice_says(environment, tried, tmp_path, language):
    line = tried("actuator")
    async with serving(environment, line, tmp_path) as address, visiting(address, language) as person:
        button = person.page.get_by_role("button", name={"en": "Confetti", "fr": "Confettis"}[language])
        await expect(button).to_have_attribute("data-state", "open")
        await person.types("Hooray!")
        pieces = person.page.get_by_text("🎉")
        await expect(pieces).to_have_count(24)
        await expect(pieces).to_have_count(0)
        await person.types("Hooray again!")
        await expect(pieces).to_have_count(24)
        await button.click()
        await expect(pieces).to_have_count(0)
