"""Clients that take no care: they stop reading, flood, or vanish; memory stays flat and nobody else notices."""

from __future__ import annotations

import asyncio
import json
import time

import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from tests.support.client import Client
from tests.support.outsiders import COLOURS, cortex
from tests.support.pictures import picture

MEGABYTE = 1_000_000
SENTENCE = json.dumps({"type": "stimulus", "sense": "reading", "text": "x" * 2_000})


@pytest.fixture(name="crowd")
def _crowd(serve, outsiders):
    """A server with a quick ear and an eye that takes a fiftieth of a second."""
    slow = COLOURS.replace("means =", "__import__('time').sleep(0.02); means =")
    outsiders.install("colours", slow)
    return serve("colours", "echo", server={"linger": 1})


async def does_not_notice(server, visit, trouble):
    """While somebody makes trouble, another client gets all its answers; return the longest that it waited."""
    polite = await visit(server)
    await polite.next("credit")
    waits = []
    troubling = asyncio.create_task(trouble)
    while not troubling.done() or len(waits) < 5:
        began = time.monotonic()
        await polite.say(f"hello {len(waits)}")
        await polite.next("say", text=f"hello {len(waits)}")
        frame = await polite.show(picture("green"))
        assert (await polite.next("show", answers=frame))["labels"][0]["name"] == "green"
        waits.append(time.monotonic() - began)
    await troubling
    return max(waits)


async def test_a_client_that_stops_reading_costs_no_memory_and_nobody_notices(crowd, visit):
    await does_not_notice(crowd, visit, asyncio.sleep(0))  # what is imported with the first frame is no leak
    deaf = await Client.greeted(crowd)
    deaf.connection.transport.pause_reading()
    memory = crowd.memory

    async def talk():
        """Say twenty times more than all buffers on the way can hold, or as much as the server is willing to read."""
        try:
            async with asyncio.timeout(5):
                for _ in range(20_000):
                    await deaf.connection.send(SENTENCE)
        except TimeoutError:
            pass

    assert await does_not_notice(crowd, visit, talk()) < 5
    assert crowd.memory - memory < 20 * MEGABYTE
    deaf.connection.transport.abort()


async def test_a_client_that_sends_a_hundred_times_what_can_be_taken_costs_no_memory_and_nobody_notices(crowd, visit):
    await does_not_notice(crowd, visit, asyncio.sleep(0))  # what is imported with the first frame is no leak
    flooder = await Client.greeted(crowd)
    frame = picture("red", size=(320, 240))
    memory = crowd.memory

    async def flood():
        """Send five thousand frames a second or so, where fifty are looked at, and never wait for a credit."""
        ends = time.monotonic() + 3
        number = 0
        while time.monotonic() < ends:
            await flooder.show(frame)
            await flooder.say(f"flood {number}")
            number += 1
            if number % 100 == 0:
                await asyncio.sleep(0)
        assert number > 1_000

    async def listen():
        async for _ in flooder.connection:
            pass

    listening = asyncio.create_task(listen())
    assert await does_not_notice(crowd, visit, flood()) < 5
    assert crowd.memory - memory < 30 * MEGABYTE
    listening.cancel()
    flooder.connection.transport.abort()


async def test_what_a_flooder_shows_is_looked_at_when_it_is_young(crowd):
    """Of a thousand frames sent at once the last is among the first few that are looked at."""
    flooder = await Client.greeted(crowd)
    for _ in range(1000):
        last = await flooder.show(picture("red"))
    await flooder.next("show", answers=last)
    shown = [message for message in flooder.heard if message["type"] == "show"]
    assert len(shown) < 300
    assert max(message["ms"]["wait"] for message in shown) < 1000
    await flooder.close()


async def test_five_hundred_that_connect_and_vanish_leave_nothing_behind(crowd, visit):
    async def vanish(number):
        client = await Client.connect(crowd)
        if number % 5:
            await client.send(type="hello")
        if number % 3 == 0:
            await client.connection.send(b'{"type": "stimulus", "sense": "vision"}\n' + picture())
        client.connection.transport.abort()

    async def come_and_go():
        for start in range(0, 500, 50):
            await asyncio.gather(*(vanish(number) for number in range(start, start + 50)))

    await come_and_go()  # what is made for the first time is not made again
    memory = crowd.memory
    assert await does_not_notice(crowd, visit, come_and_go()) < 5
    await come_and_go()
    assert crowd.memory - memory < 20 * MEGABYTE  # twenty kilobytes each would be a leak
    assert "Traceback" not in crowd.log


async def test_a_connection_that_says_nothing_costs_little(crowd):
    async def hold(number):
        return await connect(crowd.socket, subprotocols=[Subprotocol("cortex.v1")], proxy=None)

    held = [await hold(number) for number in range(20)]
    memory = crowd.memory
    held += [await hold(number) for number in range(200)]
    assert (crowd.memory - memory) / 200 < 200_000  # `make bench` holds it to 100 kB
    for connection in held:
        connection.transport.abort()


async def test_sentences_that_a_slow_cortex_cannot_take_are_dropped_and_the_client_is_told(
    serve, visit, outsiders, tmp_path
):
    body = """
        async def perceive(self, stimulus, session):
            while not Path("open").exists():
                await asyncio.sleep(0.01)
            return Say(f"thought about {stimulus.text}")
        """
    outsiders.install("tortoise", cortex(body, name="tortoise"))
    server = serve("tortoise")
    client = await visit(server)
    for number in range(67):
        await client.say(str(number), id=f"s{number}")
    for number in (1, 2):
        error = await client.next("error", code="dropped")
        assert error["answers"] == f"s{number}"
    (tmp_path / "open").touch()
    await client.next("say", text="thought about 66")
    thought = [message["answers"] for message in client.heard if message["type"] == "say"]
    assert thought == ["s0", *(f"s{number}" for number in range(3, 67))]
