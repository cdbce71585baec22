"""The only module that imports Quart: pages, assets, the socket loop, health. Knows no plugin."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import msgspec
from quart import Quart, Response, abort, request, send_from_directory, websocket
from quart.asgi import ASGIWebsocketConnection
from werkzeug.exceptions import RequestEntityTooLarge, RequestTimeout

from cortex.bot import VERSION
from cortex.errors import RefusedError
from cortex.plugins import module_file
from cortex.post import MAX_POST, Post
from cortex.served import MODULE_FILES
from cortex.wire import CLOSE_GOING_AWAY, SUBPROTOCOL

if TYPE_CHECKING:
    from quart.wrappers import Websocket
    from quart.wrappers.base import BaseRequestWebsocket

    from cortex.bot import Bot
    from cortex.client import Client

log = logging.getLogger(__name__)

BODY_LIMIT = 10  # seconds that the body of a request may take to arrive

PATIENCE = 0.5  # seconds that a client has to take what it is told at the end

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; worker-src 'self' blob:; "
    "connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)


class Connection(ASGIWebsocketConnection):
    """Quart's, which takes an empty binary message for none at all, and would queue more than is read."""

    def __init__(self, app: Quart, scope: Any) -> None:
        super().__init__(app, scope)
        self.queue: asyncio.Queue[str | bytes] = asyncio.Queue(1)

    async def handle_messages(self, receive: Any) -> None:
        async def repaired() -> Any:
            event = await receive()
            return {**event, "text": b""} if event.get("bytes") == b"" else event

        await super().handle_messages(repaired)


class App:
    """The web side of a bot."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._sockets: set[Websocket] = set()
        self._closing = False
        web = web_folder()
        self.quart = Quart("cortex", static_folder=str(web), static_url_path="", root_path=str(web))
        self.quart.asgi_websocket_class = Connection
        self.quart.config["SEND_FILE_MAX_AGE_DEFAULT"] = 0
        self.quart.config["MAX_CONTENT_LENGTH"] = MAX_POST
        self.quart.config["BODY_TIMEOUT"] = BODY_LIMIT
        self.quart.add_url_rule("/", "page", self._page)
        self.quart.add_url_rule("/healthz", "healthz", self._healthz)
        self.quart.add_url_rule("/plugins", "plugins", self._plugins)
        self.quart.add_url_rule("/modules/<name>/<path:file>", "module", self._module)
        self.quart.add_url_rule("/senses/<sense>/<name>", "post", self._post, methods=["GET", "POST"])
        self.quart.add_websocket("/ws", "ws", self._socket)
        self.quart.after_request(self._secure)

    async def close(self) -> None:
        """Close every socket with 1001, the server is going away."""
        self._closing = True
        closing = [asyncio.ensure_future(each.close(CLOSE_GOING_AWAY, "the server stops")) for each in self._sockets]
        if closing:  # a client that has stopped reading is not waited for
            await asyncio.wait(closing, timeout=PATIENCE)

    # Pages

    async def _page(self) -> Response:
        return await send_from_directory(str(web_folder()), "index.html")

    async def _healthz(self) -> Response:
        ready = self._bot.ready and not self._closing
        body = {"status": "ok" if ready else "starting", "version": VERSION}
        return _json(body, 200 if ready else 503)

    async def _plugins(self) -> Response:
        return _json(self._bot.config.secrets.hide_in(msgspec.to_builtins(self._bot.statuses)))

    async def _module(self, name: str, file: str) -> Response:
        plugins = self._bot.plugins
        name = name.partition("~")[0]  # a reloaded module has its version there, so that browsers load it anew
        things = (plugins.actuators.get(name), plugins.senses.get(name))  # of one name they are one, in the browser
        source = next((found for thing in things if thing and (found := module_file(thing))), None)
        if source is None or Path(file).suffix not in MODULE_FILES:
            abort(404)
        return await send_from_directory(str(source.parent), file)

    async def _post(self, sense: str, name: str) -> Response:
        if request.method != "POST":
            answer = _json({"error": "a sense is told things by POST"}, 405)
            answer.headers["Allow"] = "POST"
            return answer
        if not self._same_origin(request):
            return _json({"error": "a page of another origin may not tell a sense anything"}, 403)
        headers = {key.lower(): value for key, value in request.headers.items()}
        try:
            post = Post(headers=headers, body=cast("bytes", await request.get_data()))
            return _json({"sessions": await self._bot.post(sense, name, post)}, 202)
        except RefusedError as error:
            answer = _json({"error": self._bot.config.secrets.hide(str(error))}, error.status)
            if error.status == 401:
                answer.headers["WWW-Authenticate"] = "Bearer"
            if error.retry_after is not None:
                answer.headers["Retry-After"] = str(math.ceil(error.retry_after))
            return answer
        except RequestEntityTooLarge:
            return _json({"error": f"the body has more than {MAX_POST} bytes"}, 413)
        except RequestTimeout:
            return _json({"error": f"the body did not come within {BODY_LIMIT} s"}, 408)
        except (Exception, SystemExit) as error:  # the plugin boundary: whatever a sense raises ends here
            log.warning("the sense %s failed", sense, exc_info=error)
            return _json({"error": f"{sense} failed: {type(error).__name__}"}, 500)

    async def _secure(self, response: Response) -> Response:
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        response.headers["Permissions-Policy"] = "camera=(self), microphone=(self)"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["Cache-Control"] = "no-cache"
        return response

    # The socket

    async def _socket(self) -> None:
        socket: Websocket = websocket._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Werkzeug's way
        if not self._same_origin(socket):
            abort(403)
        offered = socket.requested_subprotocols
        if offered and SUBPROTOCOL not in offered:
            abort(400)
        await socket.accept(subprotocol=SUBPROTOCOL if offered else None)
        client = self._bot.connect() if offered else self._bot.connect_cortical()
        self._sockets.add(socket)
        sending = asyncio.create_task(self._send(socket, client))
        try:
            close = await self._receive(socket, client)
            client.outbox.close()
            await asyncio.wait({sending}, timeout=PATIENCE)  # what is to be said before the end
            await socket.close(close)
        finally:
            self._sockets.discard(socket)
            self._bot.disconnect(client)
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sending

    async def _receive(self, socket: Websocket, client: Client) -> int:
        while True:
            close = self._bot.receive(client, await socket.receive())
            if close is not None:
                return close

    async def _send(self, socket: Websocket, client: Client) -> None:
        with contextlib.suppress(OSError, RuntimeError):  # it has gone, or is being closed; the receiver learns so too
            while messages := await client.outbox.take():
                for message in messages:
                    await socket.send(message)

    def _same_origin(self, asked: BaseRequestWebsocket) -> bool:
        origin = asked.headers.get("Origin")
        if origin is None or origin in self._bot.config.server.origins:
            return True
        try:
            return urlsplit(origin).netloc == asked.host
        except ValueError:  # no origin at all
            return False


def _json(body: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, content_type="application/json")


def web_folder() -> Path:
    """Return the folder of the page: inside the wheel, or beside the package in a checkout."""
    here = Path(__file__).parent
    return here / "web" if (here / "web").is_dir() else here.parent / "web"
