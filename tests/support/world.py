"""A router with real units, one session and its client; what the client is sent can be waited for."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from cortex import Cortex, Frame, Once, Sentence, Session
from cortex.client import Client
from cortex.clock import Clock
from cortex.credit import Credits
from cortex.health import Health
from cortex.limits import Limits
from cortex.messages import Hello
from cortex.meter import Meter
from cortex.router import Router
from cortex.tally import Tally
from cortex.unit import Unit
from cortex.wire import CortexV1

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

CARRIERS = {"show": frozenset({"display"}), "say": frozenset({"voice"})}
PATIENCE = 5.0


def unit(cortex: Cortex, *, clock: Clock | None = None, **limits: Any) -> Unit:
    """Return a cortex at work, already started."""
    name = type(cortex).__name__
    health = Health(name)
    health.started()
    clock, held = clock or Clock(), Limits(**limits)
    return Unit(name, cortex, held, health, None, clock, Meter(name, held, clock, Tally()))


class Ear:
    """A client of a session, and what it was sent."""

    def __init__(self, session: Session, hello: Hello | None = None) -> None:
        self.client = Client(CortexV1(), CARRIERS)
        self.client.session = session
        self.client.greeted(hello or Hello())
        self.heard: list[dict[str, Any]] = []
        session.clients.append(self.client)

    async def next(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Wait for the first message of a kind with these fields that was not returned yet."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for message in self.heard:
                    if message["type"] == kind and fields.items() <= message.items():
                        self.heard.remove(message)
                        return message
                self.heard += [json.loads(text) for text in await self.client.outbox.take()]

    async def rest(self) -> list[dict[str, Any]]:
        """Return what has come and was not returned yet."""
        self.client.outbox.put('{"type": "end"}')
        await self.next("end")
        return self.heard


class World:
    """A router, its cortexes, and one session that is listened to."""

    def __init__(self, *cortexes: Cortex, clock: Clock | None = None, **limits: Any) -> None:
        self.clock = clock or Clock()
        self.units = [unit(cortex, clock=self.clock, **limits) for cortex in cortexes]
        self.credits = {"vision": Credits("vision", self.clock.now, self.clock.call_later)}
        self.changes = 0
        self.router = Router(self.units, self.credits, self._changed, self.clock)
        self.session = Session(clock=self.clock)
        self.ear = Ear(self.session)

    def _changed(self) -> None:
        self.changes += 1

    def say(self, text: str, session: Session | None = None, **fields: Any) -> Sentence:
        """Have a sentence routed."""
        sentence = Sentence(sense="reading", text=text, **fields)
        self.router.route(sentence, session or self.session)
        return sentence

    def show(self, make: Callable[[], Any] | None = None, session: Session | None = None, **fields: Any) -> Frame:
        """Have a frame routed."""
        fields = {"sense": "vision", **fields}
        frame = Frame(picture=Once(make or (lambda: np.zeros((4, 4, 3), np.uint8))), **fields)
        self.router.route(frame, session or self.session)
        return frame

    async def settle(self) -> None:
        """Wait until nobody thinks any more."""
        await within(self.router.settle())


async def within(waiting: Awaitable[Any]) -> Any:
    """Wait for something that must come."""
    async with asyncio.timeout(PATIENCE):
        return await waiting
