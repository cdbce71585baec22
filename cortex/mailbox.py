"""What waits for one busy cortex in one session. Knows no clock and no task."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cortex.stimulus import Stimulus

LIMIT = 64


class Mailbox:
    """Stimuli in the order of their arrival; of a sense that keeps the latest, only that."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._all: deque[Stimulus] = deque()
        self._latest: dict[str, Stimulus] = {}

    def __len__(self) -> int:
        return len(self._all) + len(self._latest)

    def put(self, stimulus: Stimulus, *, latest: bool) -> Stimulus | None:
        """Add a stimulus; return the one that it drove out, if any."""
        if latest:
            driven_out = self._latest.pop(stimulus.kind, None)
            self._latest[stimulus.kind] = stimulus
            return driven_out
        self._all.append(stimulus)
        return self._all.popleft() if len(self._all) > self._limit else None

    def take(self) -> Stimulus:
        """Return the next stimulus: the oldest of those that are all kept, before the latest of the others.

        Raises:
            IndexError: there is none.
        """
        if self._all:
            return self._all.popleft()
        if self._latest:
            return self._latest.pop(next(iter(self._latest)))
        raise IndexError("the mailbox is empty")

    def clear(self) -> list[Stimulus]:
        """Empty it; return what was in it."""
        rest = [*self._all, *self._latest.values()]
        self._all.clear()
        self._latest.clear()
        return rest
