"""Clients with an eye: what they send, and what comes back."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from benchmarks.client import BINARY, Client
from benchmarks.pictures import pictures

if TYPE_CHECKING:
    from benchmarks.server import Server

SETTLE = 0.5  # seconds before anything counts


class Message(msgspec.Struct):
    """What matters of a message of the server."""

    type: str
    captured: float = 0.0
    ms: dict[str, float] = {}
    code: str = ""


class Look(NamedTuple):
    """A frame that was looked at; times in seconds."""

    age: float
    """How old it was when it was taken up, and how long the answer was on its way."""
    took: float
    """How long it was decoded and inferred."""


class Camera:
    """Sends the newest frame whenever it holds a credit, as docs/wire.md says; a rude one sends every frame.

    It makes a frame every `period` seconds, by the clock; 0: whenever it is asked. A tolerant one lives with errors.
    """

    _decode = msgspec.json.Decoder(Message).decode

    def __init__(
        self, client: Client, frames: list[bytes], period: float = 0.0, *, rude: bool = False, tolerant: bool = False
    ) -> None:
        self.looks: list[Look] = []
        self._client = client
        self._frames = frames
        self._period = period
        self._rude = rude
        self._tolerant = tolerant
        self._sent = 0
        self._last = 0.0
        client.received = self._received
        if rude:
            asyncio.get_running_loop().call_later(period, self._every)

    def _received(self, text: bytes) -> None:
        message = self._decode(text)
        if message.type == "credit" and not self._rude:
            self._send_newest()
        elif message.type == "show":
            took = (message.ms["decode"] + message.ms["infer"]) / 1000
            self.looks.append(Look(time.time() - message.captured / 1000 - took, took))
        elif message.type == "error" and not self._tolerant:
            raise RuntimeError(f"{message.code}: {text.decode()}")

    def _send_newest(self) -> None:
        now = time.time()
        captured = now - now % self._period if self._period else now
        if captured > self._last:
            self._last = captured
            self._send(captured)
        else:  # that one was sent: wait for the next
            asyncio.get_running_loop().call_later(captured + self._period - now, self._send_newest)

    def _every(self) -> None:
        if not self._client.closed:
            asyncio.get_running_loop().call_later(self._period, self._every)
            self._send(time.time())

    def _send(self, captured: float) -> None:
        if self._client.closed:
            return
        self._sent += 1
        header = {"type": "stimulus", "sense": "vision", "id": f"f{self._sent}", "captured": captured * 1000}
        self._client.send(json.dumps(header).encode() + b"\n" + self._frames[self._sent % len(self._frames)], BINARY)

    def close(self) -> None:
        """Shut the eye, and the connection."""
        self._client.close()


async def watch(
    server: Server, count: int, seconds: float, period: float = 0.0, *, rude: bool = False, tolerant: bool = False
) -> list[list[Look]]:
    """Have some cameras send for some time; return what was looked at of each."""
    frames = pictures()
    eyes = []
    for _ in range(count):
        client = await Client.connect(server.host, server.port, "cortex.v1")
        eyes.append(Camera(client, frames, period, rude=rude, tolerant=tolerant))
        await client.greet(["vision"])
    await asyncio.sleep(SETTLE)
    for eye in eyes:
        eye.looks.clear()
    await asyncio.sleep(seconds)
    looks = [eye.looks.copy() for eye in eyes]
    for eye in eyes:
        eye.close()
    return looks
