"""The bot: senses, cortexes, sessions and clients together. Knows no web server; messages go in, outboxes fill."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import msgspec

from cortex.action import Say
from cortex.client import Client
from cortex.clock import Clock
from cortex.cortical import Cortical
from cortex.credit import Credits
from cortex.errors import ConfigError, CortexError, WireError
from cortex.health import State
from cortex.messages import Hello, Perceived, PluginsChanged, Problem, Report, ServerHello
from cortex.plugins import Plugins, module_url
from cortex.router import Router
from cortex.session import Session
from cortex.stimulus import Sentence
from cortex.unit import Unit
from cortex.wire import UNREADABLE, CortexV1

if TYPE_CHECKING:
    from cortex.clock import Timer
    from cortex.config import Config
    from cortex.health import PluginStatus
    from cortex.stimulus import Stimulus
    from cortex.watchdog import Watchdog
    from cortex.wire import Dialect

log = logging.getLogger(__name__)

START_LIMIT = 120.0  # seconds that a plugin may take to start
STOP_LIMIT = 1.0  # seconds that all plugins together may take to stop
VERSION = version("cortex-senses")


class Bot:
    """One bot, as its config describes it; a watchdog ends what blocks its event loop.

    Raises:
        ConfigError: the config is wrong; every problem in it is named.
    """

    def __init__(self, config: Config, watchdog: Watchdog | None = None, clock: Clock | None = None) -> None:
        plugins = Plugins(config)
        if problems := [*config.problems, *plugins.problems]:
            raise ConfigError(problems)
        self.config = config
        self.plugins = plugins
        self.clock = clock or Clock()
        """The time that everything in it goes by."""
        self._watchdog = watchdog
        self.units = [
            Unit(name, cortex, plugin.limits, plugin.healths[name], watchdog, self.clock)
            for plugin in plugins.all
            for name, cortex in plugin.cortexes.items()
        ]
        self.credits: dict[str, Credits] = {}
        self.sessions: dict[str, Session] = {}
        self.ready = False
        """Whether every plugin has started or failed to, or has had its chance."""
        self.router: Router
        self._carriers = _carriers(plugins)
        self._voices = self._carriers.get(str(Say.__struct_config__.tag), frozenset())
        self._clients: set[Client] = set()
        self._lingering: dict[Session, Timer] = {}
        self._background: set[asyncio.Task[None]] = set()

    @property
    def statuses(self) -> list[PluginStatus]:
        """How the enabled plugins are."""
        return [plugin.status for plugin in self.plugins.all]

    async def start(self, patience: float = START_LIMIT) -> None:
        """Start every plugin; after `patience` seconds go on without those that are not ready yet."""
        for name, sense in self.plugins.senses.items():
            if sense.keep == "latest":
                self.credits[name] = Credits(name, self.clock.now, self.clock.call_later)
        self.router = Router(self.units, self.credits, self._changed, self.clock)
        starting = [self._spawn(self._start(unit)) for unit in self.units]
        if starting:
            await asyncio.wait(starting, timeout=patience)
        self.ready = True

    async def _start(self, unit: Unit) -> None:
        try:
            async with asyncio.timeout(START_LIMIT):
                await unit.call(unit.cortex.start)
        except TimeoutError:
            unit.health.failed_to_start(f"did not start within {START_LIMIT:.0f} s")
        except CortexError as error:
            unit.health.failed_to_start(str(error))
        except (Exception, SystemExit) as error:
            unit.health.failed_to_start(f"{type(error).__name__}: {error}")
            log.error("%s failed to start", unit.name, exc_info=error)
        else:
            unit.health.started()
            for session in self.sessions.values():
                self.router.welcome(session, unit)
        if unit.health.reason:
            log.error("%s is not there: %s", unit.name, unit.health.reason)
        for sense in self.credits.keys() & unit.cortex.perceives:
            self.router.pace(sense)
        self._changed()

    async def stop(self) -> None:
        """Let go of everything, within a few seconds whatever the plugins do."""
        for task in self._background:
            task.cancel()
        for session in list(self.sessions.values()):
            self.router.forget(session)
        await self.router.stop(STOP_LIMIT / 4)
        started = [unit for unit in self.units if unit.health.state in (State.WORKING, State.BENCHED)]
        stopping = [asyncio.create_task(unit.try_call(unit.cortex.stop)) for unit in started]
        late = (await asyncio.wait(stopping, timeout=STOP_LIMIT))[1] if stopping else ()
        for task in late:
            task.cancel()
        if late:
            log.warning("%d plugin(s) did not stop within %.1f s", len(late), STOP_LIMIT)
        for unit in self.units:
            unit.threads.stop()

    def _spawn(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task

    def _changed(self) -> None:
        message = PluginsChanged(plugins=self.statuses)
        for client in self._clients:
            client.send(message, slot="plugins")

    # Clients

    def connect(self, dialect: Dialect | None = None) -> Client:
        """Welcome a client that has opened its socket; it speaks `cortex.v1` unless another dialect is given."""
        client = Client(dialect or CortexV1(), self._carriers)
        self._clients.add(client)
        return client

    def connect_cortical(self) -> Client:
        """Welcome a client of 2017: it says no hello, and gets its session at once."""
        senses = self.plugins.senses
        client = self.connect(Cortical(*(name if name in senses else None for name in ("vision", "hearing"))))
        self.greet(client, Hello())
        return client

    def disconnect(self, client: Client) -> None:
        """Forget a client; its session lingers, in case it comes back."""
        self._clients.discard(client)
        for credits in self.credits.values():
            credits.leave(client)
        if (session := client.session) is not None:
            client.session = None
            session.leaves(client)
            if not session.clients:
                self._lingering[session] = self.clock.call_later(self.config.server.linger, self._end, session)

    def _end(self, session: Session) -> None:
        del self._lingering[session], self.sessions[session.id]
        self.router.forget(session)

    def receive(self, client: Client, message: str | bytes) -> int | None:
        """Take a message of a client; return the close code where its connection cannot go on."""
        try:
            match client.dialect.decode(message):
                case Perceived() as perceived:
                    self.take(client, perceived)
                case Report() as report:
                    if client.session is None:
                        raise WireError("bad-hello", "the first message of a client is its hello")
                    client.session.reported(report, client)
                case Hello() as hello:
                    self.greet(client, hello)
        except WireError as error:
            client.send(Problem(code=error.code, message=str(error), answers=error.answers))
            return error.close
        return None

    def greet(self, client: Client, hello: Hello) -> None:
        """Give a client its session: the one that it names, or a new one."""
        if client.session is not None:
            raise WireError("bad-hello", "hello was said already")
        session = self.sessions.get(hello.session or "")
        if session is None:
            session = Session(self.config.arbiter, voices=self._voices, clock=self.clock)
            self.sessions[session.id] = session
            for unit in self.units:
                self.router.welcome(session, unit)
        if (lingering := self._lingering.pop(session, None)) is not None:
            lingering.cancel()
        session.language = hello.language or session.language
        session.clients.append(client)
        client.session = session
        client.greeted(hello)
        client.send(self._hello(session))
        for name, credits in self.credits.items():
            if client.perceives(name):
                credits.join(client)

    def _hello(self, session: Session) -> ServerHello:
        senses = self.plugins.senses.items()
        actuators = self.plugins.actuators.items()
        return ServerHello(
            version=VERSION,
            session=session.id,
            senses={name: {"module": module_url(name, sense), "settings": sense.settings()} for name, sense in senses},
            actuators={
                name: {
                    "module": module_url(name, actuator),
                    "settings": actuator.settings(),
                    "carries": actuator.types(),
                }
                for name, actuator in actuators
            },
            plugins=self.statuses,
        )

    def take(self, client: Client, perceived: Perceived) -> None:
        """Read what a client perceived, and route it; raises `WireError`."""
        if client.session is None:
            raise WireError("bad-hello", "the first message of a client is its hello")
        sense = self.plugins.senses.get(perceived.sense)
        if sense is None:
            raise WireError("unknown-sense", f"no sense {perceived.sense!r} is enabled")
        try:
            if isinstance(perceived.header, bytes):
                header = msgspec.json.decode(perceived.header, type=sense.Header)
            else:
                header = msgspec.convert(perceived.header, sense.Header)
        except UNREADABLE as error:
            raise WireError("bad-json", f"{perceived.sense}: {error}") from error
        try:
            with self._watchdog.timed() if self._watchdog else contextlib.nullcontext():
                stimulus = sense.decode(header, perceived.payload)
        except WireError:
            raise
        except Exception as error:  # the plugin boundary: whatever a sense raises ends here
            log.warning("the sense %s failed", perceived.sense, exc_info=error)
            text = f"{perceived.sense}: {type(error).__name__}: {error}"
            raise WireError("sense-failed", text, answers=header.id) from error
        self.perceive(stimulus, client.session, client)

    def perceive(self, stimulus: Stimulus, session: Session, client: Client) -> None:
        """Route what a client perceived."""
        if isinstance(stimulus, Sentence) and not session.admits(stimulus, client):
            return
        if (credits := self.credits.get(stimulus.sense)) is not None:
            credits.arrived(stimulus, client)
        self.router.route(stimulus, session)


def _carriers(plugins: Plugins) -> dict[str, frozenset[str]]:
    """Return, for each type of action on the wire, the actuators that carry it out."""
    carriers: dict[str, frozenset[str]] = {}
    for name, actuator in plugins.actuators.items():
        for kind in actuator.types():
            carriers[kind] = carriers.get(kind, frozenset()) | {name}
    return carriers
