"""`model: auto` on the page: it names things at once, and says so when it knows a thousand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

import cortex_classifier
from tests.support.host import Host, mobilenet

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 90_000  # milliseconds, of which ten seconds pass before the fetch begins


@pytest.fixture(name="host", scope="module")
def _host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    path = tmp_path_factory.mktemp("weights") / "mobilenet.h5"
    mobilenet().save(path)
    with Host.serving(path.read_bytes()) as host:
        yield host


async def test_it_learns_a_thousand_things_while_it_looks(visit, serve, scene, host, monkeypatch):
    monkeypatch.delenv(cortex_classifier.OFFLINE)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    scene.show_colour("red")
    auto = {"model": "auto", "larger": "MobileNet", "mirror": host.url("good")}
    server = await serve({"plugins": {"dialogue": None, "classifier": auto}})
    person = await visit(server.address)
    sockets = []
    await person.wakes()
    person.page.on("websocket", lambda socket: sockets.append(socket.url))
    bars = person.page.get_by_role("list", name="The likeliest").get_by_role("listitem")
    await expect(bars).to_have_count(3)
    await expect(bars.first).not_to_have_text(re.compile("thing"))
    await expect(person.line("I have learned more: I know 1,000 things now.")).to_be_visible(timeout=PATIENCE)
    await expect(bars.first).to_have_text(re.compile(r"thing \d+"))
    await person.hears("I have learned more: I know 1,000 things now.")
    assert sockets == []
