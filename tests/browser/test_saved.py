"""`cortex run --reload` with a browser connected: the new behaviour is there, the socket never closed."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.support.outsiders import cortex

BODY = """
async def perceive(self, stimulus, session):
    yield Say(WORD)
"""
BELL = """
from cortex import Sense, hookimpl

class Bell(Sense):
    client = "bell.js"

@hookimpl
def register_senses(register):
    register("bell", Bell)
"""
BELL_JS = """
let button;
export function start({{ slot }}) {{
  button = document.createElement("button");
  button.textContent = "{title}";
  slot("controls").append(button);
}}
export function stop() {{
  button.remove();
}}
"""


def parrot(word):
    return f"WORD = {word!r}\n" + cortex(BODY, name="parrot")


@pytest.fixture(name="nest")
def _nest(tmp_path):
    folder = tmp_path / "my_plugins"
    folder.mkdir()
    (folder / "parrot.py").write_text(parrot("polly"))
    (folder / "bell.py").write_text(BELL)
    (folder / "bell.js").write_text(BELL_JS.format(title="Old bell"))
    return folder


async def test_the_page_stays_connected_and_has_the_new_behaviour(visit, serve, scene, nest):
    scene.show_colour("red")
    config = {
        "plugin_dirs": [str(nest)],
        "senses": {"vision": None, "reading": None, "bell": None},
        "plugins": {"colours": None, "parrot": None},
    }
    server = await serve(config, "--reload")
    person = await visit(server.address)
    sockets = []
    await person.wakes()
    person.page.on("websocket", lambda socket: sockets.append(socket.url))
    await expect(person.seen).to_have_text("red")
    await person.types("hi")
    await expect(person.line("polly")).to_be_visible()
    await expect(person.page.get_by_role("button", name="Old bell")).to_be_visible()
    video = await person.page.evaluate_handle("document.querySelector('video')")

    (nest / "parrot.py").write_text(parrot("jacko"))
    (nest / "bell.js").write_text(BELL_JS.format(title="New bell"))
    await expect(person.page.get_by_role("button", name="New bell")).to_be_visible()
    await expect(person.page.get_by_role("button", name="Old bell")).to_have_count(0)
    await server.printed("reloaded parrot")
    await person.types("hi again")
    await expect(person.line("jacko")).to_be_visible()
    await expect(person.line("polly")).to_be_visible()  # what was said before still stands there
    assert sockets == []  # no other socket was ever opened
    assert await person.page.evaluate("(video) => video.isConnected && !video.paused", video)

    (nest / "parrot.py").write_text("this is no Python")
    ill = person.page.get_by_role("list", name="Plugins that do not work").get_by_role("listitem")
    await expect(ill).to_contain_text("SyntaxError")
    scene.show_colour("green")
    await expect(person.seen).to_have_text("green")
    (nest / "parrot.py").write_text(parrot("back"))
    await expect(ill).to_have_count(0)
    assert sockets == []
