"""A client written for tests with the websockets library: what it hears is kept, what it waits for must come."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING, Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

if TYPE_CHECKING:
    import ssl

    from tests.support.server import Server

PATIENCE = 30.0


class Client:
    """Speaks `cortex.v1`."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.heard: list[dict[str, Any]] = []
        """Every message that has come."""
        self._frames = 0

    @classmethod
    async def connect(cls, server: Server, *, tls: ssl.SSLContext | None = None, **options: Any) -> Client:
        """Open a socket, and say nothing yet."""
        subprotocols = [Subprotocol("cortex.v1")]
        connection = await connect(
            server.socket, subprotocols=subprotocols, ssl=tls, proxy=None, compression=None, max_size=None, **options
        )
        return cls(connection)

    @classmethod
    async def greeted(cls, server: Server, **hello: Any) -> Client:
        """Open a socket, and say hello."""
        client = await cls.connect(server)
        await client.say_hello(**hello)
        return client

    async def say_hello(self, **hello: Any) -> dict[str, Any]:
        """Say hello; return the server's."""
        await self.send(type="hello", **hello)
        return await self.next("hello")

    async def send(self, **message: Any) -> None:
        """Send one message."""
        await self.connection.send(json.dumps(message))

    async def say(self, text: str, sense: str = "reading", **fields: Any) -> None:
        """Send one sentence."""
        await self.send(type="stimulus", sense=sense, text=text, **fields)

    async def show(self, picture: bytes, **fields: Any) -> str:
        """Send one frame; return its id."""
        self._frames += 1
        header = {"type": "stimulus", "sense": "vision", "id": f"frame-{self._frames}", **fields}
        await self.connection.send(json.dumps(header).encode() + b"\n" + picture)
        return str(header["id"])

    async def next(self, *types: str, **fields: Any) -> dict[str, Any]:
        """Wait for the next message of one of these types with these fields."""
        async with asyncio.timeout(PATIENCE):
            while True:
                message = json.loads(await self.connection.recv())
                self.heard.append(message)
                if message["type"] in types and fields.items() <= message.items():
                    return dict(message)

    async def closed(self) -> int:
        """Hear the server out; return its close code."""
        async with asyncio.timeout(PATIENCE):
            with contextlib.suppress(ConnectionClosed):
                while True:
                    await self.connection.recv()
        assert self.connection.close_code is not None
        return self.connection.close_code

    async def close(self) -> None:
        """Hang up."""
        await self.connection.close()
