"""Many cortexes, one voice: decides what is said, and when. Sans-I/O: no socket, no clock, no session."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import msgspec

from cortex.echo import Echo, duration
from cortex.stimulus import Frame, Sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cortex.action import Say
    from cortex.stimulus import Stimulus

Priority = Literal["answer", "remark"]

MAX_WAITING = 8  # remarks that wait for the voice to fall silent
FRESH = 30.0  # seconds after which a waiting remark is no longer worth saying
ECHO_TAIL = 2.0  # seconds after the voice fell silent in which a recogniser may still deliver its words


class ArbiterSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When the bot remarks on what it sees."""

    stable: Annotated[int, msgspec.Meta(ge=1)] = 3
    """Over how many frames in a row a thing must be seen before it is said."""
    absence: Annotated[float, msgspec.Meta(ge=0)] = 3.0
    """Seconds that a thing must be out of view before it is said again."""


class Spoken(NamedTuple):
    """A thing to be said, decided."""

    say: Say
    priority: Priority
    cortex: str
    stimulus: Stimulus


class Sights:
    """What one cortex sees, and over how many frames in a row."""

    def __init__(self) -> None:
        self.rare = False
        """Whether the cortex does not look at every frame: what it saw stays in view until it looks again."""
        self._frame = ""
        self._now: dict[str, int] = {}
        self._before: dict[str, int] = {}

    @property
    def topics(self) -> set[str]:
        """What was in the last look."""
        return set(self._now)

    def has_looked_at(self, frame: str) -> bool:
        """Tell whether a frame is the one that was looked at last."""
        return frame == self._frame

    def look(self, frame: str) -> None:
        """Notice that a frame was looked at."""
        if frame != self._frame:
            self._frame, self._before, self._now = frame, self._now, {}

    def count(self, topic: str, frame: str) -> int:
        """Notice that a topic is in a frame; return over how many frames in a row it has been."""
        self.look(frame)
        self._now[topic] = self._before.get(topic, 0) + 1
        return self._now[topic]


class Arbiter:
    """One session's voice. Every time is in seconds, of any one clock that only goes forward."""

    def __init__(self, settings: ArbiterSettings | None = None) -> None:
        self.settings = settings or ArbiterSettings()
        self.quiet = False
        """While true, no remark is made; answers still are, for the eye."""
        self.last: dict[Priority | None, Say] = {}
        """What was said last, of each priority and of any."""
        self._sights: dict[str, Sights] = {}
        self._in_view: dict[str, float] = {}
        self._waiting: deque[tuple[float, Spoken]] = deque(maxlen=MAX_WAITING)
        self._speaking_until = 0.0
        self._silent_since = 0.0
        self._echo = Echo()

    def consider(
        self, say: Say, stimulus: Stimulus, cortex: str, now: float, *, once: bool = False
    ) -> Iterator[Spoken]:
        """Yield what is to be said now because a cortex wants to say `say` of `stimulus`: it, or nothing.

        `once`: the cortex does not look at every frame, so that one look has to do.
        """
        if isinstance(stimulus, Sentence) or (isinstance(stimulus, Frame) and stimulus.asked):
            if say.topic:  # what was just answered is not remarked on
                self._in_view[_key(say)] = now
            yield self._speak(Spoken(say, "answer", cortex, stimulus), now)
        elif isinstance(stimulus, Frame):
            if self._is_news(say, stimulus, cortex, now, once) and not self.quiet and not self.speaking(now):
                self._in_view[_key(say)] = now
                yield self._speak(Spoken(say, "remark", cortex, stimulus), now)
        else:
            self._waiting.append((now, Spoken(say, "remark", cortex, stimulus)))
            yield from self.release(now)

    def _is_news(self, say: Say, frame: Frame, cortex: str, now: float, once: bool) -> bool:
        topic = _key(say)
        sights = self._sights.setdefault(cortex, Sights())
        sights.rare = once
        self.looked(cortex, frame, now)
        held = set[str]().union(*(each.topics for each in self._sights.values() if each.rare))
        frames = sights.count(topic, frame.id)
        self._in_view = {
            name: at for name, at in self._in_view.items() if name in held or now - at <= self.settings.absence
        }
        if topic in self._in_view:
            self._in_view[topic] = now
            return False
        return once or frames >= self.settings.stable

    def looked(self, cortex: str, frame: Frame, now: float) -> None:
        """Notice that a cortex has looked at a frame, whether it has anything to say of it or not."""
        sights = self._sights.get(cortex)
        if sights is None or frame.asked or sights.has_looked_at(frame.id):
            return
        if sights.rare:
            self._still_there(sights, now)
        sights.look(frame.id)

    def shut(self, now: float) -> None:
        """Notice that the eye was shut: what was seen last is out of view from now on."""
        for sights in self._sights.values():
            if sights.rare:
                self._still_there(sights, now)
                sights.look("")

    def _still_there(self, sights: Sights, now: float) -> None:
        for topic in sights.topics & self._in_view.keys():
            self._in_view[topic] = now

    def release(self, now: float) -> Iterator[Spoken]:
        """Yield the remark that has waited for the voice to fall silent, if there is one."""
        while self._waiting and not self.quiet and not self.speaking(now):
            since, spoken = self._waiting.popleft()
            if now - since <= FRESH:
                yield self._speak(spoken, now)

    def _speak(self, spoken: Spoken, now: float) -> Spoken:
        self._echo.says(spoken.say.text, now, anew=not self.speaking(now) and now - self._ended() > ECHO_TAIL)
        self.last[None] = self.last[spoken.priority] = spoken.say
        # A guess that holds until the client reports.
        begin = max(now, self._speaking_until) if spoken.priority == "answer" else now
        self._speaking_until = begin + duration(spoken.say.text)
        return spoken

    # What the voice reports

    def speaking(self, now: float) -> bool:
        """Tell whether the bot's voice is being heard."""
        return now < self._speaking_until

    def voice_began(self, now: float) -> None:
        """Notice that the voice speaks; the client's own watchdog ends what never ends."""
        self._speaking_until = max(self._speaking_until, now + 60)

    def voice_ended(self, now: float) -> None:
        """Notice that the voice fell silent."""
        self._speaking_until = min(self._speaking_until, now)
        self._silent_since = now
        self._echo.ended(now)

    def is_own_voice(self, sentence: Sentence, now: float) -> bool:
        """Tell whether a sentence that came through the air is what the bot itself says, or has just said."""
        if not sentence.aloud or not (self.speaking(now) or now - self._ended() <= ECHO_TAIL):
            return False
        return self._echo.is_own(sentence.text, now)

    def _ended(self) -> float:
        return max(self._silent_since, self._speaking_until)


def _key(say: Say) -> str:
    return (say.topic or say.text).casefold()
