"""Serves the app with uvicorn: the listening sockets, the signals, the end. Knows no page."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import logging
import os
import signal
import socket
import ssl
import sys
import threading
from typing import TYPE_CHECKING, Any

import uvicorn

from cortex.app import App
from cortex.bot import Bot
from cortex.errors import ConfigError
from cortex.reload import reload_on_save
from cortex.watchdog import Watchdog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cortex.config import Config, ServerSettings

log = logging.getLogger(__name__)

MAX_MESSAGE = 4_000_000  # bytes; uvicorn closes with 1009 what is larger
BACKLOG = 2048
TAKEN = frozenset({errno.EADDRINUSE, 10048})  # the second is Windows' own
LAST_RESORT = 2.5  # seconds after a signal; what has not let go by then is not waited for
PATIENCE = 1.0  # seconds that serving waits for plugins; slower ones come in later


class Uvicorn(uvicorn.Server):
    """uvicorn, with our own way to stop: it would close sockets with 1012 and die of the signal."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.serving = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.serving.set()


def listen(settings: ServerSettings) -> list[socket.socket]:
    """Return the listening sockets: one for each address that the host name has.

    Raises:
        ConfigError: the address is unknown, not of this machine, or taken.
    """
    host, port = settings.host, settings.port
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror as error:
        raise ConfigError([f"server.host: there is no address {host!r}: {error.strerror}"]) from error
    sockets: list[socket.socket] = []
    problems: list[OSError] = []
    for family, address in dict.fromkeys((entry[0], entry[4]) for entry in found):
        try:
            sockets.append(_bind(family, (address[0], port, *address[2:])))
        except OSError as error:
            problems.append(error)
        else:
            port = sockets[-1].getsockname()[1]  # what port 0 has become is also that of the host's other addresses
    taken = any(error.errno in TAKEN for error in problems)
    if taken or not sockets:  # an address that this machine lacks, IPv6's perhaps, is no matter if another is there
        for bound in sockets:
            bound.close()
        advice = "; another program has it: choose one with --port" if taken else ""
        raise ConfigError([f"cannot listen on {host}:{port}: {problems[0].strerror}{advice}"])
    return sockets


def _bind(family: int, address: tuple[str | int, ...]) -> socket.socket:
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":  # there it would let two servers have one port
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind(address)
        bound.listen(BACKLOG)
        bound.setblocking(False)
    except OSError:
        bound.close()
        raise
    return bound


def address_of(settings: ServerSettings, sockets: list[socket.socket]) -> str:
    """Return the address that a person types into the browser."""
    host = "localhost" if settings.host in ("0.0.0.0", "::", "127.0.0.1", "::1") else settings.host  # noqa: S104
    return f"{'https' if settings.tls else 'http'}://{host}:{sockets[0].getsockname()[1]}"


async def serve(config: Config, serving: Callable[[str], None], reloaded: Callable[[str], None] | None = None) -> None:
    """Run the bot until SIGINT or SIGTERM; call `serving` with the address once it answers.

    With `reloaded`, plugins whose files are saved are reloaded, and it gets a line about each.

    Raises:
        ConfigError: the config is wrong, or its address cannot be listened on.
    """
    watchdog = Watchdog()
    unhandled = Unhandled()
    bot = Bot(config, watchdog)
    unhandled.blame(bot)
    settings = config.server
    _check_tls(settings)
    app = App(bot)
    sockets = listen(settings)
    server = Uvicorn(
        uvicorn.Config(
            app.quart,
            ws="websockets-sansio",
            ws_max_size=MAX_MESSAGE,
            ws_per_message_deflate=False,  # frames do not shrink, and it costs 100 kB a connection
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=1,
            ssl_certfile=settings.tls.cert if settings.tls else None,
            ssl_keyfile=settings.tls.key if settings.tls else None,
        )
    )
    stop = asyncio.Event()
    _on_signals(stop)
    watchdog.start()
    await bot.start(PATIENCE)
    gc.freeze()  # what is there now stays, and need not be looked through for garbage again and again
    running = asyncio.create_task(server.serve(sockets))
    await server.serving.wait()
    watching = asyncio.create_task(reload_on_save(bot, reloaded)) if reloaded is not None else None
    serving(address_of(settings, sockets))
    await stop.wait()
    if watching is not None:
        watching.cancel()
    await app.close()
    server.should_exit = True
    await running
    await bot.stop()
    watchdog.stop()


class Unhandled:
    """Has what nobody handles, in threads and tasks of plugins, shown with the plugin that it comes from."""

    def __init__(self) -> None:
        self._bot: Bot | None = None
        self._early: list[tuple[BaseException, str]] = []  # what died while the plugins were loaded
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(self._in_task)
        threading.excepthook = self._in_thread

    def blame(self, bot: Bot) -> None:
        """Tell a bot of all, also of what was before it."""
        self._bot = bot
        for error, where in self._early:
            bot.blame(error, where)

    def _note(self, error: BaseException, where: str) -> None:
        if self._bot is None:
            self._early.append((error, where))
        else:
            self._bot.blame(error, where)

    def _in_thread(self, failure: threading.ExceptHookArgs) -> None:
        error, thread = failure.exc_value, failure.thread
        if error is not None and not isinstance(error, SystemExit) and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._note, error, f"its thread {thread.name if thread else '?'}")

    def _in_task(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if (error := context.get("exception")) is not None:
            self._note(error, "a task of it")
        else:
            loop.default_exception_handler(context)


def _check_tls(settings: ServerSettings) -> None:
    if settings.tls is None:
        return
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(settings.tls.cert, settings.tls.key)
    except (OSError, ssl.SSLError) as error:
        text = f"server.tls: {settings.tls.cert} and {settings.tls.key} are no certificate and its key: {error}"
        raise ConfigError([text]) from error


def _on_signals(stop: asyncio.Event) -> None:
    """Have SIGINT and SIGTERM stop the server, also while a plugin blocks the event loop or will not let go."""
    loop = asyncio.get_running_loop()

    def ask(*_: object) -> None:
        loop.call_soon_threadsafe(stop.set)
        last_resort = threading.Timer(LAST_RESORT, os._exit, [0])
        last_resort.daemon = True
        last_resort.start()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask)
