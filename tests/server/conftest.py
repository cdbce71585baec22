"""Real servers in processes of their own, and real clients."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.support.client import Client
from tests.support.outsiders import COLOURS, Outsiders
from tests.support.server import Server, write_config

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator


@pytest.fixture(name="serve")
def _serve(tmp_path, outsiders) -> Iterator[Callable[..., Server]]:
    """Start a server with these plugins and sections; it is ended with the test."""
    with contextlib.ExitStack() as stack:

        def serve(*plugins: str, arguments: tuple[str, ...] = (), **sections: object) -> Server:
            config = write_config(tmp_path, *plugins, **sections)
            server = Server(tmp_path, outsiders, "--config", str(config), *arguments)
            stack.callback(server.end)
            return server

        yield serve


@pytest.fixture(name="server", scope="module")
def _server(tmp_path_factory) -> Iterator[Server]:
    """A server whose plugins are well behaved, for all the tests of a module."""
    folder = tmp_path_factory.mktemp("server")
    outsiders = Outsiders(folder / "site-packages")
    outsiders.install("colours", COLOURS)
    config = write_config(folder, "colours", "echo", arbiter={"stable": 1})
    server = Server(folder, outsiders, "--config", str(config))
    yield server
    server.end()


@pytest_asyncio.fixture(name="client")
async def _client(server) -> AsyncIterator[Client]:
    """A client of the server, that has said hello."""
    client = await Client.greeted(server)
    yield client
    await client.close()


@pytest_asyncio.fixture(name="visit")
async def _visit() -> AsyncIterator[Callable[..., object]]:
    """Connect further clients, of any server; they hang up when the test ends."""
    clients: list[Client] = []

    async def visit(server: Server, **hello: object) -> Client:
        clients.append(await Client.greeted(server, **hello))
        return clients[-1]

    yield visit
    for client in clients:
        await client.close()
