"""A language model, anywhere that speaks OpenAI's protocol: free talk, that sees and uses what the bot can do."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, ClassVar

from cortex import Cortex, Meaning, Register, Say, ServiceError, hookimpl
from cortex_llm import history, phrases
from cortex_llm.options import LlmOptions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from cortex import Action, Session
    from cortex_llm.client import Client
    from cortex_llm.manners import Feature

TROUBLES = {
    "pictures": "cannot see pictures; set sees: never",
    "tools": "cannot use tools; set tools: false",
    "thinks": "thinks aloud; set thinks: true",
    "length": "used up max_tokens before it said anything: raise it, or take a model that does not think first",
}


class Llm(Cortex):
    """Answers what nobody else understood, sentence by sentence; one may speak over it."""

    Options = LlmOptions
    perceives = frozenset({"meaning:talk"})
    interruptible = True
    timeout = 120
    uses: ClassVar[Mapping[str, str]] = {
        "request": "a request",
        "input": "a million tokens that are read",
        "output": "a million tokens that are written",
    }

    options: LlmOptions

    def __init__(self, options: LlmOptions) -> None:
        super().__init__(options)
        self.place = options.place
        self._client: Client | None = None
        self._troubles: set[str] = set()

    def start(self) -> None:
        """Import the library; nobody is asked before somebody speaks."""
        import numpy  # noqa: F401 - here, so that the first picture need not wait for it
        import openai  # noqa: F401 - as what follows
        import PIL.Image  # noqa: F401

        from cortex_llm.client import Client

        self._client = Client(self, self.options, self._concede)

    async def stop(self) -> None:
        """Hang up."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def perceive(self, meaning: Meaning, session: Session) -> AsyncIterator[Action | Meaning]:
        """Answer a sentence; what was said of it is remembered, also where somebody speaks over it."""
        from cortex_llm.answer import Answer

        if self._client is None:
            raise RuntimeError("it has stopped")
        past = session.state(history.History)
        turn = history.Turn(meaning.text)
        language = meaning.language or session.language
        answer = Answer(self._client, self.options, meaning, session)
        turn.end = history.CUT
        try:
            async with aclosing(answer.ideas(past.messages())) as ideas:
                async for idea in ideas:
                    if isinstance(idea, Say):
                        turn.said.append(idea.text)
                    yield idea
            turn.end = answer.asks
            self._troubled("length", answer.exhausted)
            self._troubled("thinks", answer.thinks_aloud)
        except ServiceError:
            turn.end = history.LOST
            yield phrases.say("broken" if turn.said else "away", language)
            raise
        finally:
            past.keep(turn, self.options.history)

    def _concede(self, feature: Feature) -> None:
        if feature in TROUBLES:
            self._troubled(feature, True)

    def _troubled(self, what: str, there: bool) -> None:
        """Show on the page what the model cannot do, as long as that is so."""
        before = set(self._troubles)
        (self._troubles.add if there else self._troubles.discard)(what)
        if self._troubles != before:
            told = "; ".join(TROUBLES[each] for each in TROUBLES if each in self._troubles)
            self.trouble(told and f"{self.options.model} {told}")


@hookimpl
def register_cortexes(register: Register[Cortex]) -> None:
    register("llm", Llm)
