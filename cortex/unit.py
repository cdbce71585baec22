"""An enabled cortex at work: how it is called, for how many at once, for how long at most. Knows no session's mail."""

from __future__ import annotations

import asyncio
import inspect
import logging
import time
from typing import TYPE_CHECKING, Any

from cortex.action import Action
from cortex.clock import Clock
from cortex.cortex import Cortex
from cortex.deadline import Deadline
from cortex.errors import PluginError
from cortex.stats import Stats
from cortex.stimulus import Stimulus
from cortex.threads import Threads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cortex.health import Health
    from cortex.limits import Limits, On
    from cortex.meter import Meter
    from cortex.session import Session
    from cortex.watchdog import Watchdog

    Emit = Callable[[Action | Stimulus, dict[str, float]], None]

log = logging.getLogger(__name__)

MANY = 64
LONG = 1.0  # seconds of one thought
FULL = 0.9  # of its time


class Unit:
    """A cortex, its threads, its limits and its health."""

    def __init__(
        self,
        name: str,
        cortex: Cortex,
        limits: Limits,
        health: Health,
        watchdog: Watchdog | None = None,
        clock: Clock | None = None,
        meter: Meter | None = None,
    ) -> None:
        self.name = name
        self.cortex = cortex
        self.limits = limits
        self.health = health
        self.threads = Threads(name)
        self._watchdog = watchdog
        self.meter = meter
        """What counts its plugin's calls, where that has limits."""
        self.stats = Stats()
        self.on: On = limits.on or cortex.on
        """Which frames it looks at."""
        self._clock = clock or Clock()
        self._thinking: dict[Session, float] = {}  # since when, of what; one thing at a time in a session
        self._deadline = Deadline(self.timeout, self._clock)
        perceive = cortex.perceive
        self._streams = inspect.isasyncgenfunction(perceive)
        self._awaits = inspect.iscoroutinefunction(perceive)

    @property
    def plugin(self) -> str:
        """The name of its plugin."""
        return self.health.name

    @property
    def timeout(self) -> float:
        """Seconds that it may think about one stimulus."""
        return self.limits.timeout or self.cortex.timeout

    @property
    def width(self) -> int:
        """For how many sessions it thinks at once."""
        return self.cortex.concurrency or (MANY if self._streams or self._awaits else 1)

    def busy(self, now: float) -> bool:
        """Tell whether it has thought of one thing for a second, or of one after the other without a rest."""
        if self._thinking and now - next(iter(self._thinking.values())) > LONG:
            return True
        alone = self.width == 1
        return alone and self.stats.share(now) > FULL

    async def call(self, method: Callable[..., Any], *args: Any) -> None:
        """Call `start`, `stop`, `join` or `leave`: on the event loop if it is asynchronous, else in a thread."""
        if not self.has(method):
            return
        if inspect.iscoroutinefunction(method):
            await method(*args)
        elif inspect.isawaitable(result := await self.threads.run(lambda: method(*args))):
            await result

    def has(self, method: Callable[..., Any]) -> bool:
        """Tell whether the cortex has a `start`, `stop`, `join` or `leave` of its own."""
        return getattr(Cortex, method.__name__) is not getattr(type(self.cortex), method.__name__)

    async def try_call(self, method: Callable[..., Any], *args: Any) -> None:
        """Call `stop`, `join` or `leave`; a failure is logged, and nobody else's."""
        try:
            async with asyncio.timeout(self.timeout):
                await self.call(method, *args)
        except (Exception, SystemExit) as error:
            log.warning("%s failed in %s", self.name, method.__name__, exc_info=error)

    async def think(self, stimulus: Stimulus, session: Session, waited: float, emit: Emit) -> float:
        """Have the cortex perceive a stimulus; hand each action or thought to `emit` as it comes; return the seconds.

        Raises:
            StimulusError: it cannot be perceived.
            TimeoutError: it took longer than the limit.
            Exception: whatever the plugin raises.
        """
        started = time.perf_counter()
        self._thinking[session] = self._clock.now()
        given_up = False
        refused: list[Exception] = []

        def emit_in_time(action: Action | Stimulus, ms: dict[str, float]) -> None:
            if given_up:  # a thread cannot be stopped; what it still yields is too late
                return
            try:
                emit(action, ms)
            except Exception as error:  # noqa: BLE001 - an action that cannot be sent is the plugin's failure
                refused.append(error)

        try:
            with self._deadline:
                if self._streams or self._awaits:
                    thinking = self._think_here(stimulus, session, waited, emit_in_time)
                    await (thinking if self._watchdog is None else self._watchdog.watch(thinking))
                else:
                    loop = asyncio.get_running_loop()
                    await self.threads.run(lambda: self._think_there(stimulus, session, waited, emit_in_time, loop))
        except TimeoutError:
            given_up = True
            raise
        finally:
            del self._thinking[session]
            seconds = time.perf_counter() - started
            self.stats.took(seconds, self._clock.now())
        if refused:
            raise refused[0]
        return seconds

    async def _think_here(self, stimulus: Stimulus, session: Session, waited: float, emit: Emit) -> None:
        decode = 0.0
        if type(stimulus).prepare is not Stimulus.prepare:
            decode = await self.threads.run(stimulus.prepare)
        began = time.perf_counter()
        if self._streams:
            async for action in self.cortex.perceive(stimulus, session):  # type: ignore[union-attr]
                emit(_checked(action), _spent(waited, decode, began))
        else:
            for action in _several(await self.cortex.perceive(stimulus, session)):  # type: ignore[misc]
                emit(_checked(action), _spent(waited, decode, began))

    def _think_there(
        self, stimulus: Stimulus, session: Session, waited: float, emit: Emit, loop: asyncio.AbstractEventLoop
    ) -> None:
        decode = stimulus.prepare()
        began = time.perf_counter()
        for action in _several(self.cortex.perceive(stimulus, session)):
            loop.call_soon_threadsafe(emit, _checked(action), _spent(waited, decode, began))


def _several(result: Any) -> Iterable[Any]:
    if result is None:
        return ()
    return (result,) if isinstance(result, Action | Stimulus) else result


def _checked(action: Any) -> Action | Stimulus:
    if isinstance(action, Action | Stimulus):
        return action
    raise PluginError(f"perceive yields actions such as Say or Show, or thoughts; {action!r} is neither")


def _spent(waited: float, decode: float, began: float) -> dict[str, float]:
    infer = time.perf_counter() - began
    return {"wait": round(waited * 1000, 2), "decode": round(decode * 1000, 2), "infer": round(infer * 1000, 2)}
