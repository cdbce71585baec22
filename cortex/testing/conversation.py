"""One person's conversation with the bot: what the person lets it perceive, and what came of it. Knows no config."""

from __future__ import annotations

import asyncio
import itertools
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import msgspec

from cortex.action import Action, Say, Show
from cortex.errors import WireError
from cortex.messages import Hello, Perceived, Report
from cortex.stimulus import Frame
from cortex.testing.notes import Notes
from cortex.testing.pictures import encoded
from cortex.testing.voice import Voice

if TYPE_CHECKING:
    from collections.abc import Callable

    from cortex.bot import Bot as Core
    from cortex.client import Client
    from cortex.messages import Deed
    from cortex.session import Session
    from cortex.stimulus import Stimulus
    from cortex.testing.clock import Clock
    from cortex.testing.pictures import Picture
    from cortex.testing.settling import Settling

ECHO = 2.01  # seconds in which the bot may take what it hears for its own voice
FRAME = 0.1  # seconds between two frames


class Conversation(ABC):
    """A person before the bot: shows and tells it things, each of which waits until everybody is done thinking.

    Who waits for the clock, or for a look, is not waited for: go on with `clock.advance` or with `see`.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._notes = Notes()
        self._ids = itertools.count(1)
        self._client: Client | None = None
        self._voice: Voice | None = None
        self._speech = 0.0

    # Perceiving

    async def see(self, picture: Picture, *, asked: bool = False, times: int = 1, wait: bool = True) -> None:
        """Show it a picture: a path, the bytes of a JPEG, PNG or WebP, a Pillow image, or a NumPy array.

        One frame of it is enough for a remark, since `arbiter.stable` is 1 in tests. `times`: so many frames, a tenth
        of a second apart by the clock. `asked`: a person asks about this very picture.
        """
        payload = encoded(picture)
        for number in range(times):
            if number:
                await self.clock.advance(FRAME)
            perceived = self._perceived("vision", {}, payload)
            if asked:
                await self._notice(await self._asked(perceived), wait=wait)
            else:
                await self._take(perceived, wait=wait)

    async def hear(self, text: str, language: str = "", *, final: bool = True, wait: bool = True) -> None:
        """Say something to it.

        Where it would take that for the echo of what it has just said, two seconds pass first by the clock, unless it
        is still speaking (see `speech`).
        """
        header = {"text": text, "language": language, "final": final}
        self._notes.ignored.clear()
        await self._take(self._perceived("hearing", header), wait=wait)
        if self._notes.ignored and not self.speaking:
            await self.clock.advance(ECHO)
            await self._take(self._perceived("hearing", header), wait=wait)

    async def read(self, text: str, language: str = "", *, wait: bool = True) -> None:
        """Type something to it."""
        await self._take(self._perceived("reading", {"text": text, "language": language}), wait=wait)

    async def perceive(self, sense: str, payload: bytes = b"", /, *, wait: bool = True, **header: Any) -> None:
        """Let it perceive anything: the name of a sense, the bytes that a client would send, the fields of its header.

        Raises:
            WireError: the sense does not take it, or is not enabled.
        """
        await self._take(self._perceived(sense, header, payload), wait=wait)

    async def report(self, name: str, state: str, reason: str = "") -> None:
        """Tell it what a sense or an actuator of the client does: `open`, `closed`, `failed`, `speaking` or `idle`."""
        client = await self._connected()
        report = msgspec.convert({"name": name, "state": state, "reason": reason}, Report)
        self.session.reported(report, client)
        await self._settle()

    # What came of it

    @property
    def said(self) -> list[str]:
        """What it said, oldest first."""
        return [say.text for say, _ in self._says]

    @property
    def answers(self) -> list[str]:
        """What of it were answers."""
        return [say.text for say, priority in self._says if priority == "answer"]

    @property
    def remarks(self) -> list[str]:
        """What of it were remarks, which nobody had asked for."""
        return [say.text for say, priority in self._says if priority == "remark"]

    @property
    def _says(self) -> list[tuple[Say, str | None]]:
        return [(deed.action, deed.priority) for deed in self._notes.deeds if isinstance(deed.action, Say)]

    @property
    def shown(self) -> list[Show]:
        """What it showed, newest last."""
        return [deed.action for deed in self._notes.deeds if isinstance(deed.action, Show)]

    @property
    def actions(self) -> list[Action]:
        """Everything that an enabled actuator was given to do, and what senses were told, newest last."""
        return [deed.action for deed in self._notes.deeds]

    @property
    def deeds(self) -> list[Deed]:
        """The same, each with the cortex it is of, the stimulus that it answers, and whether it is an answer."""
        return list(self._notes.deeds)

    @property
    def problems(self) -> list[str]:
        """What went wrong, such as `greeter: ValueError: …`. What the test has not looked at here fails it."""
        self._notes.looked_at = len(self._notes.problems)
        return [problem.message for problem in self._notes.problems]

    @property
    def unexpected(self) -> list[str]:
        """The problems that the test has not looked at."""
        return [problem.message for problem in self._notes.problems[self._notes.looked_at :]]

    def clear(self) -> None:
        """Forget what was said, shown and done so far, and the problems that were looked at."""
        self._notes.clear()

    async def until(self, condition: Callable[[], object], seconds: float = 10.0) -> None:
        """Wait until something holds that the world, not the test, brings about, for so many seconds of real time.

        It is looked at whenever the client is sent something: `await bot.until(lambda: bot.said)`.
        """
        await self._connected()
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    self._notes.changed.clear()
                    await self._notes.changed.wait()
                    await self._settle()
        except TimeoutError:
            problems = [problem.message for problem in self._notes.problems]
            text = f"it did not come to that within {seconds:g} s; said {self.said}, problems {problems}"
            raise AssertionError(text) from None

    # The voice

    @property
    def speech(self) -> float:
        """How many seconds its voice takes for each thing that it says, by the clock; 0, as at first: no time at all.

        While it speaks, remarks on a picture are dropped and those on an event wait, as they really do.
        """
        return self._speech

    @speech.setter
    def speech(self, seconds: float) -> None:
        self._speech = seconds
        if self._voice is not None:
            self._voice.seconds = seconds

    @property
    def speaking(self) -> bool:
        """Whether its voice is still saying something."""
        return self._voice is not None and self._voice.speaking

    @property
    def has_to_say(self) -> bool:
        """Whether its voice was given something that it has not begun to say."""
        return bool(self._notes.unsaid)

    # The session

    @property
    @abstractmethod
    def session(self) -> Session:
        """The session that its cortexes are handed; its `language` may be set."""

    @abstractmethod
    async def _core(self) -> Core:
        """Return the bot, made and started."""

    @property
    @abstractmethod
    def _settling(self) -> Settling:
        """What waits until everybody is done thinking."""

    # Internal

    async def _connected(self) -> Client:
        core = await self._core()
        if self._client is None:
            self._client = core.connect(self._notes)
            self._voice = Voice(self._client, self.clock)
            self._voice.seconds = self._speech
            core.greet(self._client, Hello(session=self.session.id))
            # It asks for `statuses`; were it told of them, a day of the clock would be 86,400 looks at them.
            core._clients.discard(self._client)  # noqa: SLF001 - there is no other way to be told of all but that
            await self._settle()
        return self._client

    def _leave(self) -> None:
        self._client = self._voice = None
        self._notes.unsaid.clear()

    def _perceived(self, sense: str, header: dict[str, Any], payload: bytes = b"") -> Perceived:
        known = {"sense": sense, "id": f"{sense}-{next(self._ids)}", "captured": self.clock.time() * 1000}
        return Perceived(sense=sense, header={**known, **header}, payload=payload)

    async def _take(self, perceived: Perceived, *, wait: bool) -> None:
        client = await self._connected()
        core = await self._core()
        core.take(client, perceived)
        await self._done(wait=wait)

    async def _asked(self, perceived: Perceived) -> Frame:
        core = await self._core()
        sense = core.plugins.senses.get("vision")
        if sense is None:
            raise WireError("unknown-sense", "no sense 'vision' is enabled")
        frame = sense.decode(msgspec.convert(perceived.header, sense.Header), perceived.payload)
        if not isinstance(frame, Frame):
            raise TypeError(f"{frame!r} is no frame that can be asked about")
        return msgspec.structs.replace(frame, asked=True)

    async def _notice(self, stimulus: Stimulus, *, wait: bool = True) -> None:
        client = await self._connected()
        core = await self._core()
        core.perceive(stimulus, self.session, client)
        await self._done(wait=wait)

    async def _done(self, *, wait: bool) -> None:
        if wait:
            await self._settle()
        else:
            self._settling.let_go()

    async def _settle(self) -> None:
        await self._settling.settle()

    def _speak(self) -> bool:
        """Have the voice say what it was given; tell whether that was anything."""
        deeds, self._notes.unsaid = self._notes.unsaid, []
        if deeds and self._voice is not None:
            self._voice.say(deeds)
        return bool(deeds)
