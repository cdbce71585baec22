"""A stand-in for the servers of feeds: a real HTTP server on this machine, whose answers the test chooses."""

from __future__ import annotations

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Page(NamedTuple):
    """What is answered at a path."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = {}


class Visit(NamedTuple):
    """A request that came."""

    path: str
    headers: Mapping[str, str]


class Newsstand:
    """Serves pages by path; a page may be a function that is handed the handler and writes what it likes."""

    def __init__(self) -> None:
        self.pages: dict[str, Page | Callable[[Any], None]] = {}
        self.visits: list[Visit] = []
        self.closing = threading.Event()
        """Set when the test ends: a page that waits has to wait for this."""
        self.at_once = self.most_at_once = 0
        """How many requests are being answered, those for functions left aside."""
        self._lock = threading.Lock()
        stand = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                with stand._lock:
                    stand.visits.append(Visit(self.path, {k.lower(): v for k, v in self.headers.items()}))
                    stand.at_once += not callable(stand.pages.get(self.path))
                    stand.most_at_once = max(stand.most_at_once, stand.at_once)
                with contextlib.suppress(OSError):  # the client has hung up
                    stand._answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def url(self, path: str) -> str:
        """Return the address of a path."""
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    def paths(self) -> list[str]:
        """Return what was asked for."""
        return [visit.path for visit in self.visits]

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        page = self.pages.get(handler.path, Page(status=404))
        if callable(page):
            page(handler)
            return
        with self._lock:
            self.at_once -= 1  # before the client has it all, and may ask for the next one
        handler.send_response(page.status)
        for name, value in page.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(page.body)))
        handler.end_headers()
        handler.wfile.write(page.body)

    def close(self) -> None:
        """Serve no more."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()


def channel(items: str) -> bytes:
    """Return a feed with these items."""
    return f"<rss version='2.0'><channel>{items}</channel></rss>".encode()


def rss(*titles: str, ids: bool = True) -> bytes:
    """Return a feed with such entries, in this order; the title is the id."""
    items = "".join(f"<item><title>{t}</title>{f'<guid>{t}</guid>' if ids else ''}</item>" for t in titles)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{items}</channel></rss>'.encode()
