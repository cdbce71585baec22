"""A light WebSocket client, so that what is measured is the server: no library, no masking, no extensions."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

T = TypeVar("T")

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
FIN, MASKED = 0x80, 0x80
NO_MASK = bytes(4)  # a mask of zeros leaves the payload as it is
SHORT, LONG = 126, 127  # instead of a length: two or eight bytes of length follow

UPGRADE = """GET /ws HTTP/1.1
Host: {host}:{port}
Upgrade: websocket
Connection: Upgrade
Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
Sec-WebSocket-Version: 13
{protocol}
"""


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run clients, on uvloop where there is one."""
    factory = None
    if sys.platform != "win32":
        import uvloop

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(work)


class Client(asyncio.Protocol):
    """One connection; calls `received` with every message that comes."""

    def __init__(self) -> None:
        self.received: Callable[[bytes], None] = lambda _: None
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed = False
        self.transport: asyncio.Transport
        self._buffer = bytearray()

    @classmethod
    async def connect(cls, host: str, port: int, subprotocol: str = "") -> Client:
        """Open a connection to `/ws`."""
        _, client = await asyncio.get_running_loop().create_connection(cls, host, port)
        protocol = f"Sec-WebSocket-Protocol: {subprotocol}\n" if subprotocol else ""
        request = UPGRADE.format(host=host, port=port, protocol=protocol)
        client.transport.write(request.replace("\n", "\r\n").encode())
        await client.opened
        return client

    async def greet(self, senses: Sequence[str]) -> dict[str, Any]:
        """Say hello; return the server's."""
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        later = self.received

        def answered(message: bytes) -> None:
            self.received = later
            answer.set_result(json.loads(message))

        self.received = answered
        self.send(json.dumps({"type": "hello", "senses": senses, "language": "en"}).encode())
        return await answer

    def send(self, payload: bytes, kind: int = TEXT) -> None:
        """Send a message."""
        length = len(payload)
        if length < SHORT:
            head = bytes((FIN | kind, MASKED | length))
        elif length < 1 << 16:
            head = bytes((FIN | kind, MASKED | SHORT)) + length.to_bytes(2, "big")
        else:
            head = bytes((FIN | kind, MASKED | LONG)) + length.to_bytes(8, "big")
        self.transport.write(head + NO_MASK + payload)

    def close(self) -> None:
        """End the connection."""
        self.closed = True
        self.transport.close()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is none by inheritance

    def connection_lost(self, exc: Exception | None) -> None:
        lost = ConnectionError("the server has closed the connection")
        if not self.opened.done():
            self.opened.set_exception(lost)
        elif not self.closed:
            raise lost

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self.opened.done():
            head, end, rest = bytes(self._buffer).partition(b"\r\n\r\n")
            if not end:
                return
            if b" 101 " not in head.partition(b"\r\n")[0]:
                self.opened.set_exception(ConnectionError(head.decode()))
                return
            self._buffer[:] = rest
            self.opened.set_result(None)
        start = 0
        while (frame := self._frame(start)) is not None:
            kind, payload, start = frame
            if kind == PING:
                self.send(payload, PONG)
            elif kind in (TEXT, BINARY):
                self.received(payload)
        del self._buffer[:start]

    def _frame(self, start: int) -> tuple[int, bytes, int] | None:
        """Return kind, payload and end of the frame that begins at `start`, if it has come entirely."""
        buffer = self._buffer
        if len(buffer) < start + 2:
            return None
        length, body = buffer[start + 1], start + 2
        if length >= SHORT:
            size = 2 if length == SHORT else 8
            body += size
            if len(buffer) < body:
                return None
            length = int.from_bytes(buffer[body - size : body], "big")
        if len(buffer) < body + length:
            return None
        return buffer[start] & 0x0F, bytes(buffer[body : body + length]), body + length
