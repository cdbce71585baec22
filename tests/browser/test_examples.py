"""The examples as an outsider's packages: built, installed beside Cortex's own wheel, and used in a real Chromium."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
import yaml
from PIL import Image
from playwright.async_api import expect

from tests.browser.test_access import NARROW, complaints, scrolls_sideways
from tests.browser.test_phone import PHONE
from tests.new.environment import Environment

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = ("touch", "vibrate")
ADDRESS = re.compile(r"serving on (http://\S+)")
PATIENCE = 60.0  # seconds; a machine may be busy
TOKEN = "a-token-of-the-test"
RED, GREEN, BLUE = (120, 20, 20), (40, 255, 40), (20, 20, 120)
CONFIG = {
    "server": {"port": 0},
    "plugin_dirs": ["mine"],
    "senses": {
        "vision": None,
        "reading": None,
        "touch": {"part": 0.2},
        "webhook": {"hooks": {"door": {"token": TOKEN}}},
    },
    "actuators": {"display": None, "voice": None, "vibrate": {"pattern": [100, 50]}},
    "plugins": {"painter": None},
}
PAINTER = '''
"""Names the colour that a picture has most of."""

from cortex import Cortex, Say, hookimpl


class Painter(Cortex):
    perceives = frozenset({"vision"})

    def perceive(self, frame, session):
        means = dict(zip(("red", "green", "blue"), frame.image.mean(axis=(0, 1))))
        return Say(f"That is {max(means, key=means.get)}.")


@hookimpl
def register_cortexes(register):
    register("painter", Painter)
'''
# What the page orders of the device: Chromium takes it, and there is nothing here that could shake.
FEEL = """() => {
  const vibrate = navigator.vibrate.bind(navigator);
  window.felt = [];
  navigator.vibrate = (pattern) => {
    const taken = vibrate(pattern);
    window.felt.push({ pattern, taken });
    return taken;
  };
}"""


@pytest.fixture(scope="module", name="environment")
def _environment(tmp_path_factory) -> Environment:
    """An environment with the wheels of Cortex and of the examples, and nothing of the checkout."""
    folder = tmp_path_factory.mktemp("examples")
    environment = Environment(folder)
    for name in NAMES:
        build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, EXAMPLES / name]
        subprocess.run(build, check=True, capture_output=True, text=True)
        environment.run(f"pip install --no-deps {next(folder.glob(f'cortex_{name}-*.whl'))}", folder)
    return environment


@asynccontextmanager
async def serving(environment, folder, config):
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    (folder / "mine").mkdir()
    (folder / "mine" / "painter.py").write_text(PAINTER)
    process = environment.start("cortex run", folder)
    try:
        async with asyncio.timeout(PATIENCE):
            printed = await asyncio.to_thread(process.stdout.readline)
        found = ADDRESS.search(printed)
        assert found, printed + await asyncio.to_thread(process.stdout.read)
        yield found[1]
    finally:
        process.terminate()
        printed, _ = await asyncio.to_thread(process.communicate)
        sys.stderr.write(printed)  # shown where a test failed


@pytest_asyncio.fixture(scope="module", loop_scope="session", name="address")
async def _address(environment, tmp_path_factory):
    async with serving(environment, tmp_path_factory.mktemp("run"), CONFIG) as address:
        yield address


def stripes(left, middle, right) -> Image.Image:
    """Return what the camera sees: three colours side by side. The preview is a mirror."""
    picture = Image.new("RGB", (640, 480), middle)
    picture.paste(left, (0, 0, 243, 480))
    picture.paste(right, (397, 0, 640, 480))
    return picture


@pytest.mark.parametrize("name", NAMES)
async def test_the_tests_of_an_example_pass_where_it_is_installed(environment, name):
    line = "python -m pytest -W error -p no:cacheprovider"
    passed = (await asyncio.to_thread(environment.run, line, EXAMPLES / name)).stdout
    assert "passed" in passed
    assert not re.search("failed|skipped", passed)


@pytest.mark.parametrize("options", [{}, PHONE], ids=["laptop", "phone"])
async def test_a_tap_on_the_preview_is_answered_with_what_was_tapped(visit, scene, address, options):
    scene.show(stripes(RED, GREEN, BLUE))  # all in all green: what is remarked on is no answer
    person = await visit(address, **options)
    await person.wakes()
    await preview(person)
    box = await person.page.locator("#stage video").bounding_box()
    for part, answer in ((0.15, "That is blue."), (0.85, "That is red.")):
        point = box["x"] + part * box["width"], box["y"] + 0.4 * box["height"]
        await (person.page.touchscreen.tap(*point) if options else person.page.mouse.click(*point))
        await expect(person.line(answer)).to_have_count(1)
        await expect(person.page.locator("[data-ring]")).to_have_count(0)
    await expect(person.line("What is this?")).to_have_count(2)
    answers = [message for message in person.traffic.received if message.get("priority") == "answer"]
    assert [message["text"] for message in answers] == ["That is blue.", "That is red."]


async def preview(person) -> None:
    await person.page.wait_for_function("() => document.querySelector('#stage video')?.videoWidth > 0")


async def test_a_ring_shows_where_it_was_tapped(visit, scene, address):
    scene.show(stripes(RED, GREEN, BLUE))
    person = await visit(address)
    await person.wakes()
    await preview(person)
    ring = await person.page.evaluate("""() => new Promise((resolve) => {
      const stage = document.querySelector("#stage");
      new MutationObserver(() => {
        const ring = stage.querySelector("[data-ring]");
        if (ring === null) return;
        const [animation] = ring.getAnimations();
        animation.finish();
        resolve(ring.style.cssText);
      }).observe(stage, { childList: true });
      stage.dispatchEvent(new MouseEvent("click", { clientX: 300, clientY: 200, bubbles: true }));
    })""")
    size = float(re.search(r"width: ([\d.]+)px", ring)[1])
    left = float(re.search(r"left: (-?[\d.]+)px", ring)[1])
    assert left + size / 2 == pytest.approx(300, abs=0.6)


async def test_the_middle_is_asked_about_without_a_pointer_and_axe_finds_nothing(visit, scene, address):
    scene.show(stripes(RED, BLUE, RED))
    person = await visit(address, viewport=NARROW, reduced_motion="reduce")
    await person.wakes()
    await preview(person)
    assert await complaints(person.page) == []
    assert not await scrolls_sideways(person.page)
    await person.page.get_by_role("button", name="What is this?").focus()
    await person.page.keyboard.press("Enter")
    await expect(person.line("That is blue.")).to_have_count(1)


async def test_with_the_eye_shut_a_tap_is_told_what_to_do(visit, address):
    person = await visit(address, language="fr")
    await person.page.get_by_role("button", name="Qu'est-ce que c'est ?").click()
    await expect(person.told("j'ai l'œil fermé. ouvrez-le")).to_be_visible()
    assert not [message for message in person.traffic.sent if message.get("sense") == "touch"]


async def test_a_phone_is_told_to_vibrate_when_asked_and_when_something_happens(visit, address):
    person = await visit(address, **PHONE)
    await person.page.evaluate(FEEL)
    buzz = person.page.get_by_role("button", name="Buzz")
    await expect(buzz).to_be_attached()
    await person.wake.tap()
    await expect(buzz).to_have_attribute("data-state", "open")
    await person.types("buzz")
    await person.page.wait_for_function("() => felt.length === 1")
    response = await person.page.request.post(
        f"{address}/senses/webhook/door",
        headers={"Authorization": f"Bearer {TOKEN}"},
        data={"text": "Somebody is at the door."},
    )
    assert response.status == 202, await response.text()
    await person.page.wait_for_function("() => felt.length === 2")
    assert await person.page.evaluate("felt") == [{"pattern": [100, 50], "taken": True}] * 2
    await buzz.tap()
    await person.page.wait_for_function("() => felt.at(-1).pattern === 0")


async def test_a_browser_that_cannot_vibrate_says_so_and_the_rest_works(visit, scene, address):
    scene.show_colour("red")
    person = await visit(address)
    person.foreseen.append("This device cannot vibrate")
    await person.page.evaluate("Object.defineProperty(navigator, 'vibrate', { value: undefined })")
    await person.wakes()
    await expect(person.told("buzz: this device cannot vibrate")).to_be_visible()
    await expect(person.line("That is red.")).to_be_visible()
