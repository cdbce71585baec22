"""A stand-in for a model server: a real HTTP server on this machine, which a test may have hang, refuse or go.

What it serves is a model that tells the share of red, green and blue in a picture: honest, and easy to foresee. Which
protocol it speaks is in the modules that make one of it.
"""

from __future__ import annotations

import contextlib
import json
import math
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

PATIENCE = 20  # seconds
LABELS = ("red", "green", "blue")


class Asked(NamedTuple):
    """One request, as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Reply(NamedTuple):
    """What is answered: a status, JSON or bytes, and headers."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = MappingProxyType({})


class ModelServer:
    """The server. A kind of it answers in `answer`."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.replies: list[Reply | bytes | None] = []
        """How it answers predictions: one after the other, and the last one for ever; `None`: as it should."""
        self.everything = False
        """Whether it answers in that way not only predictions, but everything."""
        self.token = ""
        """What it wants to be shown; empty: nothing."""
        self._changed = threading.Condition()
        self._free = math.inf
        self._port = 0
        self._server: ThreadingHTTPServer | None = None
        self.come()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def predictions(self) -> list[Asked]:
        """What it was asked to look at."""
        return [asked for asked in self.asked if self.is_prediction(asked)]

    # Of each kind

    def is_prediction(self, asked: Asked) -> bool:
        """Tell whether a request has pictures in it."""
        raise NotImplementedError

    def answer(self, asked: Asked) -> Reply:
        """Answer a request as the specification has it."""
        raise NotImplementedError

    def refusal(self, status: int, words: str) -> Reply:
        """Return an error in the form of this kind."""
        return Reply(status, {"error": words})

    # What the test does

    def refuses(self, status: int, words: str = "", **headers: str) -> None:
        """Answer every prediction with a status; `Retry_After` is the header of this name."""
        reply = self.refusal(status, words)
        self.replies = [reply._replace(headers={name.replace("_", "-"): value for name, value in headers.items()})]

    def hold(self) -> None:
        """Answer no prediction, for now."""
        self._free = 0

    def let_go(self, most: float = math.inf) -> None:
        """Answer those who wait, and whoever comes; so many at most."""
        with self._changed:
            self._free = most
            self._changed.notify_all()

    def was_asked(self, times: int = 1) -> None:
        """Wait until so many predictions have been asked for."""
        with self._changed:
            came = self._changed.wait_for(lambda: len(self.predictions) >= times, PATIENCE)
        assert came, f"{len(self.predictions)} have come"

    def come(self) -> None:
        """Be there, at the same address as before."""
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            """Hands every request to the stand-in."""

            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                stand_in.serve(self)

            def do_POST(self) -> None:
                stand_in.serve(self)

            def log_message(self, *args: Any) -> None:
                """Stay silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._server.daemon_threads = True
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def go(self) -> None:
        """Be away: nobody listens at the address."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def close(self) -> None:
        """End it."""
        self.let_go()
        self.go()

    # What it does

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        length = int(handler.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in handler.headers.items()}
        asked = Asked(handler.command, handler.path, headers, handler.rfile.read(length))
        reply: Reply | bytes | None = None
        predicting = self.is_prediction(asked)
        with self._changed:
            self.asked.append(asked)
            self._changed.notify_all()
            if predicting:
                self._changed.wait_for(lambda: self._free > 0, PATIENCE)
                self._free -= 1
            if predicting or self.everything:
                reply = self.replies.pop(0) if len(self.replies) > 1 else next(iter(self.replies), None)
        if self._server is None:  # gone meanwhile
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        if reply is None and self.token and headers.get("authorization") != f"Bearer {self.token}":
            reply = self.refusal(401 if "authorization" not in headers else 403, "Jwt verification fails")
        if isinstance(reply, bytes):  # whatever that is
            handler.close_connection = True
            handler.wfile.write(reply)
            return
        self._send(handler, reply or self.answer(asked))

    @staticmethod
    def _send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        with contextlib.suppress(ConnectionError):  # who asked has given up
            handler.send_response(reply.status)
            for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)


def shares(pictures: Any) -> Any:
    """Return the share of each colour in each of some pictures, `[frames, height, width, 3]`, values from 0."""
    sums = np.asarray(pictures, np.float64).reshape(len(pictures), -1, 3).sum(axis=1) + 1e-9
    return sums / sums.sum(axis=1, keepdims=True)
