"""What Rekognition answers, as far as it is used here. Shares are of the picture's sides, confidences percents."""

from __future__ import annotations

from math import isfinite

import msgspec

from cortex import Box


class BoundingBox(msgspec.Struct, frozen=True, rename="pascal"):
    """Where something is."""

    left: float
    top: float
    width: float
    height: float

    def __post_init__(self) -> None:
        if not all(map(isfinite, (self.left, self.top, self.width, self.height))):
            raise ValueError("a box has sides that are no numbers")

    @property
    def area(self) -> float:
        """Its share of the picture."""
        return self.width * self.height

    def is_on(self, other: BoundingBox) -> bool:
        """Tell whether two boxes are of the same thing: what they share is more than half of what they cover."""
        width = min(self.left + self.width, other.left + other.width) - max(self.left, other.left)
        height = min(self.top + self.height, other.top + other.height) - max(self.top, other.top)
        shared = max(0.0, width) * max(0.0, height)
        return shared > 0.5 * (self.area + other.area - shared)

    def named(self, name: str, percent: float | None = None) -> Box:
        """Return it for the page."""
        score = None if percent is None else percent / 100
        return Box(left=self.left, top=self.top, width=self.width, height=self.height, name=name, score=score)


class Instance(msgspec.Struct, frozen=True, rename="pascal"):
    """One of the things that have a label."""

    bounding_box: BoundingBox
    confidence: float = 0.0


class FoundLabel(msgspec.Struct, frozen=True, rename="pascal"):
    """A label."""

    name: str
    confidence: float
    instances: tuple[Instance, ...] = ()


class Labels(msgspec.Struct, frozen=True, rename="pascal"):
    """Of DetectLabels."""

    labels: tuple[FoundLabel, ...]


class Geometry(msgspec.Struct, frozen=True, rename="pascal"):
    """Where a text stands."""

    bounding_box: BoundingBox


class FoundText(msgspec.Struct, frozen=True, rename="pascal"):
    """A line, or a word of one."""

    detected_text: str
    type: str
    confidence: float
    geometry: Geometry


class Texts(msgspec.Struct, frozen=True, rename="pascal"):
    """Of DetectText."""

    text_detections: tuple[FoundText, ...]


class FoundFace(msgspec.Struct, frozen=True, rename="pascal"):
    """A face; nobody's yet."""

    bounding_box: BoundingBox


class Faces(msgspec.Struct, frozen=True, rename="pascal"):
    """Of DetectFaces."""

    face_details: tuple[FoundFace, ...]


class ComparedFace(msgspec.Struct, frozen=True, rename="pascal"):
    """A face that is like another."""

    similarity: float
    face: FoundFace


class Comparison(msgspec.Struct, frozen=True, rename="pascal"):
    """Of CompareFaces."""

    face_matches: tuple[ComparedFace, ...]
    unmatched_faces: tuple[FoundFace, ...] = ()


class KeptFace(msgspec.Struct, frozen=True, rename="pascal"):
    """A face in a collection."""

    face_id: str
    external_image_id: str = ""


class KnownFace(msgspec.Struct, frozen=True, rename="pascal"):
    """A face in a collection that is like the one searched for."""

    similarity: float
    face: KeptFace


class Search(msgspec.Struct, frozen=True, rename="pascal"):
    """Of SearchFacesByImage."""

    face_matches: tuple[KnownFace, ...]


class Indexed(msgspec.Struct, frozen=True, rename="pascal"):
    """A face that was taken into a collection."""

    face: KeptFace


class Unindexed(msgspec.Struct, frozen=True, rename="pascal"):
    """A face that was not."""

    reasons: tuple[str, ...] = ()


class Index(msgspec.Struct, frozen=True, rename="pascal"):
    """Of IndexFaces."""

    face_records: tuple[Indexed, ...]
    unindexed_faces: tuple[Unindexed, ...] = ()


class FacesPage(msgspec.Struct, frozen=True, rename="pascal"):
    """Of ListFaces."""

    faces: tuple[KeptFace, ...]
    next_token: str = ""


class Nothing(msgspec.Struct, frozen=True):
    """Of what only does something."""
