"""A plugin is saved while a browser is connected: the page exchanges that one module, and everything else goes on."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from contextlib import asynccontextmanager

import pytest
import yaml
from playwright.async_api import expect

from tests.browser.support.server import COMMAND

ADDRESS = re.compile(r"serving on (http://\S+)")
PATIENCE = 60.0  # seconds; a machine may be busy
SENSE = '''
from cortex import Cortex, Say, Sense, hookimpl


class Bell(Sense):
    """Rings."""

    client = "bell.js"


class Porter(Cortex):
    perceives = frozenset({"bell"})

    async def perceive(self, stimulus, session):
        return Say("Somebody is at the door.")


@hookimpl
def register_senses(register):
    register("bell", Bell)


@hookimpl
def register_cortexes(register):
    register("porter", Porter)
'''
MODULE = """
export const title = { en: "Bell" };
const button = Object.assign(document.createElement("button"), { type: "button", textContent: "NAME" });
export function start({ slot, send }) {
  button.onclick = () => send({});
  slot("controls").append(button);
}
export function stop() {
  button.remove();
}
"""


@pytest.fixture(name="source")
def _source(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "bell.py").write_text(SENSE)
    (tmp_path / "mine" / "bell.js").write_text(MODULE.replace("NAME", "Ring"))
    config = {
        "plugin_dirs": ["mine"],
        "server": {"port": 0},
        "senses": {"vision": None, "reading": None, "bell": None},
        "plugins": {"greeter": None},
    }
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config))
    return tmp_path / "mine" / "bell.js"


def start(folder):
    environment = os.environ | {"HOME": str(folder), "PYTHONUNBUFFERED": "1"}
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen([COMMAND, "run", "--reload"], cwd=folder, env=environment, **output)


@asynccontextmanager
async def serving(folder):
    """Run `cortex run --reload` in a folder, and yield its address."""
    process = start(folder)
    try:
        async with asyncio.timeout(PATIENCE):
            while not (found := ADDRESS.search(line := await asyncio.to_thread(process.stdout.readline))):
                assert line, "it ended before it served"
        yield found[1]
    finally:
        process.terminate()
        printed, _ = await asyncio.to_thread(process.communicate)
        sys.stderr.write(printed)  # shown where the test failed


async def test_a_sense_that_is_saved_is_exchanged_and_the_camera_stays_on(visit, scene, source):
    async with serving(source.parent.parent) as address:
        person = await visit(address, opened=False)
        sockets = []
        person.page.on("websocket", lambda socket: sockets.append(socket))  # noqa: PLW0108 - it looks at the signature
        await person.opens()
        await person.wakes()
        await person.page.wait_for_function("() => cameras.held === 1")
        await person.page.evaluate("() => (document.querySelector('#stage video').dataset.mine = 'yes')")
        ring = person.page.get_by_role("button", name="Ring", exact=True)
        bell = person.page.get_by_role("button", name="Bell", exact=True)
        await ring.click()
        await expect(person.line("Somebody is at the door.")).to_have_count(1)

        source.write_text(MODULE.replace("NAME", "Pull"))
        pull = person.page.get_by_role("button", name="Pull", exact=True)
        await expect(pull).to_be_visible()
        await expect(ring).to_have_count(0)
        await expect(bell).to_have_attribute("aria-pressed", "true")
        await pull.click()
        await expect(person.line("Somebody is at the door.")).to_have_count(2)

        person.foreseen.append("bell")
        source.write_text("export function start( {")
        await expect(person.told("^bell: ")).to_be_visible()
        await expect(pull).to_have_count(0)
        source.write_text(MODULE.replace("NAME", "Knock"))
        await expect(person.page.get_by_role("button", name="Knock", exact=True)).to_be_visible()
        await expect(person.told("^bell: ")).to_have_count(0)

        await bell.click()
        await expect(bell).to_have_attribute("aria-pressed", "false")
        seen = len(person.traffic.received)
        source.write_text(MODULE.replace("NAME", "Knock again"))
        await person.traffic._wait(seen, 1, {"type": "hello"})
        await person.types("hello")
        await expect(person.line("Hello! Show me something.")).to_be_visible()
        await expect(bell).to_have_attribute("aria-pressed", "false")

        assert len(sockets) == 1
        assert await person.page.evaluate("document.querySelector('#stage video').dataset.mine") == "yes"
        assert await person.page.evaluate("cameras.held") == 1
