"""What goes wrong in a plugin outside of its calls is shown with the plugin it comes from: threads, tasks, senses."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest

from tests.support.outsiders import cortex

THREAD = """
def start(self):
    threading.Thread(target=self.die, name="worker", daemon=True).start()

def die(self):
    raise ValueError("I give up")

async def perceive(self, stimulus, session):
    return Say("still here")
"""
TASK = THREAD.replace("def start", "async def start").replace(
    'threading.Thread(target=self.die, name="worker", daemon=True).start()',
    "asyncio.get_running_loop().call_later(0, self.die)",
)
DYING = {
    "thread": (THREAD, "its thread worker died: ValueError: I give up"),
    "task": (TASK, "a task of it died: ValueError: I give up"),
}

BELL = """
from cortex import Event, RefusedError, Sense, hookimpl

class Bell(Sense):
    async def run(self, emit):
        raise ValueError("the bell is broken")

class Door(Sense):
    def post(self, name, post):
        if name == "boom":
            raise ValueError("boom")
        if name == "exit":
            raise SystemExit(1)
        if name == "nothing":
            return None
        if name == "closed":
            raise RefusedError(423, "it is locked")
        return Event(sense="door", name=name, text=post.json()["text"])

@hookimpl
def register_senses(register):
    register("bell", Bell)
    register("door", Door)
"""


async def state_of(client, name, state=None, reason=""):
    """Wait until the client is told that a plugin is so."""
    rows = {row["name"]: row for row in client.heard[0]["plugins"]}
    while (state and rows[name]["state"] != state) or reason not in rows[name]["reason"]:
        rows = {row["name"]: row for row in (await client.next("plugins"))["plugins"]}
    return rows[name]


@pytest.mark.parametrize("kind", DYING)
async def test_what_dies_unseen_is_shown_with_its_plugin_which_goes_on(serve, visit, outsiders, kind):
    body, reason = DYING[kind]
    outsiders.install("dying", cortex(body, name="dying"))
    server = serve("dying", "echo")
    client = await visit(server)
    row = await state_of(client, "dying", reason=reason)
    assert row["state"] == "working"
    await client.say("hello")
    await client.next("say", text="still here")
    assert "I give up" in server.log


async def test_a_sense_that_cannot_perceive_is_shown_and_the_rest_works(serve, visit, outsiders):
    outsiders.install("bell", BELL)
    server = serve("bell", "echo")
    client = await visit(server)
    row = await state_of(client, "bell", "benched")
    assert "ValueError: the bell is broken (tried again in 15 s)" in row["reason"]
    await client.say("hello")
    await client.next("say", text="hello")


def post(server, path, body=b'{"text": "hi"}', **headers):
    request = urllib.request.Request(server.address + path, data=body, method="POST", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


async def test_what_is_posted_to_a_sense_is_perceived_or_refused(serve, visit, outsiders):
    outsiders.install("bell", BELL)
    body = "async def perceive(self, event, session): return Say(event.text)"
    outsiders.install("teller", cortex(body, name="teller", perceives="{'door'}"))
    server = serve("bell", "teller", "echo")
    assert post(server, "/senses/door/front") == (202, {"sessions": 0})
    client = await visit(server)
    assert post(server, "/senses/door/front") == (202, {"sessions": 1})
    assert (await client.next("say", cortex="teller"))["text"] == "hi"
    assert post(server, "/senses/door/closed") == (423, {"error": "it is locked"})
    assert post(server, "/senses/door/front", b"no json")[0] == 400
    assert post(server, "/senses/door/boom") == (500, {"error": "door failed: ValueError"})
    assert post(server, "/senses/door/exit") == (500, {"error": "door failed: PluginError"})
    assert post(server, "/senses/door/nothing") == (500, {"error": "door failed: TypeError"})
    assert post(server, "/senses/door/front", b" " * 300_000)[0] == 413
    for nowhere in ("/senses/vision/x", "/senses/bell/x", "/senses/nobody/x"):
        assert post(server, nowhere)[0] == 404


async def test_a_sense_that_perceives_on_the_server_takes_nothing_from_a_client(serve, visit, outsiders):
    outsiders.install("bell", BELL)
    client = await visit(serve("bell"))
    assert {"bell", "door"} & set(client.heard[0]["senses"]) == set()
    await client.send(type="stimulus", sense="door", text="let me in")
    assert (await client.next("error"))["code"] == "unknown-sense"


EXITING = """
import sys
from cortex import RefusedError, Sense, hookimpl

class Exiting(Sense):
    def decode(self, header, payload):
        sys.exit(1)

class Gate(Sense):
    async def post(self, name, post):
        sys.exit(1)

@hookimpl
def register_senses(register):
    register("exiting", Exiting)
    register("gate", Gate)
"""


async def test_a_sense_that_calls_for_an_exit_ends_nobody_else(serve, visit, outsiders):
    outsiders.install("exiting", EXITING)
    server = serve("exiting", "echo")
    client = await visit(server)
    await client.send(type="stimulus", sense="exiting", id="x")
    assert (await client.next("error", answers="x"))["message"] == "exiting: SystemExit: 1"
    assert post(server, "/senses/gate/x") == (500, {"error": "gate failed: SystemExit"})
    await client.say("hello")
    await client.next("say", text="hello")


EARLY = """
import threading

def die():
    raise ValueError("too early")

thread = threading.Thread(target=die, name="early")
thread.start()
thread.join()
"""


async def test_a_thread_that_dies_while_its_plugin_is_imported_is_shown(serve, visit, outsiders):
    source = EARLY + cortex("pass", name="early")
    outsiders.install("early", source)
    server = serve("early", "echo")
    client = await visit(server)
    await state_of(client, "early", reason="its thread early died: ValueError: too early")
    assert "Exception in thread" not in server.log


async def test_only_pages_of_its_own_tell_a_sense_anything_and_only_by_post(serve, outsiders):
    outsiders.install("bell", BELL)
    server = serve("bell")
    own = server.address.replace("localhost", "127.0.0.1")
    for origin, status in (("https://evil.example", 403), ("null", 403), (server.address, 202), (own, 403)):
        assert post(server, "/senses/door/front", Origin=origin)[0] == status
    status, _, body = server.get("/senses/door/front")
    assert (status, json.loads(body)) == (405, {"error": "a sense is told things by POST"})
