"""Google Cloud Vision: labels, objects, text, logos, landmarks; counts faces, and names nobody. Light to import."""

from __future__ import annotations

import asyncio
import io
import logging
from typing import TYPE_CHECKING, Any, ClassVar

from cortex import Cortex, Frame, Meaning, Register, Say, Session, Show, encode_picture, hookimpl
from cortex_google_vision import words
from cortex_google_vision.findings import Findings, found
from cortex_google_vision.options import VisionOptions
from cortex_google_vision.service import Service

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence


class GoogleVision(Cortex):
    """Has Google look at frames in which something has changed, and at what somebody asks about."""

    Options = VisionOptions
    on = "change"
    uses: ClassVar[Mapping[str, str]] = {"unit": "one feature of one image"}

    options: VisionOptions

    def __init__(self, options: VisionOptions) -> None:
        super().__init__(options)
        self.perceives = frozenset(f"meaning:{question}" for question in options.answers)
        if options.features:
            self.perceives |= {"vision"}
        self.place = options.place
        self._service: Service | None = None

    async def start(self) -> None:
        """Import Google's client; nobody is asked before there is a picture."""
        await asyncio.to_thread(_import)
        self._service = Service(self.options, lambda units: self.spend(unit=units))

    async def stop(self) -> None:
        """Hang up."""
        service, self._service = self._service, None
        if service is not None:
            await service.close()

    async def perceive(self, stimulus: Frame | Meaning, session: Session) -> AsyncIterator[Show | Say]:
        """Show what is on a frame, and say the most particular thing; read, or count people, where somebody asks."""
        if isinstance(stimulus, Frame):
            findings = await self._look(stimulus, self.options.features, session.language)
            for action in self._tell(findings, session.language, asked=stimulus.asked):
                yield action
            return
        language = stimulus.language or session.language
        frame = await session.snap()
        if frame is None:
            yield words.say("blind", language)
        elif stimulus.intent == "people":
            findings = await self._look(frame, ["faces"], language)
            if findings.faces:
                yield Show(text=words.faces(findings.faces, language), boxes=findings.boxes)
            yield words.people(findings.faces, language)
        else:
            findings = await self._look(frame, ["text"], language)
            if not findings.text:
                yield words.say("textless", language)
                return
            yield Show(text=findings.text, boxes=findings.boxes)
            yield Say(words.aloud(findings.text), findings.language or language)

    async def _look(self, frame: Frame, features: Sequence[str], language: str) -> Findings:
        if self._service is None:
            raise RuntimeError("it has stopped")
        jpeg, size = await asyncio.to_thread(_encoded, frame, self.options.side)
        response = await self._service.ask(jpeg, features)
        return found(response, size, words.text("face", language))

    def _tell(self, findings: Findings, language: str, *, asked: bool) -> list[Show | Say]:
        labels = findings.labels[: self.options.top]
        sure = bool(labels) and labels[0].score >= self.options.threshold
        counted = words.faces(findings.faces, language)
        text = findings.text or (counted if not labels else "")
        told: list[Show | Say] = [
            Show(labels=labels, text=text, sure=sure or bool(text and not labels), boxes=findings.boxes)
        ]
        for what, label in (("landmark", findings.landmark), ("logo", findings.logo)):
            if label is not None and label.score >= self.options.threshold:
                return [*told, words.say(what, language, topic=label.name, name=label.name)]
        if sure or (asked and labels):
            name, what = labels[0].name, "thing" if sure else "unsure"
            told.append(words.say(what, language, topic=name, name=words.spoken(name)))
        elif asked and findings.text:
            told.append(Say(words.aloud(findings.text), findings.language or language))
        elif asked:
            told.append(words.people(findings.faces, language) if counted else words.say("unknown", language))
        return told


def _import() -> None:
    logging.getLogger("grpc._common").setLevel(logging.CRITICAL)  # of an answer that is none the person is told
    import google.cloud.vision_v1  # noqa: F401 - as the two below
    import numpy  # noqa: F401 - here, so that the first frame need not wait for it
    import PIL.Image  # noqa: F401


def _encoded(frame: Frame, side: int) -> tuple[bytes, tuple[int, int]]:
    """Return a frame as it is sent, and its width and height then."""
    from PIL import Image

    jpeg = encode_picture(frame.image, side=side)
    size: Any = Image.open(io.BytesIO(jpeg)).size
    return jpeg, size


@hookimpl
def register_cortexes(register: Register[Cortex]) -> None:
    register("google_vision", GoogleVision)
