"""What waits to be sent to one client. Bounded: a client that stops reading costs no memory."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

LIMIT = 64


class Outbox:
    """Messages in order; one with a `slot` takes the place of an earlier one with the same that was not sent yet."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._messages: OrderedDict[object, str | bytes] = OrderedDict()
        self._filled = asyncio.Event()
        self._closed = False
        self.dropped = 0
        """How many were driven out because the client did not read."""

    def put(self, message: str | bytes, slot: str | None = None) -> None:
        """Add a message, a text or a binary one; past the limit the oldest is dropped."""
        key: object = slot if slot is not None else object()
        self._messages.pop(key, None)
        self._messages[key] = message
        if len(self._messages) > self._limit:
            self._messages.popitem(last=False)
            self.dropped += 1
        self._filled.set()

    async def take(self) -> list[str | bytes]:
        """Wait until there is something to send; return all of it, or nothing once it was closed and is empty."""
        await self._filled.wait()
        messages = list(self._messages.values())
        self._messages.clear()
        if not self._closed:
            self._filled.clear()
        return messages

    def close(self) -> None:
        """Let whoever takes know that what is in it is the last."""
        self._closed = True
        self._filled.set()
