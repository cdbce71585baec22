"""The bot without a browser: what it does with one picture or one sentence, for the command line. Knows no server."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from cortex.errors import ConfigError, WireError
from cortex.health import State
from cortex.messages import Deed, Hello, Perceived, Problem
from cortex.wire import CortexV1

if TYPE_CHECKING:
    from cortex.bot import Bot
    from cortex.messages import Outgoing


class Ledger(CortexV1):
    """A dialect that keeps what would be sent."""

    def __init__(self) -> None:
        self.deeds: list[Deed] = []
        self.problems: list[Problem] = []

    def encode(self, message: Outgoing) -> None:
        """Keep one message."""
        if isinstance(message, Deed):
            self.deeds.append(message)
        elif isinstance(message, Problem):
            self.problems.append(message)


def check_perceived(bot: Bot, sense: str) -> None:
    """Make sure that there is a sense, and a working cortex that perceives it.

    Raises:
        ConfigError: there is none, or one that failed to start.
    """
    if sense not in bot.plugins.senses:
        raise ConfigError([f"the sense {sense!r} is not enabled"])
    units = [unit for unit in bot.units if bot.router.perceives(unit, sense)]
    broken = [f"{unit.name}: {unit.health.reason}" for unit in units if unit.health.state is State.FAILED]
    if broken:
        raise ConfigError(broken)
    if not units:
        raise ConfigError([f"no enabled plugin perceives {sense!r}"])


async def perceive(bot: Bot, sense: str, header: dict[str, Any], payload: bytes = b"") -> Ledger:
    """Let a new session perceive one thing; return everything that came of it."""
    ledger = Ledger()
    client = bot.connect(ledger)
    bot.greet(client, Hello())
    try:
        bot.take(client, Perceived(sense=sense, header={"sense": sense, **header}, payload=payload))
    except WireError as error:
        client.send(Problem(code=error.code, message=str(error)))
    await bot.router.settle()
    if (session := client.session) is not None and session.hesitating:
        await asyncio.wait(session.hesitating)
    bot.disconnect(client)
    return ledger
