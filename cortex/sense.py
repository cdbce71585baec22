"""What a sense is: it turns what a client sends into a stimulus. It knows no socket and no cortex."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

import msgspec

from cortex.clock import Clock
from cortex.cortex import BaseOptions
from cortex.errors import RefusedError
from cortex.stimulus import Stimulus

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from cortex.post import Post


class Emit(Protocol):
    """Takes a stimulus to every session that is open; returns how many those are."""

    def __call__(self, stimulus: Stimulus, /) -> int: ...


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What every stimulus says of itself on the wire. Subclass it to give your sense fields of its own."""

    sense: str
    id: str | None = None
    captured: float | None = None
    """When it was perceived, ms since 1970."""

    def common(self) -> dict[str, Any]:
        """Return the fields that every `Stimulus` has, as keyword arguments for its constructor."""
        fields: dict[str, Any] = {"sense": self.sense}
        if self.id is not None:
            fields["id"] = self.id[:64]
        if self.captured is not None:
            fields["captured"] = self.captured / 1000
        return fields


class Sense:
    """A kind of input. Subclass it and write `decode`; give it a `client` if it lives in the browser."""

    Options: ClassVar[type[BaseOptions]] = BaseOptions
    """The schema of its section in config.yaml: override it with a nested class of the same name."""
    Header: ClassVar[type[Header]] = Header
    """The type of the header, checked before `decode` sees it."""
    client: ClassVar[str | None] = None
    """The ES module of its browser half: a file beside the Python file, or a path of the page that begins with `/`."""
    keep: ClassVar[Literal["all", "latest"]] = "all"
    """What waits for a busy cortex: all (64 at most), or the latest only, and then clients send by credit."""
    like: ClassVar[str | None] = None
    """Another sense, such as `vision`: the cortexes that perceive that one perceive this one too."""

    clock: Clock = Clock()
    """The time to go by: wait with `await self.clock.sleep(seconds)`, and a test can move it. Set by the bot."""
    on_trouble: Callable[[str], None] | None = None
    """Who listens to `trouble`. Set by the bot."""

    def __init__(self, options: Any) -> None:
        self.options: Any = options
        """The checked options, an instance of this class' `Options`."""

    def trouble(self, reason: str) -> None:
        """Show on the page why it perceives less than it should, while it goes on; an empty reason ends that."""
        if self.on_trouble is not None:
            self.on_trouble(reason)

    def settings(self) -> dict[str, Any]:
        """Return what the browser half needs to know: its options, if you do not say otherwise."""
        return dict(msgspec.to_builtins(self.options))

    def decode(self, header: Any, payload: bytes) -> Stimulus:
        """Make a stimulus of a header and a payload, quickly: what costs time belongs in `Stimulus.prepare`.

        Raises:
            StimulusError: it cannot be perceived; the client is told why.
        """
        return Stimulus(**header.common())

    def run(self, emit: Emit) -> Awaitable[None] | None:
        """Perceive on the server, for as long as it runs: `emit(stimulus)` takes it to every session that is open.

        An `async def`, which must not block the event loop. One that raises is shown as failing, and run again after
        growing pauses; one that returns is done. It is cancelled when the server stops.
        """
        return None

    def post(self, name: str, post: Post) -> Stimulus | Awaitable[Stimulus]:
        """Make a stimulus, for every session that is open, of what was sent to `POST /senses/<sense>/<name>`.

        An `async def` runs on the event loop, a plain function in a worker thread.

        Raises:
            RefusedError: it is not taken; the sender gets its status and text.
        """
        raise RefusedError(404, "this sense takes no posts")
