"""The bot: senses, cortexes, sessions and clients together. Knows no web server; messages go in, outboxes fill."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import logging
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import msgspec

from cortex.action import Say
from cortex.actuator import carriers_of
from cortex.bulletin import Bulletin
from cortex.client import Client
from cortex.clock import Clock
from cortex.cortical import Cortical
from cortex.credit import Credits
from cortex.crew import START_LIMIT, STOP_LIMIT, Crew
from cortex.errors import ConfigError, RefusedError, WireError
from cortex.messages import Hello, Perceived, PluginsChanged, Problem, Report, ServerHello, Switch
from cortex.plugins import Plugins, is_in_client, module_url
from cortex.router import IDLE, Router
from cortex.sense import Sense
from cortex.session import Session
from cortex.stimulus import Sentence, Stimulus
from cortex.tally import Tally
from cortex.threads import Threads
from cortex.wire import UNREADABLE, CortexV1

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cortex.actuator import Actuator
    from cortex.clock import Timer
    from cortex.config import Config
    from cortex.health import PluginStatus
    from cortex.meter import Meter
    from cortex.plugins import Plugin
    from cortex.post import Post
    from cortex.sense import Emit
    from cortex.unit import Unit
    from cortex.watchdog import Watchdog
    from cortex.wire import Dialect

log = logging.getLogger(__name__)

POST_LIMIT = 10.0  # seconds that a sense may take to make a stimulus of a request
UNHEARD = "no enabled cortex perceives"
VERSION = version("cortex-senses")


class Bot:
    """One bot, as its config describes it.

    A watchdog ends what blocks its event loop; everything in it goes by the clock; `brought` are modules of plugins
    that need not be found, by the plugin's name.

    Raises:
        ConfigError: the config is wrong; every problem in it is named.
    """

    def __init__(
        self,
        config: Config,
        watchdog: Watchdog | None = None,
        clock: Clock | None = None,
        brought: Mapping[str, Any] | None = None,
    ) -> None:
        plugins = Plugins(config, brought)
        if problems := [*config.problems, *plugins.problems]:
            raise ConfigError(problems)
        self.config = config
        self.plugins = plugins
        self.clock = clock or Clock()
        self.credits: dict[str, Credits] = {}
        self.sessions: dict[str, Session] = {}
        self.ready = False
        """Whether every plugin has started or failed to, or has had its chance."""
        self._watchdog = watchdog
        self._threads = Threads("post")
        self._tallies = Tally(), Tally(kind="costs")
        self._crew = Crew(plugins, self._emitter, self._changed, self._is_ready, self._tallies, self.clock, watchdog)
        self._clients: set[Client] = set()
        self._lingering: dict[Session, Timer] = {}
        self._bulletin = Bulletin(lambda: self.statuses, self._tell, lambda: bool(self._clients), self.clock)
        self._reloading = asyncio.Lock()
        self.router = Router([], self.credits, self._changed, self.clock)
        for unit in self.units:
            self.router.hire(unit, len(self.router.units))
        self._survey()

    @property
    def units(self) -> list[Unit]:
        """Every enabled cortex at work."""
        return self._crew.units

    @property
    def statuses(self) -> list[PluginStatus]:
        """How the enabled plugins are."""
        return self._crew.statuses

    def _survey(self) -> None:
        """Take note of the senses and actuators that there are."""
        senses = self.plugins.senses
        self.router.likes = {name: sense.like for name, sense in senses.items() if sense.like is not None}
        for plugin in self.plugins.all:
            deaf = [name for name, sense in plugin.senses.items() if not (is_in_client(sense) or self._is_heard(name))]
            if deaf or plugin.health.reason.startswith(UNHEARD):
                plugin.health.warn(f"{UNHEARD} {' and '.join(deaf)}" if deaf else "")
        self._carriers = carriers_of(self.plugins.actuators)
        self._voices = self._carriers.get(str(Say.__struct_config__.tag), frozenset())
        latest = {name for name, sense in senses.items() if sense.keep == "latest"}
        for name in self.credits.keys() - latest:
            del self.credits[name]
        for name in latest - self.credits.keys():
            self.credits[name] = Credits(name, self.clock.now, self.clock.call_later)
            self.router.pace(name)
            for client in self._clients:
                if client.session is not None and client.perceives(name):
                    self.credits[name].join(client)
        for client in self._clients:
            client.learn(self._carriers)

    def _is_heard(self, sense: str) -> bool:
        return any(self.router.perceives(unit, sense) for unit in self.units)

    async def start(self, patience: float = START_LIMIT) -> None:
        """Start every plugin; after `patience` seconds go on without those that are not ready yet."""
        await self._crew.start(patience)
        self.ready = True

    def _is_ready(self, unit: Unit) -> None:
        for session in self.sessions.values():
            self.router.welcome(session, unit)
        for sense in self.credits:
            self.router.pace(sense)

    async def stop(self) -> None:
        """Let go of everything, within a few seconds whatever the plugins do."""
        self._bulletin.stop()
        for session in list(self.sessions.values()):
            self.router.forget(session)
        await self.router.stop(STOP_LIMIT / 4)
        await self._crew.stop()
        self._threads.stop()
        await asyncio.gather(*(tally.close() for tally in self._tallies))

    async def reload(self, name: str) -> PluginStatus | None:
        """Exchange an enabled plugin for what its source says now; return how it is, or `None` if there is none."""
        async with self._reloading:
            old = self._crew.named(name)
            if old is None:
                return None
            new = await self._crew.reload(old, self.router.hire, self.router.dismiss)
            self._survey()
            if old.plugin.browser or new.plugin.browser:
                for client in self._clients:
                    if client.session is not None:
                        client.send(self._hello(client.session))
            for sense in self.credits:
                self.router.pace(sense)
            return new.status

    def blame(self, error: BaseException, where: str) -> None:
        """Show an error that nobody handled with the plugin that it comes from."""
        self._crew.blame(error, where)

    def _changed(self) -> None:
        self._bulletin.changed()

    def _tell(self, statuses: list[PluginStatus]) -> None:
        message = PluginsChanged(plugins=statuses)
        for client in self._clients:
            client.send(message, slot="plugins")

    # Clients

    def connect(self, dialect: Dialect | None = None) -> Client:
        """Welcome a client that has opened its socket; it speaks `cortex.v1` unless another dialect is given."""
        client = Client(dialect or CortexV1(), self._carriers, self.config.secrets.hide_json)
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
                case Switch() as switch:
                    self.switch(client, switch)
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
            session = self.new_session()
            self.sessions[session.id] = session
            for unit in self.router.units:
                self.router.welcome(session, unit)
        if (lingering := self._lingering.pop(session, None)) is not None:
            lingering.cancel()
        session.language = hello.language or session.language
        if off := self._switchable(hello.off) - session.off:
            session.switch(session.off | off)
            self.router.switched(session)
        session.clients.append(client)
        client.session = session
        client.greeted(hello)
        client.send(self._hello(session))
        self._bulletin.changed()
        for name, credits in self.credits.items():
            if client.perceives(name):
                credits.join(client)

    def switch(self, client: Client, switch: Switch) -> None:
        """Switch a plugin off or on in a client's session; raises `WireError`."""
        session = client.session
        if session is None:
            raise WireError("bad-hello", "the first message of a client is its hello")
        if not self._switchable([switch.plugin]):
            raise WireError("unknown-plugin", f"no plugin {switch.plugin!r} with a cortex is enabled")
        session.switch(session.off - {switch.plugin} if switch.on else session.off | {switch.plugin})
        self.router.switched(session)

    def _switchable(self, names: Iterable[str]) -> set[str]:
        return {unit.plugin for unit in self.units} & set(names)

    def new_session(self) -> Session:
        """Return a session that nobody is in yet."""
        router = self.router
        arbiter, voices = self.config.arbiter, self._voices
        return Session(arbiter, voices=voices, clock=self.clock, ways=router.ways, looks=router.lend, asks=router.ask)

    def _hello(self, session: Session) -> ServerHello:
        senses: dict[str, dict[str, Any]] = {}
        actuators: dict[str, dict[str, Any]] = {}
        for plugin in self.plugins.all:
            for name, thing in plugin.browser.items():
                info = {"module": module_url(name, thing, plugin.version), "settings": _settings(plugin, thing)}
                if isinstance(thing, Sense):
                    senses[name] = info
                else:
                    actuators[name] = {**info, "carries": thing.types()}
        return ServerHello(
            version=VERSION,
            session=session.id,
            senses=senses,
            actuators=actuators,
            plugins=self.statuses,
            off=sorted(session.off),
        )

    def take(self, client: Client, perceived: Perceived) -> None:
        """Read what a client perceived, and route it; raises `WireError`."""
        if client.session is None:
            raise WireError("bad-hello", "the first message of a client is its hello")
        sense = self.plugins.senses.get(perceived.sense)
        if sense is None or not is_in_client(sense):
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
        except (Exception, SystemExit) as error:  # the plugin boundary: whatever a sense raises ends here
            log.warning("the sense %s failed", perceived.sense, exc_info=error)
            text = f"{perceived.sense}: {type(error).__name__}: {error}"
            raise WireError("sense-failed", text, answers=header.id) from error
        self.perceive(stimulus, client.session, client)

    def perceive(self, stimulus: Stimulus, session: Session, client: Client) -> None:
        """Route what a client perceived; raises `WireError` where its sense is over a limit."""
        credits = self.credits.get(stimulus.sense)
        if credits is not None:
            credits.arrived(stimulus, client)
        meter = self._crew.meter_of(stimulus.sense)
        if meter is not None and not meter.take():
            if credits is None:
                raise WireError("over-limit", f"{stimulus.sense}: {meter.refusal()}", answers=stimulus.id)
            self.clock.call_later(min(meter.wait(), IDLE), credits.gone, stimulus)
            return
        self._crew.perceived(stimulus.sense)
        if isinstance(stimulus, Sentence) and not session.admits(stimulus, client):
            return
        self.router.route(stimulus, session)

    # From the server's own senses

    def happens(self, stimulus: Stimulus) -> int:
        """Take a stimulus to every session that is open; return how many those are."""
        self._crew.perceived(stimulus.sense)
        sessions = self._open_sessions()
        for session in sessions:
            self.router.route(stimulus, session)
        return len(sessions)

    def _open_sessions(self) -> list[Session]:
        return [session for session in self.sessions.values() if session.clients]

    def _emitter(self, name: str, meter: Meter | None) -> Emit:
        refused = ""

        def emit(stimulus: Stimulus, /) -> int:
            nonlocal refused
            if not self._open_sessions():
                return 0  # which costs it nothing: it may come again when somebody is there
            if meter is not None and not meter.take():
                if refused != meter.refusal():  # it may try again and again: once is enough for the log
                    refused = meter.refusal()
                    log.warning("%s: %s", name, refused)
                return 0
            refused = ""
            return self.happens(stimulus)

        return emit

    async def post(self, sense: str, name: str, post: Post) -> int:
        """Take a request over HTTP to a sense; return in how many sessions it was perceived.

        Raises:
            RefusedError: there is no such sense, it does not take this, or too much of it.
            Exception: whatever the sense raises.
        """
        taker = self.plugins.senses.get(sense)
        if taker is None or type(taker).post is Sense.post:
            raise RefusedError(404, f"no enabled sense {sense!r} takes posts")
        meter = self._crew.meter_of(sense)
        if meter is not None and not meter.may():
            raise RefusedError(429, meter.refusal(), retry_after=meter.wait())
        try:
            async with asyncio.timeout(POST_LIMIT):
                if not inspect.iscoroutinefunction(taker.post):
                    stimulus = await self._threads.run(lambda: taker.post(name, post))
                else:
                    work = taker.post(name, post)
                    stimulus = await (work if self._watchdog is None else self._watchdog.watch(work))
        except TimeoutError as error:
            raise RefusedError(504, f"{sense} took longer than {POST_LIMIT:g} s") from error
        if not isinstance(stimulus, Stimulus):
            raise TypeError(f"the post of {sense} has to return a stimulus; {stimulus!r} is none")
        if meter is not None and not meter.take():  # others were quicker
            raise RefusedError(429, meter.refusal(), retry_after=meter.wait())
        return self.happens(stimulus)


def _settings(plugin: Plugin, thing: Sense | Actuator) -> dict[str, Any]:
    try:
        return thing.settings()
    except (Exception, SystemExit) as error:
        plugin.health.warn(f"its settings failed: {type(error).__name__}: {error}")
        log.warning("the settings of %s failed", plugin.name, exc_info=error)
        return {}
