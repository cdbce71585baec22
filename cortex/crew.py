"""Who works in a bot: the cortexes of its plugins, and their senses on the server. Knows no session and no client."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, TypeVar, cast

from cortex.errors import CortexError
from cortex.health import Health, State
from cortex.loading import reason_of
from cortex.lonely import lonely
from cortex.meter import Meter
from cortex.plugins import on_server
from cortex.running import Running
from cortex.standing import status_of
from cortex.stats import Stats
from cortex.threads import Threads
from cortex.unit import Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from cortex.clock import Clock
    from cortex.health import PluginStatus
    from cortex.limits import Limits
    from cortex.plugins import Plugin, Plugins
    from cortex.sense import Emit, Sense
    from cortex.tally import Tally
    from cortex.watchdog import Watchdog

log = logging.getLogger(__name__)

T = TypeVar("T")

START_LIMIT = 120.0  # seconds that a plugin may take to start
PATIENCE = 1.0  # seconds that a reloaded plugin is waited for before one says how it is
STOP_LIMIT = 1.0  # seconds that all plugins together may take to stop


class Member:
    """A plugin at work."""

    def __init__(self, plugin: Plugin, meter: Meter, units: list[Unit], clock: Clock) -> None:
        self.plugin = plugin
        self.clock = clock
        self.meter = meter
        self.units = units
        self.running: list[asyncio.Task[None]] = []
        self.gone = False
        """Whether another has taken its place."""
        self.perceived = Stats()
        """What its senses perceived."""

    @property
    def status(self) -> PluginStatus:
        """How it is."""
        healths = [self.plugin.health, *self.plugin.healths.values()]
        stats = [unit.stats for unit in self.units] or [self.perceived]
        return status_of(self.plugin.name, healths, self.units, stats, self.meter, self.clock.now())


class Crew:
    """The plugins at work, in the order of the config.

    `emit` takes what a sense on the server perceived; `changed` is called when somebody's health has changed, `ready`
    when a cortex has started or failed to.
    """

    def __init__(
        self,
        plugins: Plugins,
        emit: Callable[[str, Meter | None], Emit],
        changed: Callable[[], None],
        ready: Callable[[Unit], None],
        tallies: tuple[Tally, Tally],
        clock: Clock,
        watchdog: Watchdog | None = None,
    ) -> None:
        self.plugins = plugins
        self._emit = emit
        self._changed = changed
        self._ready = ready
        self._tallies = tallies
        self._clock = clock
        self._watchdog = watchdog
        self._threads = Threads("reload")
        self._starting: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.members = [self._member(plugin) for plugin in plugins.all]
        self._of_sense = self._by_sense()

    def _member(self, plugin: Plugin) -> Member:
        meter = Meter(plugin.name, plugin.limits, self._clock, *self._tallies)
        for name, cortex in plugin.cortexes.items():
            cortex.clock = self._clock
            cortex.on_trouble = self._listener(plugin.healths[name])
            cortex.on_spend = self._cashier(meter)
            cortex.on_budget = lambda: meter.cost_left != 0
        for name, sense in plugin.senses.items():
            sense.clock = self._clock
            sense.on_trouble = self._listener(plugin.healths.get(name, plugin.health))
        return Member(plugin, meter, [self._unit(plugin, name, meter) for name in plugin.cortexes], self._clock)

    def _unit(self, plugin: Plugin, name: str, meter: Meter) -> Unit:
        cortex, health = plugin.cortexes[name], plugin.healths[name]
        limits = cast("Limits", plugin.limits)  # those of a plugin with a cortex
        return Unit(name, cortex, limits, health, self._watchdog, self._clock, meter)

    def _listener(self, health: Health) -> Callable[[str], None]:
        def listen(reason: str) -> None:
            health.warn(reason)
            self._changed()

        return self._here(listen)

    def _cashier(self, meter: Meter) -> Callable[[Mapping[str, float]], None]:
        def spend(amounts: Mapping[str, float]) -> None:
            meter.spend(amounts)
            self._changed()

        return self._here(spend)

    def _here(self, listen: Callable[[T], None]) -> Callable[[T], None]:
        """Return what any thread may call; it is done on the event loop."""

        def call(what: T) -> None:
            if self._loop is None or self._loop is _running():
                listen(what)
            else:
                self._loop.call_soon_threadsafe(listen, what)

        return call

    @property
    def units(self) -> list[Unit]:
        """Every cortex at work."""
        return [unit for member in self.members for unit in member.units]

    @property
    def statuses(self) -> list[PluginStatus]:
        """How everybody is."""
        return [member.status for member in self.members]

    def _by_sense(self) -> dict[str, Member]:
        return {sense: member for member in self.members for sense in member.plugin.senses}

    def meter_of(self, sense: str) -> Meter | None:
        """Return what counts the stimuli of a sense; `None` where its plugin has cortexes, whose calls are counted."""
        member = self._of_sense.get(sense)
        return None if member is None or member.units else member.meter

    def perceived(self, sense: str) -> None:
        """Notice that a sense has perceived something."""
        if (member := self._of_sense.get(sense)) is not None:
            member.perceived.took(0.0, self._clock.now())

    # Work

    async def start(self, patience: float = START_LIMIT) -> None:
        """Start everybody; after `patience` seconds go on without those that are not ready yet."""
        self._loop = asyncio.get_running_loop()
        units = {unit.name: unit for member in self.members for unit in member.units}
        for name, reason in lonely({name: unit.cortex for name, unit in units.items()}).items():
            units[name].health.warn(reason)
            log.warning("%s: %s", name, reason)
        for member in self.members:
            self._start(member)
        if self._starting:
            await asyncio.wait(self._starting, timeout=patience)

    def _start(self, member: Member) -> set[asyncio.Task[None]]:
        """Begin to start a plugin; return what has to end before it works."""
        starting = {self._spawn(self._start_unit(member, unit)) for unit in member.units}
        for name, sense in on_server(member.plugin.senses).items():
            member.running.append(asyncio.create_task(self._running(member, name, sense).run()))
        return starting

    def _running(self, member: Member, name: str, sense: Sense) -> Running:
        plugin = member.plugin
        return Running(
            name,
            sense,
            plugin.healths[name],
            self._emit(name, None if member.units else member.meter),  # of cortexes the calls are counted
            self._changed,
            self._clock,
            found=plugin.found,
            watchdog=self._watchdog,
        )

    def _spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)
        return task

    async def _start_unit(self, member: Member, unit: Unit) -> None:
        try:
            async with asyncio.timeout(START_LIMIT):
                await unit.call(unit.cortex.start)
        except TimeoutError:
            unit.health.failed_to_start(f"did not start within {START_LIMIT:.0f} s")
        except (Exception, SystemExit) as error:  # the plugin boundary: whatever it raises ends here
            unit.health.failed_to_start(reason_of(error, member.plugin.found))
            if not isinstance(error, CortexError | ModuleNotFoundError):  # whose own words say all
                log.error("%s failed to start", unit.name, exc_info=error)
        else:
            unit.health.started()
        if member.gone:  # it was exchanged before it had started: what it has begun is ended
            await unit.try_call(unit.cortex.stop)
            unit.threads.stop()
            return
        if unit.health.state is State.FAILED:
            log.error("%s is not there: %s", unit.name, unit.health.reason)
        self._ready(unit)
        self._changed()

    async def stop(self) -> None:
        """Let everybody stop, within a second or so whatever they do."""
        for task in self._starting:
            task.cancel()
        await self._stop(self.members)
        self._threads.stop()

    async def _stop(self, members: list[Member]) -> None:
        units = [unit for member in members for unit in member.units]
        started = [unit for unit in units if unit.health.state in (State.WORKING, State.BENCHED)]
        stopping = [asyncio.create_task(unit.try_call(unit.cortex.stop)) for unit in started]
        running = [task for member in members for task in member.running]
        for task in running:
            task.cancel()
        waiting = [*stopping, *running]
        late = (await asyncio.wait(waiting, timeout=STOP_LIMIT))[1] if waiting else ()
        for task in late:
            task.cancel()
        if late:
            log.warning("%d plugin(s) did not stop within %.1f s", len(late), STOP_LIMIT)
        for unit in units:
            unit.threads.stop()

    # Reload

    def named(self, name: str) -> Member | None:
        """Return a plugin at work."""
        return next((member for member in self.members if member.plugin.name == name), None)

    async def reload(self, old: Member, hire: Callable[[Unit, int], None], dismiss: Callable[[Unit], None]) -> Member:
        """Exchange a plugin for what its source says now; the others go on.

        `hire` and `dismiss` are told of each cortex that comes, with its place among all, and that goes.
        """
        old.gone = True
        for unit in old.units:
            dismiss(unit)
        await self._stop([old])
        plugin = await self._threads.run(lambda: self.plugins.reload(old.plugin))
        member = self._member(plugin)
        index = self.members.index(old)
        self.members[index] = member
        self._of_sense = self._by_sense()
        first = sum(len(other.units) for other in self.members[:index])
        for place, unit in enumerate(member.units, first):
            hire(unit, place)
        if starting := self._start(member):
            await asyncio.wait(starting, timeout=PATIENCE)
        self._changed()
        return member

    # Trouble

    def blame(self, error: BaseException, where: str) -> None:
        """Show an error that nobody handled with the plugin that it comes from, if it is one's."""
        plugin = self.plugins.owner_of(error.__traceback__)
        if plugin is None:
            log.error("%s ended with an error that nobody handled", where, exc_info=error)
            return
        log.error("%s: %s ended with an error that nobody handled", plugin.name, where, exc_info=error)
        plugin.health.warn(f"{where} died: {type(error).__name__}: {error}")
        self._changed()


def _running() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
