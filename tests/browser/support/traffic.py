"""What the page and the server tell each other, as the browser sees it on its WebSocket."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.async_api import Page, WebSocket

PATIENCE = 20  # seconds, on a busy machine


class Traffic:
    """Every message of a page's sockets so far; tests wait for what they need."""

    def __init__(self, page: Page) -> None:
        self.sent: list[dict[str, Any]] = []
        self.received: list[dict[str, Any]] = []
        self._changed = asyncio.Event()
        page.on("websocket", self._watch)

    def _watch(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda payload: self._note(self.sent, payload))
        socket.on("framereceived", lambda payload: self._note(self.received, payload))

    def _note(self, messages: list[dict[str, Any]], payload: str | bytes) -> None:
        header = payload.partition(b"\n")[0] if isinstance(payload, bytes) else payload
        messages.append(json.loads(header))
        self._changed.set()

    async def receive(self, kind: str, **fields: Any) -> None:
        """Wait until the server has sent a message of a type with these fields, since the page was opened."""
        await self._wait(0, 1, {"type": kind, **fields})

    async def receive_more(self, count: int, kind: str, **fields: Any) -> None:
        """Wait until the server has sent so many messages of a type with these fields from now on."""
        await self._wait(len(self.received), count, {"type": kind, **fields})

    async def _wait(self, seen: int, count: int, fields: dict[str, Any]) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while sum(_matches(message, fields) for message in self.received[seen:]) < count:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            lately = "\n".join(map(str, self.received[-20:]))
            raise AssertionError(f"{count} x {fields} did not come; the last messages were\n{lately}") from None


def _matches(message: dict[str, Any], fields: dict[str, Any]) -> bool:
    return all(message.get(key) == value for key, value in fields.items())
