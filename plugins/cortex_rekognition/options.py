"""The options of rekognition."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Annotated, Literal
from urllib.parse import urlsplit

from msgspec import Meta, field

from cortex import BaseOptions, place_of
from cortex_rekognition.eye import Eye
from cortex_rekognition.people import wrong_place

Feature = Literal["labels", "text", "faces"]

USES = {"image": "a picture that AWS looks at, once for each feature and each person it is compared with"}
COLLECTION = re.compile(r"[a-zA-Z0-9_.\-]{1,255}")


class RekognitionOptions(BaseOptions, dict=True):
    """What AWS is asked about a picture, and who is known. The cortexes of a bot are handed the same object."""

    features: tuple[Feature, ...] = ("labels", "faces")
    """What it looks for: `labels`, `text`, `faces`; AWS charges for each of them, each time."""
    people: dict[str, str] = field(default_factory=dict)
    """Who is known: a name, and the picture to compare with, a file or `s3://bucket/key`."""
    collection: str = ""
    """A collection of faces in Rekognition, as `cortex rekognition enrol` fills it; empty: none."""
    region: str = ""
    """The AWS region, such as `eu-west-1`; empty: as AWS' own tools have it (`AWS_DEFAULT_REGION`, `~/.aws/config`)."""
    profile: str = ""
    """Which profile of `~/.aws` has the credentials; empty: as AWS' own tools choose."""
    endpoint: str = ""
    """Address of a service that speaks Rekognition's language; empty: AWS' own."""
    similarity: Annotated[float, Meta(ge=50, le=100)] = 90.0
    """Percent of similarity from which a face is taken for somebody's."""
    threshold: Annotated[float, Meta(ge=0, le=1)] = 0.7
    """Score from which a label or a text is shown."""
    top: Annotated[int, Meta(ge=1, le=100)] = 5
    """How many labels are shown."""
    max_faces: Annotated[int, Meta(ge=1, le=100)] = 4
    """How many faces of one picture are looked up in the collection, the largest first; each is a call."""
    absence: Annotated[float, Meta(ge=0)] = 5.0
    """Seconds that somebody must be out of view before they are greeted again."""
    side: Annotated[int, Meta(ge=160, le=4096)] = 640
    """Pixels that the longer side of a picture has at most when it leaves."""
    patience: Annotated[float, Meta(gt=0, le=60)] = 8.0
    """Seconds that AWS may take for an answer."""
    attempts: Annotated[int, Meta(ge=1, le=10)] = 2
    """How often a call is tried that AWS fails at or is too busy for, with growing pauses, the first time included."""

    def __post_init__(self) -> None:
        if not self.features:
            raise ValueError("features is empty: it takes some of labels, text and faces")
        for name, picture in self.people.items():
            if not name.strip():
                raise ValueError(f"people: {picture!r} has no name")
            if not picture.strip():
                raise ValueError(f"people: {name} has no picture: name a file or s3://bucket/key")
            if picture.startswith("s3://") and (why := wrong_place(picture)):
                raise ValueError(f"people: {name}: {why}")
        if self.collection and not COLLECTION.fullmatch(self.collection):
            raise ValueError(f"collection {self.collection!r}: AWS takes letters, digits, `_`, `.` and `-`")
        _check(self.endpoint)

    @cached_property
    def eye(self) -> Eye:
        """What looks."""
        return Eye(self)


def _check(endpoint: str) -> None:
    """Raise `ValueError`, without what secrets it has, where pictures cannot or should not go to an address."""
    if not endpoint:
        return
    try:
        parts = urlsplit(endpoint)
        known = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and "@" not in parts.netloc
    except ValueError:  # a port that is no number
        known = False
    if not known:
        raise ValueError("endpoint is no address: it is https://HOST, or http://HOST:PORT in a network of one's own")
    if endpoint.startswith("http://") and place_of(endpoint).where == "internet":
        raise ValueError("endpoint: http:// is for this machine and for networks of one's own; use https://")
