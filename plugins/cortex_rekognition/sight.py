"""What was seen on one picture, and how to show it. Knows no service and no session."""

from __future__ import annotations

import msgspec

from cortex import Box, Label, Show
from cortex_rekognition import answers


class Face(msgspec.Struct, frozen=True):
    """A face, and whose it is."""

    box: answers.BoundingBox
    name: str = ""
    """Empty: nobody who is known."""
    similarity: float = 0.0
    """In percent."""


class Sight:
    """What is known of one picture so far; `None` is what was not asked yet."""

    def __init__(self, frame: str = "") -> None:
        self.frame = frame
        """The id of the picture."""
        self.labels: answers.Labels | None = None
        self.text: tuple[answers.FoundText, ...] | None = None
        self.faces: tuple[Face, ...] | None = None

    @property
    def names(self) -> list[str]:
        """Who is there, the most prominent first."""
        return list(dict.fromkeys(face.name for face in self.faces or () if face.name))

    @property
    def strangers(self) -> int:
        """How many are there besides."""
        return sum(not face.name for face in self.faces or ())

    @property
    def words(self) -> str:
        """What stands there, in one line."""
        return " ".join(line.detected_text for line in self.text or ())

    def show(self) -> Show:
        """Return what to show of it: people before things."""
        best = {face.name: face.similarity for face in reversed(self.faces or ()) if face.name}
        labels = [Label(name, best[name] / 100) for name in self.names]
        things = self.labels.labels if self.labels else ()
        labels += [Label(thing.name, thing.confidence / 100) for thing in things]
        boxes: list[Box] = [face.box.named(face.name, face.similarity or None) for face in self.faces or ()]
        for thing in things:
            boxes += [each.bounding_box.named(thing.name, each.confidence) for each in thing.instances]
        boxes += [line.geometry.bounding_box.named(line.detected_text, line.confidence) for line in self.text or ()]
        return Show(labels=tuple(labels), text=self.words, sure=bool(labels or self.words), boxes=tuple(boxes))
