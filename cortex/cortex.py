"""What a cortex is: it takes the stimuli of the senses it names and yields actions. It knows nothing of the web."""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import msgspec

from cortex.action import Action
from cortex.clock import Clock
from cortex.place import Place
from cortex.stimulus import Stimulus

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

    from cortex.limits import On
    from cortex.session import Session

# What `perceive` may return: nothing, an action or thought or some, now or later, or one after the other as they come.
Idea = Action | Stimulus
Ideas = Idea | Iterable[Idea] | None
Outcome = Ideas | Awaitable[Ideas] | AsyncIterable[Idea]


SecretText = Annotated[str, msgspec.Meta(extra={"secret": True})]
"""The type of an option that is a secret: it is refused where it stands in the config itself."""


class BaseOptions(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The options of a plugin: a nested `class Options(BaseOptions)` is the schema of its section in config.yaml."""


class Cortex:
    """A processing unit. Subclass it, say what it perceives, and write `perceive`."""

    Options: ClassVar[type[BaseOptions]] = BaseOptions
    """The schema of its section in config.yaml: override it with a nested class of the same name."""
    perceives: AbstractSet[str] = frozenset()
    """The names of the senses whose stimuli it takes, and of the thoughts of other cortexes, such as `seen`."""
    thinks: AbstractSet[str] = frozenset()
    """The thoughts that it may have, such as `meaning`: where nobody has those that another needs, people are told."""
    interim: bool = False
    """Whether it also wants sentences that the recogniser may still change."""
    concurrency: int | None = None
    """How many sessions it may think for at once; `None`: 1 for a plain `perceive`, 64 for an asynchronous one.

    May be set in `start()`. Within one session it thinks of one stimulus at a time.
    """
    timeout: float = 30.0
    """Seconds that it may think about one stimulus where its section in config.yaml does not say."""
    on: On = "always"
    """Which frames it looks at where its section in config.yaml does not say: see the limit of this name."""
    interruptible: bool = False
    """Whether a person who speaks ends what it still thinks and says of the sentence before; for an `async` one."""
    place: Place = Place()
    """Where what it perceives goes, for the page to tell; may be set in `__init__()` or `start()`."""
    uses: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """What it uses that may cost money: names for `prices` and `spend()`, and what one of each is."""

    clock: Clock = Clock()
    """The time to go by: wait with `await self.clock.sleep(seconds)`, and a test can move it. Set by the bot."""
    on_trouble: Callable[[str], None] | None = None
    """Who listens to `trouble`. Set by the bot."""
    on_spend: Callable[[Mapping[str, float]], None] | None = None
    """Who listens to `spend`. Set by the bot."""
    on_budget: Callable[[], bool] | None = None
    """Who knows what `may_spend` tells. Set by the bot."""

    def __init__(self, options: Any) -> None:
        self.options: Any = options
        """The checked options, an instance of this class' `Options`."""

    def trouble(self, reason: str) -> None:
        """Show on the page why it does less than it should, while it goes on; an empty reason ends that."""
        if self.on_trouble is not None:
            self.on_trouble(reason)

    def spend(self, **amounts: float) -> None:
        """Count what was used, as in `spend(image=1)`, against `max_cost_per_day`; from any thread.

        Raises:
            ValueError: it is not among what the class says that it `uses`.
        """
        if unknown := amounts.keys() - self.uses.keys():
            raise ValueError(f"{type(self).__name__} uses {', '.join(self.uses) or 'nothing'}; not {min(unknown)!r}")
        if self.on_spend is not None:
            self.on_spend(amounts)

    def may_spend(self) -> bool:
        """Tell whether `max_cost_per_day` leaves anything; on the event loop.

        Nobody is called who may not. Ask before each further request for the same stimulus.
        """
        return self.on_budget is None or self.on_budget()

    def start(self) -> Awaitable[None] | None:
        """Get ready, once per server: import heavy libraries, load a model.

        A plain function runs in a worker thread. A `CortexError` is shown as it is, as the reason of the failure.
        """
        return None

    def stop(self) -> Awaitable[None] | None:
        """Let go of everything, once per server."""
        return None

    def join(self, session: Session) -> Awaitable[None] | None:
        """Notice that a session begins."""
        return None

    def leave(self, session: Session) -> Awaitable[None] | None:
        """Notice that a session has ended."""
        return None

    def perceive(self, stimulus: Any, session: Session) -> Outcome:
        """Think about one stimulus; return or yield actions, and thoughts, which other cortexes perceive.

        A coroutine or an async generator runs on the event loop and must not block it; a plain function or generator
        runs in a worker thread. An error raised here is shown to the client and logged; nothing else is affected.
        """
        return None
