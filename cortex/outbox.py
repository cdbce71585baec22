"""What waits to be sent to one client. Bounded: a client that stops reading costs no memory."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

LIMIT = 64


class Outbox:
    """Texts in order; one with a `slot` takes the place of an earlier one with the same that was not sent yet."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._texts: OrderedDict[object, str] = OrderedDict()
        self._filled = asyncio.Event()
        self.dropped = 0
        """How many texts were driven out because the client did not read."""

    def put(self, text: str, slot: str | None = None) -> None:
        """Add a text; past the limit the oldest is dropped."""
        key: object = slot if slot is not None else object()
        self._texts.pop(key, None)
        self._texts[key] = text
        if len(self._texts) > self._limit:
            self._texts.popitem(last=False)
            self.dropped += 1
        self._filled.set()

    async def take(self) -> list[str]:
        """Wait until there is something to send; return all of it."""
        await self._filled.wait()
        texts = list(self._texts.values())
        self._texts.clear()
        self._filled.clear()
        return texts
