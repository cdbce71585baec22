"""What one client was sent, kept for the test. Knows no session."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from cortex.action import Say
from cortex.local import Ledger
from cortex.messages import Ignored

if TYPE_CHECKING:
    from cortex.messages import Deed, Outgoing


class Notes(Ledger):
    """Everything that is sent, in order, and what of it was not looked at or said yet."""

    def __init__(self) -> None:
        super().__init__()
        self.ignored: set[str] = set()
        """The sentences that the bot took for its own voice."""
        self.unsaid: list[Deed] = []
        """What the voice still has to say."""
        self.looked_at = 0
        """How many of the problems the test knows of."""
        self.changed = asyncio.Event()

    def encode(self, message: Outgoing) -> None:
        """Keep one message."""
        before = len(self.deeds)
        super().encode(message)
        self.unsaid += [deed for deed in self.deeds[before:] if isinstance(deed.action, Say)]
        if isinstance(message, Ignored):
            self.ignored.add(message.answers)
        self.changed.set()

    def clear(self) -> None:
        """Forget what was said and done, and the problems that the test knows of."""
        self.deeds.clear()
        del self.problems[: self.looked_at]
        self.looked_at = 0
