"""One GET, in the thread that calls it: bounded in bytes, and ended from outside at any moment. Knows no feed."""

from __future__ import annotations

import contextlib
import functools
import http.client
import socket
import ssl
import urllib.error
import urllib.request
import zlib
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from email.message import Message

MAX_BODY = 5_000_000  # bytes, packed and unpacked
SILENCE = 30.0  # seconds that a server may say nothing at all
CHUNK = 65536
USER_AGENT = f"Cortex/{version('cortex-senses')} (feed sense; cortex-senses on PyPI)"


class FetchError(Exception):
    """A page could not be had; the text says why. Caught by the poller, which shows it and tries again later."""


class Answer(NamedTuple):
    """What a server said."""

    url: str
    status: int
    headers: Message
    body: bytes


class Request:
    """One GET of one address; redirects are not followed."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self._url = url
        self._headers = {"User-Agent": USER_AGENT, "Accept-Encoding": "gzip", **headers}
        self._socket: socket.socket | None = None
        self._ended = False

    def end(self) -> None:
        """End it, from any thread: the one that reads is woken."""
        self._ended = True
        if self._socket is not None:
            with contextlib.suppress(OSError):  # it is closed already
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # not TLS's own, which another thread may be in

    def run(self) -> Answer:
        """Ask, and read the answer.

        Raises:
            FetchError: there is none, it is too large, or it ends early.
        """
        opener = urllib.request.OpenerDirector()  # neither redirects nor errors nor other schemes: only what is added
        opener.add_handler(urllib.request.ProxyHandler())
        opener.add_handler(_Opening(self._opened))
        try:
            request = urllib.request.Request(self._url, headers=self._headers)  # noqa: S310 - http and https only, see Web
            response = opener.open(request, timeout=SILENCE)
            with response:
                return Answer(self._url, response.status, response.headers, self._read(response))
        except urllib.error.URLError as error:
            raise FetchError(f"it cannot be reached: {error.reason}") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise FetchError(f"it cannot be reached: {str(error) or type(error).__name__}") from error

    def _opened(self, opened: socket.socket) -> None:
        self._socket = opened
        if self._ended:
            raise FetchError("given up")

    def _read(self, response: http.client.HTTPResponse) -> bytes:
        encoding = response.headers.get("Content-Encoding", "identity").lower()
        if encoding not in ("identity", "gzip", "x-gzip"):
            raise FetchError(f"it is packed in a way that was not asked for: {encoding}")
        unpack = zlib.decompressobj(31) if "gzip" in encoding else None
        body = bytearray()
        received = 0
        while chunk := response.read1(CHUNK):
            received += len(chunk)
            body += chunk if unpack is None else _unpacked(unpack, chunk, MAX_BODY + 1 - len(body))
            if received > MAX_BODY or len(body) > MAX_BODY:
                raise FetchError(f"it is larger than {MAX_BODY // 1_000_000} MB")
        if response.length or self._ended or (unpack is not None and received and not unpack.eof):
            raise FetchError("it ended early")
        return bytes(body)


def _unpacked(unpack: Any, chunk: bytes, room: int) -> bytes:
    try:
        return bytes(unpack.decompress(chunk, room))
    except zlib.error as error:
        raise FetchError(f"it cannot be unpacked: {error}") from error


class _Opening(urllib.request.AbstractHTTPHandler):
    """Opens connections whose socket is known from the start."""

    def __init__(self, opened: Callable[[socket.socket], None]) -> None:
        super().__init__()
        self._opened = opened

    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(functools.partial(_Telling, self._opened), request)

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        context = ssl.create_default_context()
        return self.do_open(functools.partial(_TellingTls, self._opened), request, context=context)

    http_request = https_request = urllib.request.AbstractHTTPHandler.do_request_


class _Telling(http.client.HTTPConnection):
    """Tells of its socket as soon as it has one."""

    def __init__(self, opened: Callable[[socket.socket], None], host: str, **options: Any) -> None:
        super().__init__(host, **options)
        self._tell = opened

    def connect(self) -> None:
        super().connect()
        self._tell(self.sock)


class _TellingTls(_Telling, http.client.HTTPSConnection):
    """The same over TLS."""
