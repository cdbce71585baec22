"""The recorder: keeps what is seen as a training set, a folder a label. Off by default, and never in secret."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from cortex import Actuator, Cortex, Named, Register, Sense, encode_picture, hookimpl
from cortex_recorder.backlog import Picture
from cortex_recorder.likeness import fingerprint
from cortex_recorder.options import Options
from cortex_recorder.recording import Recording
from cortex_recorder.records import file_name
from cortex_recorder.views import Views

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cortex import Emit, Frame, Session

PERIOD = 1.0  # seconds from one look at the backlog to the next


class Recorder(Cortex):
    """Chooses what is kept: what shows something new, under the name that somebody has given it."""

    Options = Options
    perceives = frozenset({"vision", "named", "recording"})  # the last is its own sense, which has to be somebody's

    def __init__(self, options: Any) -> None:
        super().__init__(options)
        self.place = options.place

    def start(self) -> None:
        import numpy  # noqa: F401 - here, so that the first frame need not wait for it
        import PIL.Image  # noqa: F401

        self.options.store.open()

    def perceive(self, stimulus: Frame, session: Session) -> Iterator[Recording]:
        views = session.state(Views)
        self._consider(stimulus, session, views)
        recording = Recording(count=views.count)
        if self.options.archive.trouble:
            recording = Recording("waiting", views.count, self.options.waiting.of(views))
        if views.is_news(recording, self.clock.now()):
            yield recording

    def _consider(self, frame: Frame, session: Session, views: Views) -> None:
        options: Options = self.options
        named = frame if isinstance(frame, Named) else None
        label = named.name.strip() if named is not None else ""
        if not label and options.only_labelled:
            return
        if label and (waiting := options.waiting.claim(views, frame.id)) is not None:
            views.lose(waiting)
        print_ = fingerprint(frame.image)
        if views.has(print_, options.near, label):
            return
        when = self.clock.time()
        picture = Picture(
            jpeg=encode_picture(frame.image, quality=options.quality),
            name=file_name(when),
            views=views,
            session=hashlib.sha256(session.id.encode()).hexdigest()[:16],  # the id itself would let one join it
            id=frame.id,
            sense=frame.sense,
            captured=frame.captured,
            when=when,
            due=self.clock.now() + (0 if label else options.wait),
            print=print_,
            label=label,
            by=named.by if named is not None else "",
            score=named.score if named is not None else None,
        )
        views.keep(picture)
        options.waiting.put(picture)


class Keeper(Sense):
    """Takes the pictures to the store, beside everything else. It perceives nothing."""

    Options = Options

    async def run(self, emit: Emit) -> None:
        archive = self.options.archive
        try:
            while True:
                if self.options.store.is_open:
                    await archive.work(self.clock.now())
                    self.trouble(archive.trouble)
                await self.clock.sleep(PERIOD)
        finally:
            await archive.close()


class Dot(Actuator):
    """The red dot on the page."""

    Options = Options
    carries = (Recording,)
    client = "recorder.js"

    def settings(self) -> dict[str, Any]:
        return {}  # where it records to is nobody's business


@hookimpl
def register_cortexes(register: Register[Cortex]) -> None:
    register("recorder", Recorder)


@hookimpl
def register_senses(register: Register[Sense]) -> None:
    register("recording", Keeper)


@hookimpl
def register_actuators(register: Register[Actuator]) -> None:
    register("recorder", Dot)
