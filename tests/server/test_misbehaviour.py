"""Plugins that raise or hang, each with the real door, a real server, and a second plugin that must not notice."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.support.outsiders import COLOURS, Outsiders, cortex
from tests.support.pictures import picture
from tests.support.server import Server, run_cortex, write_config

WONT_START = {
    "at import": ("raise ValueError('I will not')", "ValueError: I will not"),
    "at import, by an exit": ("import sys; sys.exit(3)", "SystemExit: 3"),
    "for want of a library": ("import nowhere_to_be_found", "it needs 'nowhere_to_be_found', which is not installed"),
    "when it is made": (
        cortex("def __init__(self, options): raise ValueError('I will not')", name="bad"),
        "I will not",
    ),
    "in start": (cortex("def start(self): raise ValueError('I will not')", name="bad"), "ValueError: I will not"),
    "in an asynchronous start": (
        cortex("async def start(self): raise ValueError('I will not')", name="bad"),
        "ValueError: I will not",
    ),
    "in start, by an exit": (cortex("def start(self): sys.exit(3)", name="bad"), "exit"),
    "in start, saying what to do": (
        cortex("def start(self): raise ModelError('there is no model; put one here')", name="bad"),
        "there is no model; put one here",
    ),
}


def install(outsiders, bodies, *, whole=False):
    """Install a plugin for each of these bodies; return the names."""
    for number, body in enumerate(bodies):
        source = body.replace("'bad'", f"'bad{number}'") if whole else cortex(body, name=f"bad{number}")
        outsiders.install(f"bad{number}", source)
    return [f"bad{number}" for number in range(len(bodies))]


@pytest.fixture(name="ward", scope="module")
def _ward(tmp_path_factory):
    """A server with all the plugins that will not start, and one that does; and what `cortex plugins` says of them."""
    folder = tmp_path_factory.mktemp("ward")
    outsiders = Outsiders(folder / "site-packages")
    config = write_config(
        folder, *install(outsiders, [source for source, _ in WONT_START.values()], whole=True), "echo"
    )
    server = Server(folder, outsiders, "--config", str(config))
    listed = run_cortex("plugins", "--json", "--config", str(config), outsiders=outsiders, cwd=folder)
    yield server, {row["name"]: row for row in json.loads(listed.stdout)}
    server.end()


@pytest.mark.parametrize("number", range(len(WONT_START)), ids=WONT_START)
async def test_a_plugin_that_fails_is_shown_as_failed_with_its_reason_everywhere(ward, visit, number):
    server, listed = ward
    _, reason = list(WONT_START.values())[number]
    name = f"bad{number}"
    client = await visit(server)
    told = {row["name"]: row for row in client.heard[0]["plugins"]}
    for rows in (server.plugins(), told, listed):
        assert rows[name]["state"] == "failed"
        assert reason in rows[name]["reason"]
        assert rows["echo"]["state"] == "working"
    assert reason in server.log


async def test_the_server_runs_without_the_plugins_that_failed(ward, visit):
    server, _ = ward
    assert server.get("/healthz")[0] == 200
    client = await visit(server)
    await client.say("hello")
    await client.next("say", text="hello")


async def test_a_plugin_that_takes_its_time_to_start_comes_in_later_and_the_client_is_told(
    serve, visit, outsiders, tmp_path
):
    outsiders.install(
        "late",
        cortex(
            """
            def start(self):
                while not Path("may-start").exists():
                    time.sleep(0.01)

            async def perceive(self, stimulus, session):
                return Say("here I am")
            """,
            name="late",
        ),
    )
    server = serve("late", "echo")
    assert server.plugins()["late"]["state"] == "starting"
    client = await visit(server)
    await client.say("hello")
    await client.next("say", text="hello")
    (tmp_path / "may-start").touch()
    told = await client.next("plugins")
    assert {plugin["name"]: plugin["state"] for plugin in told["plugins"]}["late"] == "working"
    await client.say("hello")
    await client.next("say", text="here I am")


RAISES = {
    "async": "async def perceive(self, stimulus, session):\n    raise ValueError('I will not')",
    "plain": "def perceive(self, stimulus, session):\n    raise ValueError('I will not')",
    "a stream": "async def perceive(self, stimulus, session):\n    raise ValueError('I will not')\n    yield",
    "an exit": "def perceive(self, stimulus, session):\n    sys.exit('I will not')",
    "an asynchronous exit": "async def perceive(self, stimulus, session):\n    sys.exit('I will not')",
}


async def test_plugins_that_raise_in_perceive_are_benched_after_five_failures(serve, visit, outsiders, tmp_path):
    bad = install(outsiders, list(RAISES.values()))
    server = serve(*bad, "echo")
    client = await visit(server)
    for number in range(5):
        await client.say(f"hello {number}", id=f"s{number}")
        errors = [await client.next("error", answers=f"s{number}", code="cortex-failed") for _ in bad]
        assert sorted(error["message"].partition(":")[0] for error in errors) == bad
    await client.say("hello again", id="s9")
    await client.next("say", text="hello again")
    told = {}
    while any(told.get(name, {}).get("state") != "benched" for name in bad):
        told = {row["name"]: row for row in (await client.next("plugins"))["plugins"]}
    for name in bad:
        assert "I will not" in told[name]["reason"]
        assert server.plugins()[name]["reason"] == told[name]["reason"]
        assert f"{name} is benched" in server.log
    assert not [message for message in client.heard if message.get("answers") == "s9" and message["type"] == "error"]
    # `cortex plugins` asks the server that runs, where it finds it.
    arguments = ("--config", str(tmp_path / "bot.yaml"), "--set", f"server.port={server.port}")
    listed = run_cortex("plugins", *arguments, outsiders=outsiders, cwd=tmp_path).stdout
    assert listed.count("benched") == listed.count("I will not") == len(bad)


HANGS = {
    "async": "async def perceive(self, stimulus, session):\n    await asyncio.Event().wait()",
    "plain": "def perceive(self, stimulus, session):\n    threading.Event().wait()",
    "a stream": "async def perceive(self, stimulus, session):\n    yield Say('so')\n    await asyncio.Event().wait()",
    "a generator": "def perceive(self, stimulus, session):\n    yield Say('so')\n    threading.Event().wait()",
    "deaf to its end": (
        "async def perceive(self, stimulus, session):\n    while True:\n        try:\n"
        "            await asyncio.Event().wait()\n        except asyncio.CancelledError:\n            pass"
    ),
    "a thread of its own": (
        "async def perceive(self, stimulus, session):\n    await asyncio.to_thread(threading.Event().wait)"
    ),
}


async def test_plugins_that_never_return_hold_up_nobody_nor_the_end(serve, visit, outsiders):
    bad = install(outsiders, list(HANGS.values()))
    server = serve(plugins={**{name: {"timeout": 0.1} for name in bad}, "echo": None})
    client = await visit(server)
    for number in range(3):
        await client.say(f"hello {number}")
        await client.next("say", text=f"hello {number}")
    for name in bad:
        if name != f"bad{list(HANGS).index('deaf to its end')}":  # nobody can end that one, and nobody waits for it
            message = f"{name}: TimeoutError: took longer than 0.1 s"
            assert message in str(client.heard) or await client.next("error", message=message)
    code, seconds = server.stop()
    assert (code, await client.closed()) == (0, 1001)
    assert seconds < 3


BLOCKS = {
    "sleeps": "async def perceive(self, stimulus, session):\n    time.sleep(1000)",
    "computes": "async def perceive(self, stimulus, session):\n    while True:\n        pass",
    "sleeps in a stream": "async def perceive(self, stimulus, session):\n    yield Say('so')\n    time.sleep(1000)",
}


async def test_asynchronous_plugins_that_block_everything_are_ended_and_benched_at_once(serve, visit, outsiders):
    bad = install(outsiders, list(BLOCKS.values()))
    server = serve(*bad, "echo")
    client = await visit(server)
    await client.say("hello", id="s1")
    errors = [await client.next("error", answers="s1") for _ in bad]
    assert all("blocked everything" in error["message"] for error in errors)
    await client.say("hello again")
    await client.next("say", text="hello again")
    assert {server.plugins()[name]["state"] for name in bad} == {"benched"}


async def test_a_hanging_eye_delays_no_ear_and_a_hanging_ear_no_eye(serve, visit, outsiders):
    outsiders.install("colours", COLOURS)
    hang = "def perceive(self, stimulus, session):\n    threading.Event().wait()"
    outsiders.install("bad", cortex(hang, name="bad", perceives="{'vision', 'reading'}"))
    server = serve("bad", "colours", "echo")
    client = await visit(server)
    for colour in ("red", "green", "blue"):
        frame = await client.show(picture(colour))
        assert (await client.next("show", answers=frame))["labels"][0]["name"] == colour
        await client.say(f"it is {colour}")
        await client.next("say", text=f"it is {colour}")


async def test_a_sense_that_raises_is_an_error_and_the_connection_stays_open(serve, visit, outsiders):
    source = """
        from cortex import Sense, hookimpl

        class Nose(Sense):
            def decode(self, header, payload):
                raise ValueError("I have a cold")

        @hookimpl
        def register_senses(register):
            register("nose", Nose)
        """
    outsiders.install("nose", source)
    server = serve("nose", "echo")
    client = await visit(server)
    await client.send(type="stimulus", sense="nose", id="n1")
    error = await client.next("error")
    assert (error["code"], error["answers"]) == ("sense-failed", "n1")
    assert "I have a cold" in error["message"]
    await client.say("hello")
    await client.next("say", text="hello")


async def test_a_sense_that_never_returns_is_ended_and_the_others_go_on(serve, visit, outsiders):
    outsiders.install(
        "nose",
        """
        import time
        from cortex import Sense, hookimpl

        class Nose(Sense):
            def decode(self, header, payload):
                time.sleep(1000)

        @hookimpl
        def register_senses(register):
            register("nose", Nose)
        """,
    )
    server = serve("nose", "echo")
    client = await visit(server)
    await client.send(type="stimulus", sense="nose", id="n1")
    error = await client.next("error")
    assert (error["code"], error["answers"]) == ("sense-failed", "n1")
    assert "blocked everything" in error["message"]
    await client.say("hello")
    await client.next("say", text="hello")


async def test_join_and_leave_are_told_and_may_fail(serve, visit, outsiders, tmp_path):
    body = """
        def join(self, session):
            raise ValueError("I do not greet")

        async def leave(self, session):
            Path("left").touch()
            raise ValueError("nor wave")

        async def perceive(self, stimulus, session):
            return Say("but I answer")
        """
    outsiders.install("rude", cortex(body, name="rude"))
    server = serve("rude", server={"linger": 0})
    client = await visit(server)
    await client.say("hello")
    await client.next("say", text="but I answer")
    await client.close()
    async with asyncio.timeout(10):
        while not (tmp_path / "left").exists():
            await (await visit(server)).close()
    assert server.plugins()["rude"]["state"] == "working"


async def test_of_two_cortexes_of_a_plugin_the_one_that_cannot_start_does_not_break_the_other(serve, visit, outsiders):
    source = """
        from cortex import Cortex, Say, hookimpl

        class Good(Cortex):
            perceives = {"reading"}

            async def perceive(self, stimulus, session):
                return Say("good")

        class Bad(Good):
            def start(self):
                raise ValueError("no model")

            async def perceive(self, stimulus, session):
                return Say("bad, and never started")

        @hookimpl
        def register_cortexes(register):
            register("good", Good)
            register("bad", Bad)
        """
    outsiders.install("pair", source)
    server = serve("pair", "echo")
    assert server.plugins()["pair"]["state"] == "failed"
    assert "no model" in server.plugins()["pair"]["reason"]
    client = await visit(server)
    await client.say("hello")
    await client.next("say", text="good")
    await client.next("say", text="hello")
    assert "never started" not in str(client.heard)
