"""A bare Quart WebSocket echo, on the same kind of server as Cortex: what sentences are measured against."""

from __future__ import annotations

import asyncio
import socket
import sys

import uvicorn
from quart import Quart, websocket

app = Quart(__name__)


@app.websocket("/ws")
async def echo() -> None:
    """Send back what comes."""
    while True:
        await websocket.send(await websocket.receive())


def main() -> None:
    """Serve on any free port."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, ws="websockets-sansio", ws_per_message_deflate=False, lifespan="off", log_config=None, access_log=False
    )
    print(f"Echo on http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    loop_factory = None
    if sys.platform != "win32":
        import uvloop

        loop_factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(uvicorn.Server(config).serve([listening]))


if __name__ == "__main__":
    main()
