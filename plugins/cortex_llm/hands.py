"""Does what the model wants done with tools, as far as it may. Knows no server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cortex import Attend, Meaning, Say, Show
from cortex_llm import seeing, toolbox

if TYPE_CHECKING:
    from cortex import Action, Session
    from cortex_llm.reply import Call
    from cortex_llm.toolbox import Question, Tool

ASKED = "The person is asked to confirm. It is not done, and you must not say that it is."
MOST = 8
"""Tools that are used at once."""
WAIT = 5.0  # seconds for another cortex, or for a look


class Outcome(NamedTuple):
    """What came of a tool."""

    told: str
    """What the model is told."""
    idea: Action | Meaning | None = None
    """What the bot is to do."""
    picture: str = ""
    """What the model gets to see: a data URL."""
    asks: str = ""
    """What the person is asked now, in words for the model; nothing more is said then, so that a yes answers that."""


class Hands:
    """Uses tools for the answer to one sentence."""

    def __init__(self, meaning: Meaning, session: Session, side: int) -> None:
        self._meaning = meaning
        self._session = session
        self._side = side
        self._asked = False
        self._turned: dict[str, bool] = {}

    @property
    def eye(self) -> bool:
        """Whether the eye is open, or has just been told to open: a camera takes its time."""
        return self._turned.get("vision", self._session.attends("vision"))

    async def use(self, call: Call, offered: list[dict[str, Any]]) -> Outcome:
        """Use a tool; what is wrong with the call is told to the model."""
        try:
            tool = toolbox.read(call.name, call.arguments, offered)
        except toolbox.WrongCallError as error:
            return Outcome(f"Error: {error}")
        return await self._do(tool)

    async def _do(self, tool: Tool) -> Outcome:
        match tool:
            case toolbox.Look():
                return await self._look()
            case toolbox.Recognise():
                return await self._recognise()
            case toolbox.Teach(name=name):
                return self._lesson("learn", name)
            case toolbox.Forget(name=name):
                return self._lesson("forget", name)
            case toolbox.Attend(sense=sense, state=state):
                if state == "open" and (barred := self._session.barred(sense)):
                    return Outcome(f"Error: it stays shut, as the person wants it: {barred}")
                self._turned[sense] = state == "open"
                return Outcome(f"Done: {sense} is {state}.", Attend(sense, state))
            case toolbox.Ask(what=what, thing=thing):
                return await self._ask(what, thing)
        raise AssertionError(tool)

    async def _look(self) -> Outcome:
        picture = await seeing.picture(self._session, self._side, eye=self.eye)
        if picture is None:
            return Outcome("Error: no picture came. The eye may be shut.")
        return Outcome("The picture is now with the person's last sentence.", picture=picture)

    async def _recognise(self) -> Outcome:
        show = await self._session.look(WAIT)
        if show is None:
            return Outcome("Nothing is recognised.")
        return Outcome(_words([show]) + ("" if show.sure else " (not sure)"))

    def _lesson(self, intent: str, name: str) -> Outcome:
        if self._asked:
            return Outcome("Error: one lesson at a time; the person is asked about another already.")
        self._asked = True
        return Outcome(ASKED, self._thought(intent, name), asks=f"(The person is asked whether to {intent} “{name}”.)")

    async def _ask(self, what: Question, thing: str) -> Outcome:
        if what not in toolbox.questions(self._session, eye=self.eye):
            return Outcome(f"Error: nobody can be asked about {what} now.")
        if what in toolbox.ABOUT and not thing.strip():
            return Outcome(f"Error: wrong arguments for ask: {what} needs `thing`.")
        told = await self._session.ask(self._thought(what, thing), WAIT)
        return Outcome(_words(told) or "There was no answer.")

    def _thought(self, intent: str, thing: str) -> Meaning:
        fields: dict[str, Any] = {field: getattr(self._meaning, field) for field in Meaning.__struct_fields__}
        slots = {"thing": thing.strip()} if thing.strip() else {}
        return Meaning(**{**fields, "intent": intent, "slots": slots, "guessed": True})


def _words(actions: list[Action] | list[Show]) -> str:
    """Return what is said and shown, in words."""
    texts = []
    for action in actions:
        if isinstance(action, Say):
            texts.append(action.text)
        elif isinstance(action, Show):
            texts += [f"{label.name} ({label.score:.0%})" for label in action.labels]
            texts += [action.text] if action.text else []
    return "\n".join(dict.fromkeys(texts))
