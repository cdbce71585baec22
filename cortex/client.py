"""One connected browser: what it has, and what waits to be sent to it. Knows no socket."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cortex.action import Attend
from cortex.messages import Credit, Deed
from cortex.outbox import Outbox

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cortex.messages import Hello, Outgoing
    from cortex.session import Session
    from cortex.wire import Dialect


class Client:
    """A client, from the moment that its socket is open; it has a session once it has said hello.

    `hide` takes secrets out of what it is sent.
    """

    def __init__(
        self, dialect: Dialect, carriers: Mapping[str, frozenset[str]], hide: Callable[[str], str] | None = None
    ) -> None:
        self.dialect = dialect
        self.outbox = Outbox()
        self.session: Session | None = None
        self._carriers = carriers
        self._hide = hide
        self._senses: tuple[str, ...] | None = None
        self._actuators: tuple[str, ...] | None = None
        self._carries = self._carried()

    def greeted(self, hello: Hello) -> None:
        """Learn what the client has."""
        self._senses, self._actuators = hello.senses, hello.actuators
        self._carries = self._carried()

    def learn(self, carriers: Mapping[str, frozenset[str]]) -> None:
        """Learn which actuators there are now, and what each carries out."""
        self._carriers = carriers
        self._carries = self._carried()

    def perceives(self, sense: str) -> bool:
        """Tell whether the client has a sense."""
        return self._senses is None or sense in self._senses

    def acts(self, actuator: str) -> bool:
        """Tell whether the client has an actuator."""
        return self._actuators is None or actuator in self._actuators

    def send(self, message: Outgoing, *, slot: str | None = None) -> None:
        """Put a message in the outbox, if it concerns this client and its dialect has words for it."""
        if isinstance(message, Deed) and not self._concerns(message):
            return
        if (encoded := self.dialect.encode(message)) is not None:
            self.outbox.put(encoded if self._hide is None else self._hidden(encoded, self._hide), slot)

    @staticmethod
    def _hidden(encoded: str | bytes, hide: Callable[[str], str]) -> str | bytes:
        if isinstance(encoded, str):
            return hide(encoded)
        header, newline, payload = encoded.partition(b"\n")
        return hide(header.decode()).encode() + newline + payload

    def _concerns(self, deed: Deed) -> bool:
        if isinstance(deed.action, Attend):
            return self.perceives(deed.action.to) or self.acts(deed.action.to)
        return deed.action.__struct_config__.tag in self._carries

    def _carried(self) -> frozenset[Any]:
        """Return the types of the actions that the client carries out."""
        return frozenset(kind for kind, actuators in self._carriers.items() if any(map(self.acts, actuators)))

    def give_credit(self, sense: str) -> None:
        """Tell the client that it may send one more stimulus of a sense."""
        self.send(Credit(sense=sense))
