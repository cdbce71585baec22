"""What tests of several parts of the core share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest_asyncio

from tests.support.world import World

if TYPE_CHECKING:
    from cortex import Cortex


@pytest_asyncio.fixture(name="build")
async def _build(clock):
    worlds = []

    def build(*cortexes: Cortex, **limits: Any) -> World:
        worlds.append(World(*cortexes, clock=clock, **limits))
        worlds[-1].session._voices = frozenset({"voice"})
        worlds[-1].ear.client.learn({name: frozenset({"voice"}) for name in ("say", "show", "hush")})
        return worlds[-1]

    yield build
    for world in worlds:
        await world.router.stop(0)
