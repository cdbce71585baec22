"""One moment by which all has to be over that a look asks of a server, also where what comes drips.

A timeout of `requests` is one for each piece that comes: who sends a byte a second is never too slow for it.
"""

from __future__ import annotations

import http.client
import io
import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

CONNECTING = 3.0
"""Seconds that a connection may take to come about."""
RECORD = 2**14
"""Bytes that go at once, as TLS has them."""
LONGEST = 3600.0
LEAST = 0.001  # for a socket, whose 0 means something else
_until: ContextVar[float] = ContextVar("until", default=float("inf"))


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Have it be over after so many seconds, or earlier where that is said already."""
    token = _until.set(min(_until.get(), time.monotonic() + seconds))
    try:
        yield
    finally:
        _until.reset(token)


def left() -> float:
    """Return the seconds that are left; 0: none."""
    return max(0.0, min(_until.get() - time.monotonic(), LONGEST))


def _wait_on(sock: socket.socket) -> None:
    """Have a socket wait as long as is left.

    Raises:
        TimeoutError: nothing is.
    """
    if not (seconds := left()):
        raise TimeoutError("there is no time left")
    sock.settimeout(seconds)


class Incoming(io.RawIOBase):
    """What comes from a socket."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        self._raw = raw
        self._sock = sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        _wait_on(self._sock)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class Response(http.client.HTTPResponse):
    """An answer, headers and all."""

    def __init__(self, sock: socket.socket, *args: Any, **more: Any) -> None:
        super().__init__(sock, *args, **more)
        self.fp = io.BufferedReader(Incoming(self.fp.detach(), sock))


class Plain(HTTPConnection):
    """A connection in plain text, which keeps to the moment in all that it does."""

    response_class = Response

    def connect(self) -> None:
        self.timeout = max(LEAST, min(CONNECTING, left()))
        super().connect()

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        for start in range(0, len(data), RECORD):
            _wait_on(self.sock)
            super().send(data[start : start + RECORD])

    def getresponse(self) -> Any:
        self.timeout = max(LEAST, left())
        return super().getresponse()


class Secure(Plain, HTTPSConnection):
    """An encrypted one."""


PROMPT = {HTTPConnection: Plain, HTTPSConnection: Secure}


class Adapter(HTTPAdapter):
    """Has every connection of a session keep to the moment."""

    def get_connection_with_tls_context(self, *args: Any, **more: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **more)
        pool.ConnectionCls = PROMPT.get(pool.ConnectionCls, pool.ConnectionCls)
        return pool
