"""When everybody is done thinking, or waits for what only the test can bring. Knows no session and no action."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from cortex.testing.clock import drain

if TYPE_CHECKING:
    from cortex.bot import Bot
    from cortex.testing.clock import Clock

PATIENCE = 30.0  # seconds of real time that thinking may take
GRACE = 2.0  # seconds of real time that a sense on the server may take to come back to the clock
PEEK = 0.01  # seconds between two looks at whether those who think wait for the clock by now


class Settling:
    """Waits for a bot's cortexes, and for its senses on the server."""

    def __init__(self, core: Bot, clock: Clock) -> None:
        self._core = core
        self._clock = clock
        self._let_go: set[asyncio.Task[Any]] = set()
        self._worldly: set[asyncio.Task[Any]] = set()  # senses that wait for the world, not for the clock

    def let_go(self) -> None:
        """Wait no longer for those who think now."""
        self._let_go |= self._thinking()

    async def settle(self) -> None:
        """Wait until nobody thinks any more, or until the clock has to go on for that.

        Raises:
            AssertionError: somebody still thinks after half a minute of real time.
        """
        began = time.monotonic()
        while True:
            await drain()
            hands = set(self._clock.awaited())
            thinking = {task for task in self._thinking() - self._let_go if not _only_time_helps(task, hands)}
            waiting = thinking | self._perceiving(hands, time.monotonic() - began)
            if not waiting:
                return
            if time.monotonic() - began > PATIENCE:
                raise AssertionError(self._complaint())
            await asyncio.wait(waiting, timeout=PEEK, return_when=asyncio.FIRST_COMPLETED)

    def _thinking(self) -> set[asyncio.Task[Any]]:
        return {task for task in self._core.router._tasks if not task.done()}  # noqa: SLF001 - who else could know

    def _perceiving(self, hands: set[asyncio.Future[Any]], seconds: float) -> set[asyncio.Task[Any]]:
        """Return the senses on the server that are busy with what the clock has woken them for."""
        members = self._core._crew.members  # noqa: SLF001 - who else could know
        running = {task for member in members for task in member.running if not task.done()}
        busy = {task for task in running if not _only_time_helps(task, hands)}
        self._worldly &= busy
        if seconds > GRACE:
            self._worldly |= busy
        return busy - self._worldly

    def _complaint(self) -> str:
        busy = [desk.unit.name for desk in self._core.router._desks if desk.thinking]  # noqa: SLF001 - as above
        who = " and ".join(busy) or "somebody"
        hint = "with `wait=False` a perception does not wait for that, and the clock can go on to its time limit"
        return f"after {PATIENCE:.0f} s, {who} still thinks; {hint}"


def _only_time_helps(future: asyncio.Future[Any], hands: set[asyncio.Future[Any]]) -> bool:
    """Tell whether something waits, in the end, for what is in the clock's hands."""
    if future in hands:
        return True
    children = [child for child in getattr(future, "_children", ()) if not child.done()]  # those of `asyncio.gather`
    if children:
        return all(_only_time_helps(child, hands) for child in children)
    waiter = getattr(future, "_fut_waiter", None)  # what a task waits for
    return waiter is not None and not waiter.done() and _only_time_helps(waiter, hands)
