"""One bot's conversation: its state, and the clients that are its body. Knows no socket."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections import deque
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from msgspec.structs import replace

from cortex.action import Attend, Hush, Say, Show
from cortex.arbiter import Arbiter
from cortex.clock import Clock
from cortex.desk import Reply
from cortex.heirloom import carried_over
from cortex.messages import Deed, Heard, Ignored, Problem, Switched
from cortex.stimulus import Frame

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from cortex.action import Action
    from cortex.arbiter import ArbiterSettings, Priority, Spoken
    from cortex.client import Client
    from cortex.hindrance import Hindrance
    from cortex.messages import Outgoing, Report
    from cortex.stimulus import Sentence, Stimulus

INTERRUPTIBLE = 16  # stimuli, of those whose answers one may speak over, that are remembered

State = TypeVar("State")
Seeing = TypeVar("Seeing", Show, Frame)


class Glance(NamedTuple, Generic[Seeing]):
    """Somebody who waits for a fresh look."""

    sense: str
    seen: asyncio.Future[Seeing | None]
    fresh: set[str]
    """The ids of the frames that have come since."""


class Session:
    """What a cortex knows of the conversation that a stimulus belongs to."""

    def __init__(
        self,
        arbiter: ArbiterSettings | None = None,
        *,
        voices: frozenset[str] = frozenset(),
        clock: Clock | None = None,
        ways: Callable[[str, Session], list[Hindrance | None]] = lambda _, __: [],
        looks: Callable[[str], None] = lambda _: None,
        asks: Callable[[Stimulus, Session, Reply], None] = lambda _, __, ___: None,
    ) -> None:
        self.id = secrets.token_urlsafe(16)
        """Unguessable: who knows it can go on with the session."""
        self.language = ""
        """BCP 47 tag of the language last used by the person, such as `fr-FR`; empty where it is not known."""
        self.clients: list[Client] = []
        """Its body: the connected browsers."""
        self.off: set[str] = set()
        """The plugins that the person has switched off: they perceive nothing of this session."""
        self._arbiter = Arbiter(arbiter)
        self._voices = voices
        self._clock = clock or Clock()
        self._states: dict[tuple[str, str], Any] = {}
        self._view: tuple[float, str, Show] | None = None
        self._open: set[tuple[Client, str]] = set()  # what of which client is open
        self._blind: set[tuple[Client, str]] = set()  # what of which client does not work
        self._barred: dict[tuple[Client, str], str] = {}  # what of which client the person keeps shut, as it says
        self._heard_on: set[Client] = set()  # the clients whose voice is open
        self._lookers: list[Glance[Show]] = []
        self._snappers: list[Glance[Frame]] = []
        self._ways = ways
        self._looks = looks
        self._asks = asks
        self._answered: deque[str] = deque(maxlen=64)
        self._interruptible: dict[str, tuple[Stimulus, str]] = {}  # what a cortex answers that one may speak over
        self._unanswered: set[str] = set()
        self._begun: dict[Client, bool] = {}  # who is in the middle of a sentence; whether the voice was heard then
        self._cutting: deque[str] = deque(maxlen=16)  # the sentences that began while it was
        self.hesitating: set[asyncio.Future[None]] = set()
        """What is to be said unless somebody else answers; done once that is decided."""

    # For cortexes

    def state(self, kind: type[State]) -> State:
        """Return the session's own object of a class, made without arguments when it is first asked for.

        Where the plugin was reloaded, a new object of the new class takes over the attributes of the old one.
        """
        name = kind.__module__, kind.__qualname__
        state = self._states.get(name)
        if type(state) is not kind:
            state = self._states[name] = carried_over(state, kind())
        return state

    def view(self, within: float = 2.0) -> Show | None:
        """Return what was shown last, if that is no longer ago than `within` seconds."""
        if self._view is None or self._clock.now() - self._view[0] > within:
            return None
        return self._view[2]

    async def look(self, seconds: float = 5.0, *, sense: str = "vision") -> Show | None:
        """Take a fresh look, also where every eye is shut: return what is shown of a frame that comes from now on.

        `None`: nothing came in time, or the client reports that the sense does not work there.
        """
        return await self._glance(self._lookers, sense, seconds)

    async def snap(self, seconds: float = 5.0, *, sense: str = "vision") -> Frame | None:
        """Take a fresh look, also where every eye is shut: return the frame itself.

        `None`: nothing came in time, or the client reports that the sense does not work there.
        """
        return await self._glance(self._snappers, sense, seconds)

    async def _glance(self, waiting: list[Glance[Seeing]], sense: str, seconds: float) -> Seeing | None:
        future: asyncio.Future[Seeing | None] = asyncio.get_running_loop().create_future()
        glance = Glance(sense, future, set())
        waiting.append(glance)
        self._looks(sense)
        now = self._clock.time() * 1000
        deed = Deed(action=Attend(sense, "look"), answers="", captured=now, cortex="", ms={})
        watching = [client for client in self.clients if (client, sense) in self._open]
        for client in watching or self.clients:  # a shut eye is not opened for what an open one sees
            client.send(deed)
        giving_up = self._clock.call_later(seconds, _settle, future, None)
        try:
            return await future
        finally:
            giving_up.cancel()
            waiting.remove(glance)

    def perceived(self, kind: str) -> bool:
        """Tell whether an enabled cortex that works, or may be tried again, perceives a sense or a thought."""
        return None in self._ways(kind, self)

    def hindrance(self, kind: str) -> Hindrance | None:
        """Return what keeps an enabled cortex from perceiving a sense or a thought.

        `None`: nothing does, or no enabled cortex ever does.
        """
        ways = self._ways(kind, self)
        return None if None in ways else next(iter(ways), None)

    def attends(self, name: str) -> bool:
        """Tell whether a sense or an actuator is open on any client."""
        return any(open_ == name for _, open_ in self._open)

    def barred(self, name: str) -> str:
        """Return why a sense will not open anywhere, in words for the person who keeps it shut; empty: it may."""
        reasons = [self._barred.get((client, name), "") for client in self.clients if client.perceives(name)]
        return reasons[-1] if reasons and all(reasons) else ""

    async def ask(self, thought: Stimulus, seconds: float = 10.0) -> list[Action]:
        """Ask the cortexes that perceive a thought; return what they would show and say, which nobody else hears of.

        What they do besides, such as opening a sense, is done. Empty: nobody perceives it, or has answered in time.
        """
        reply = Reply()
        self._asks(thought, self, reply)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await reply.wait()
        return reply.actions

    def said(self, priority: Priority | None = None) -> Say | None:
        """Return what the bot said last, of what were answers or remarks if one is named; `None`: nothing yet."""
        return self._arbiter.last.get(priority)

    def cut_in(self, sentence: Sentence) -> bool:
        """Tell whether the bot's voice was being heard when a person began a sentence."""
        return sentence.id in self._cutting

    # For the router

    def looked(self, cortex: str, stimulus: Stimulus) -> None:
        """Take note that a cortex is done with a stimulus."""
        if isinstance(stimulus, Frame):
            self._arbiter.looked(cortex, stimulus, self._clock.now())

    def is_asked(self, stimulus: Stimulus, *, snaps: bool = True) -> bool:
        """Tell whether somebody asks about a stimulus: by a tap, or by a look that is being taken.

        Whoever snaps gets the frame itself, and answers; without `snaps` that does not count.
        """
        if isinstance(stimulus, Frame) and stimulus.asked:
            return True
        senses = [*(glance.sense for glance in self._lookers), *(glance.sense for glance in self._snappers if snaps)]
        return stimulus.sense in senses

    def perceives(self, stimulus: Stimulus) -> None:
        """Take note of what was perceived: whoever waits for a frame gets it."""
        if not isinstance(stimulus, Frame):
            return
        for glance in self._lookers:
            glance.fresh.add(stimulus.id)
        self._end(self._snappers, stimulus, stimulus.sense)

    def carry(
        self,
        action: Action,
        stimulus: Stimulus,
        cortex: str,
        ms: dict[str, float],
        *,
        once: bool = False,
        holds: bool = False,
        interruptible: bool = False,
    ) -> None:
        """Have an action carried out by the clients that can, or not, as the arbiter decides.

        `once`: the cortex does not look at every frame; `holds`: it looks again once something has changed, so that
        what it shows is true till then. `interruptible`: whoever speaks over it ends it.
        """
        if isinstance(action, Say):
            if interruptible:
                self._interruptible[stimulus.id] = stimulus, cortex
                while len(self._interruptible) > INTERRUPTIBLE:
                    del self._interruptible[next(iter(self._interruptible))]
            if action.hesitate > 0:
                self._hesitate(action, stimulus, cortex, ms)
                return
            self._answered.append(stimulus.id)
            self._unanswered.discard(stimulus.id)
            for spoken in self._arbiter.consider(action, stimulus, cortex, self._clock.now(), once=once):
                self._speak(spoken, ms)
            return
        if isinstance(action, Show):
            self._shown(action, stimulus)
        elif isinstance(action, Attend):
            if action.to in self._voices:
                self._arbiter.quiet = action.state == "closed"
            self._shut(action.to, action.state)
        deed = self._deed(action, stimulus, cortex, ms)
        if isinstance(action, Show):
            self.send(replace(deed, holds=holds), slot=f"show {cortex}")
        else:
            self.send(deed)

    def interrupt(self, cortexes: Container[str] | None = None) -> None:
        """Have the voice drop what a cortex says that one may speak over, and what of it was still to be said.

        `cortexes`: only what these say. Also what seems to have been said to the end: that a voice is idle is known
        here too late, and there may be two.
        """
        for stimulus, cortex in list(self._interruptible.values()):
            if cortexes is None or cortex in cortexes:
                del self._interruptible[stimulus.id]
                self.send(self._deed(Hush(of=stimulus.id), stimulus, "", {}))

    def _hesitate(self, say: Say, stimulus: Stimulus, cortex: str, ms: dict[str, float]) -> None:
        """Say something later, unless somebody else has said something to the same stimulus by then."""
        if stimulus.id in self._answered:
            return
        said: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def speak_up(said: asyncio.Future[None]) -> None:
            self.hesitating.discard(said)
            said.set_result(None)
            if stimulus.id in self._unanswered:
                self.carry(replace(say, hesitate=0.0), stimulus, cortex, ms)

        self.hesitating.add(said)
        self._unanswered.add(stimulus.id)
        self._clock.call_later(say.hesitate, speak_up, said)

    def _shown(self, show: Show, stimulus: Stimulus) -> None:
        self._view = self._clock.now(), stimulus.sense, show
        # What is shown of a sentence, or of a frame of before, is nothing that was looked at now.
        self._end([glance for glance in self._lookers if stimulus.id in glance.fresh], show, stimulus.sense)

    def _shut(self, sense: str, state: str) -> None:
        if state == "closed" and self._view is not None and self._view[1] == sense:
            self._view = None  # what a shut eye has seen is no longer in view
            self._arbiter.shut(self._clock.now())

    def _end(self, waiting: list[Glance[Seeing]], seen: Seeing | None, sense: str) -> None:
        for glance in waiting:
            if glance.sense == sense:
                _settle(glance.seen, seen)

    def _speak(self, spoken: Spoken, ms: dict[str, float]) -> None:
        self.send(self._deed(spoken.say, spoken.stimulus, spoken.cortex, ms, spoken.priority))

    def _deed(
        self, action: Action, stimulus: Stimulus, cortex: str, ms: dict[str, float], priority: Any = None
    ) -> Deed:
        captured = stimulus.captured * 1000
        return Deed(action=action, answers=stimulus.id, captured=captured, cortex=cortex, ms=ms, priority=priority)

    def send(self, message: Outgoing, *, slot: str | None = None, but: Client | None = None) -> None:
        """Send a message to every client that it concerns, except one."""
        for client in self.clients:
            if client is not but:
                client.send(message, slot=slot)

    def problem(self, code: str, message: str, answers: str | None = None) -> None:
        """Tell the clients that something went wrong."""
        self.send(Problem(code=code, message=message, answers=answers))

    # For the bot

    def switch(self, off: set[str]) -> None:
        """Have these plugins switched off, and all others on; tell the clients."""
        self.off = off
        self.send(Switched(off=sorted(off)))

    def admits(self, sentence: Sentence, client: Client) -> bool:
        """Tell whether a sentence is a person's; tell the clients of it, or of what it was."""
        if sentence.aloud and self._arbiter.is_own_voice(sentence, self._clock.now()):
            client.send(Ignored(answers=sentence.id))
            return False
        over = self._begun.setdefault(client, self._arbiter.speaking(self._clock.now()))
        if sentence.final:
            del self._begun[client]
            if over:
                self._cutting.append(sentence.id)
        if sentence.language:
            self.language = sentence.language
        if sentence.final and len(self.clients) > 1:
            heard = Heard(id=sentence.id, sense=sentence.sense, text=sentence.text, language=sentence.language)
            self.send(heard, but=client)
        return True

    def leaves(self, client: Client) -> None:
        """Take note that a client has gone."""
        self.clients.remove(client)
        self._begun.pop(client, None)
        self._open = {(other, name) for other, name in self._open if other is not client}
        self._blind = {(other, name) for other, name in self._blind if other is not client}
        self._barred = {key: reason for key, reason in self._barred.items() if key[0] is not client}
        if client in self._heard_on:
            self._heard_on.remove(client)
            self._arbiter.voice_ended(self._clock.now())

    def reported(self, report: Report, client: Client) -> None:
        """Take note of what an actuator of a client is doing; the bot is quiet when no client's voice is open."""
        self._shut(report.name, report.state)
        if report.state == "open":
            self._open.add((client, report.name))
        elif report.state in ("closed", "failed"):
            self._open.discard((client, report.name))
        if report.state in ("open", "closed"):
            self._barred[client, report.name] = report.reason if report.state == "closed" else ""
        if report.state == "failed":
            self._blind.add((client, report.name))
        elif report.state in ("open", "closed"):
            self._blind.discard((client, report.name))
        if all((each, report.name) in self._blind for each in self.clients if each.perceives(report.name)):
            self._end(self._lookers, None, report.name)
            self._end(self._snappers, None, report.name)
        if report.name not in self._voices:
            return
        now = self._clock.now()
        if report.state == "speaking":
            self._arbiter.voice_began(now)
            return
        if report.state == "open":
            self._heard_on.add(client)
            self._arbiter.quiet = False
        elif report.state == "closed":
            self._heard_on.discard(client)
            self._arbiter.quiet = not self._heard_on
        self._arbiter.voice_ended(now)
        for spoken in self._arbiter.release(now):
            self._speak(spoken, {})


def _settle(future: asyncio.Future[Seeing | None], seen: Seeing | None) -> None:
    if not future.done():
        future.set_result(seen)
