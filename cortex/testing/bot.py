"""The bot of the `bot` fixture: the real core without a server, the plugins of the test, and a person before it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import msgspec

from cortex.errors import ConfigError, PluginError, RefusedError
from cortex.health import State
from cortex.post import MAX_POST, Post
from cortex.testing.conversation import Conversation
from cortex.testing.settling import Settling

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cortex.bot import Bot as Core
    from cortex.health import PluginStatus
    from cortex.session import Session
    from cortex.stimulus import Stimulus
    from cortex.testing.clock import Clock
    from cortex.testing.recipe import Loadable, Recipe


class Bot(Conversation):
    """A bot with the plugins that the test loads, besides the senses and actuators of the browser.

    It starts with the first thing that it perceives, and goes by the clock of the test.
    """

    def __init__(self, recipe: Recipe, clock: Clock) -> None:
        super().__init__(clock)
        self._recipe = recipe
        self._made: Core | None = None
        self._started = False
        self._session: Session | None = None
        self._waiting: Settling | None = None
        self._people: list[Conversation] = [self]

    # Making it

    async def load(self, plugin: Loadable, name: str = "", /, **options: Any) -> None:
        """Enable a plugin, with options and limits as in its section of config.yaml.

        `plugin` is its name (a file or a package beside the test or in a folder above, or in a `src` there; an
        installed or bundled plugin; a dotted module), its module, or a class, which is registered under `name` or
        under its own name in small letters. It may be called several times before the bot perceives anything.

        Raises:
            ConfigError: there is no such plugin, or an option is wrong; the text is that of config.yaml.
            PluginError: it cannot be loaded; the log has the traceback.
        """
        self._not_started("load")
        before = self._recipe.saved()
        name = self._recipe.add(plugin, name, options)
        try:
            core = self._make()
        except ConfigError:
            self._recipe.restore(before)
            raise
        for loaded in core.plugins.all:
            if loaded.name == name and loaded.health.state is State.FAILED:
                raise PluginError(f"{name} cannot be loaded: {loaded.health.reason}")

    def configure(self, **sections: Any) -> None:
        """Set sections of the config, such as `bot.configure(arbiter={"stable": 3})`, before it perceives anything.

        Raises:
            ConfigError: a section or a key is wrong.
        """
        self._not_started("configure")
        before = self._recipe.saved()
        self._recipe.configure(sections)
        try:
            self._make()
        except ConfigError:
            self._recipe.restore(before)
            raise

    def _not_started(self, what: str) -> None:
        if self._started:
            raise RuntimeError(f"{what} comes before the first thing that the bot perceives; it has started already")

    def _make(self) -> Core:
        self._made = core = self._recipe.make(self.clock)
        if self._session is not None:
            core.sessions[self._session.id] = self._session
        return core

    async def start(self) -> None:
        """Start every plugin, if that was not done yet; the first perception does it too.

        Raises:
            PluginError: one does not start. The bot goes on without it.
        """
        if self._started:
            return
        core = self._made or self._make()
        _ = self.session
        self._started = True
        self._waiting = Settling(core, self.clock)
        self.clock.settle_with(self._settle, lambda: any(person.has_to_say for person in self._people))
        await core.start()
        await self._settle()
        failed = [f"{unit.name} did not start: {unit.health.reason}" for unit in core.units if _has_failed(unit.health)]
        if failed:
            raise PluginError("; ".join(failed))

    async def stop(self) -> None:
        """Stop every plugin; the fixture does it at the end of the test."""
        self.clock.settle_alone()
        if self._started and self._made is not None:
            await self._made.stop()
        while self._recipe.paths:
            sys.path.remove(self._recipe.paths.pop())

    async def restart(self) -> None:
        """Stop it, as when the server ends, and let it begin anew: it has its config and its state, but no session.

        Until it perceives something, plugins may be loaded again, also with other options.
        """
        await self.stop()
        self._made, self._started, self._session, self._waiting = None, False, None, None
        self._people = [self]
        self._leave()

    # What happens without the person

    async def happens(self, stimulus: Stimulus) -> int:
        """Let something happen that a sense on the server would tell every session; return how many those are."""
        await self._connected()
        sessions = self.core.happens(stimulus)
        await self._settle()
        return sessions

    async def post(self, sense: str, name: str, body: Any = b"", headers: Mapping[str, str] | None = None) -> int:
        """Send `POST /senses/<sense>/<name>`; return in how many sessions it was perceived.

        The body is bytes, or else becomes JSON. Over HTTP the sender would get 202, or the status of the error.

        Raises:
            RefusedError: it is not taken.
            Exception: whatever else the sense raises; over HTTP that is a 500.
        """
        await self._connected()
        content = bytes(body) if isinstance(body, bytes | bytearray) else msgspec.json.encode(body)
        if len(content) > MAX_POST:
            raise RefusedError(413, f"the body has more than {MAX_POST} bytes")
        named = {key.lower(): value for key, value in (headers or {}).items()}
        sessions = await self.core.post(sense, name, Post(headers=named, body=content))
        await self._settle()
        return sessions

    async def meet(self, language: str = "") -> Conversation:
        """Have another person come, with a session of its own."""
        await self._connected()
        other = Visitor(self)
        other.session.language = language
        self._people.append(other)
        await other.arrive()
        return other

    # How it is

    @property
    def core(self) -> Core:
        """The bot itself, for what this class has no words for."""
        return self._made or self._make()

    @property
    def statuses(self) -> list[PluginStatus]:
        """How the enabled plugins are, as `/plugins` says it."""
        return self.core.statuses

    @property
    def session(self) -> Session:
        """The session that its cortexes are handed; its `language` may be set, also before anything is perceived."""
        if self._session is None:
            self._session = self.new_session()
        return self._session

    def new_session(self) -> Session:
        """Return a session that nobody is in yet."""
        core = self.core
        session = core.new_session()
        core.sessions[session.id] = session
        return session

    @property
    def unexpected(self) -> list[str]:
        """The problems that the test has not looked at, of anybody."""
        return [*super().unexpected, *(problem for other in self._people[1:] for problem in other.unexpected)]

    # Internal

    async def _core(self) -> Core:
        await self.start()
        return self.core

    @property
    def _settling(self) -> Settling:
        if self._waiting is None:
            raise RuntimeError("the bot has not started")
        return self._waiting

    async def _settle(self) -> None:
        await self._settling.settle()
        while sum(person._speak() for person in self._people):  # noqa: SLF001 - its own
            await self._settling.settle()


class Visitor(Conversation):
    """Another person before the same bot."""

    def __init__(self, host: Bot) -> None:
        super().__init__(host.clock)
        self._host = host
        self._session = host.new_session()

    async def arrive(self) -> None:
        """Let every cortex notice the new session."""
        core = self._host.core
        for unit in core.units:
            core.router.welcome(self._session, unit)
        await self._connected()

    @property
    def session(self) -> Session:
        return self._session

    async def _core(self) -> Core:
        return self._host.core

    @property
    def _settling(self) -> Settling:
        return self._host._settling  # noqa: SLF001 - the same bot's

    async def _settle(self) -> None:
        await self._host._settle()  # noqa: SLF001 - the same bot's


def _has_failed(health: Any) -> bool:
    return health.state is State.FAILED
