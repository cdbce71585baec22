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
        self._closed = False
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
        """Wait until there is something to send; return all of it, or nothing once it was closed and is empty."""
        await self._filled.wait()
        texts = list(self._texts.values())
        self._texts.clear()
        if not self._closed:
            self._filled.clear()
        return texts

    def close(self) -> None:
        """Let whoever takes know that what is in it is the last."""
        self._closed = True
        self._filled.set()
