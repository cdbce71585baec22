"""A voice that takes as long as the test says, by its clock. Makes no sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cortex.messages import Report

if TYPE_CHECKING:
    from cortex.client import Client
    from cortex.messages import Deed
    from cortex.testing.clock import Clock


class Voice:
    """Says what a client is told to, and reports it as the page would."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self.seconds = 0.0
        """How long each thing takes to say; 0: no time at all."""
        self._client = client
        self._clock = clock
        self._until = 0.0

    @property
    def speaking(self) -> bool:
        """Whether it is still saying something."""
        return self._clock.now() < self._until

    def say(self, deeds: list[Deed]) -> None:
        """Say these things, one after the other, after what is being said already."""
        if self.seconds > 0:
            self._until = max(self._until, self._clock.now()) + self.seconds * len(deeds)
            self._report("speaking")
            self._clock.call_later(self._until - self._clock.now(), self._fall_silent)
        else:
            self._report("idle")

    def _fall_silent(self) -> None:
        if not self.speaking:
            self._report("idle")

    def _report(self, state: str) -> None:
        session = self._client.session
        if session is not None:
            session.reported(Report(name="voice", state=state), self._client)  # type: ignore[arg-type]
