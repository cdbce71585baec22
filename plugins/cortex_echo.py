"""The echo: says what it hears, for benchmarks and for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cortex import Cortex, Register, Say, Sentence, hookimpl

if TYPE_CHECKING:
    from cortex import Session


class Echo(Cortex):
    """Says every sentence again."""

    perceives = frozenset({"hearing", "reading"})

    async def perceive(self, stimulus: Sentence, session: Session) -> Say:
        return Say(stimulus.text, stimulus.language)


@hookimpl
def register_cortexes(register: Register[Cortex]) -> None:
    register("echo", Echo)
