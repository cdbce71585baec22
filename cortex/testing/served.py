"""A bot on a port of its own, in the process of the test, and what arrives there. Knows no browser."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import uvicorn

from cortex.app import App
from cortex.server import Uvicorn, address_of, listen

if TYPE_CHECKING:
    from collections.abc import Callable

    from cortex.bot import Bot as Core
    from cortex.client import Client
    from cortex.session import Session
    from cortex.stimulus import Stimulus

PATIENCE = 20.0  # seconds, on a busy machine


class Served:
    """A bot that serves its page."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.address = ""
        self.stimuli: list[Stimulus] = []
        """What clients let it perceive, oldest first."""
        self.reports: dict[str, tuple[str, str]] = {}
        """What each sense and actuator was doing at last, and why."""
        self.changed = asyncio.Event()
        """Set whenever something has arrived."""
        self._app = App(core)
        self._server: Uvicorn | None = None
        self._serving: asyncio.Task[None] | None = None
        self._listen_in()

    def _listen_in(self) -> None:
        """Keep what the bot is told, on its way."""
        receive, perceive = self.core.receive, self.core.perceive

        def received(client: Client, message: str | bytes) -> int | None:
            if isinstance(message, str):
                self._note(message)
            return receive(client, message)

        def perceived(stimulus: Stimulus, session: Session, client: Client) -> None:
            self.stimuli.append(stimulus)
            self.changed.set()
            perceive(stimulus, session, client)

        self.core.receive = received  # type: ignore[method-assign]
        self.core.perceive = perceived  # type: ignore[method-assign]

    def _note(self, message: str) -> None:
        told: dict[str, Any] = json.loads(message)
        if told.get("type") == "report":
            self.reports[told["name"]] = told["state"], told.get("reason", "")
            self.changed.set()

    async def start(self) -> None:
        """Start the bot's plugins, and serve on any free port."""
        settings = self.core.config.server
        sockets = listen(settings)
        quiet: dict[str, Any] = {"interface": "asgi3", "lifespan": "off", "log_config": None, "access_log": False}
        config = uvicorn.Config(self._patiently, ws="websockets-sansio", timeout_graceful_shutdown=1, **quiet)
        self._server = Uvicorn(config)
        await self.core.start()
        self._serving = asyncio.create_task(self._server.serve(sockets))
        await self._server.serving.wait()
        self.address = address_of(settings, sockets)

    async def _patiently(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer each request to its end: Quart leaves a file open that it is sending when a page closes."""

        async def stay() -> Any:
            event = await receive()
            if event["type"] == "http.disconnect":
                await asyncio.Event().wait()
            return event

        await self._app.quart(scope, stay if scope["type"] == "http" else receive, send)

    async def stop(self) -> None:
        """Let go of the clients, the port and the plugins."""
        if self._server is not None and self._serving is not None:
            await self._app.close()
            self._server.should_exit = True
            await self._serving
            await self.core.stop()

    async def until(self, condition: Callable[[], bool], otherwise: Callable[[], str]) -> None:
        """Wait until something holds of what has arrived.

        Raises:
            AssertionError: it does not come to that in time; `otherwise` says what is so instead.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                while not condition():
                    self.changed.clear()
                    await self.changed.wait()
        except TimeoutError:
            raise AssertionError(otherwise()) from None
