"""The herald: says what happens elsewhere, as the senses that are not in the browser tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cortex import BaseOptions, Cortex, Event, Register, Say, hookimpl

if TYPE_CHECKING:
    from cortex import Session, Stimulus


class Herald(Cortex):
    """Says the text of every event."""

    class Options(BaseOptions):
        """Whom it listens to."""

        senses: tuple[str, ...] = ("webhook", "clock", "feed")
        """The senses whose events it says."""

    def __init__(self, options: Any) -> None:
        super().__init__(options)
        self.perceives = frozenset(options.senses)

    async def perceive(self, stimulus: Stimulus, session: Session) -> Say | None:
        if not isinstance(stimulus, Event):  # any sense may be named in the options
            return None
        return Say(stimulus.text, stimulus.language, topic=f"{stimulus.sense} {stimulus.name}")


@hookimpl
def register_cortexes(register: Register[Cortex]) -> None:
    register("herald", Herald)
