"""The options of Google Cloud Vision: what it looks for, what it answers, and where it asks."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from msgspec import Meta

from cortex import BaseOptions, Place, place_of

Feature = Literal["labels", "objects", "text", "logos", "landmarks", "faces"]
Question = Literal["read", "people"]

NAME = "Google Cloud Vision"
REGIONS = {"eu-vision.googleapis.com": f"{NAME} (EU)", "us-vision.googleapis.com": f"{NAME} (US)"}


class VisionOptions(BaseOptions):
    """What it looks for, what it answers, and where it asks."""

    features: tuple[Feature, ...] = ("labels", "objects")
    """What it looks for on every frame: `labels`, `objects`, `text`, `logos`, `landmarks`, `faces`; a unit each."""
    answers: tuple[Question, ...] = ("read", "people")
    """Which questions it answers besides: `read` ("read this"), `people` ("who do you see?"); a unit each."""
    top: Annotated[int, Meta(ge=1, le=50)] = 3
    """How many labels are shown."""
    threshold: Annotated[float, Meta(ge=0, le=1)] = 0.6
    """Score from which a thing is sure, and said aloud."""
    side: Annotated[int, Meta(ge=64, le=4096)] = 640
    """Pixels that the longer side of a picture has at most when it is sent."""
    patience: Annotated[float, Meta(gt=0, le=300)] = 10.0
    """Seconds that Google may take to answer, with all retries, before it counts as away."""
    endpoint: str = ""
    """Where it asks: empty for `vision.googleapis.com`, or `eu-vision.googleapis.com`, `us-vision.googleapis.com`.

    `http://HOST:PORT` is a server of one's own, asked in plain text and without credentials.
    """
    quota_project: str = ""
    """The Google Cloud project that pays; empty: as the credentials say."""

    def __post_init__(self) -> None:
        for name, chosen in (("features", self.features), ("answers", self.answers)):
            if twice := next((each for each in chosen if chosen.count(each) > 1), ""):
                raise ValueError(f"{name} names {twice!r} twice, and each costs a unit")
        if not self.features and not self.answers:
            raise ValueError("features and answers are both empty: there is nothing left to do")
        _check(self.endpoint)

    @property
    def plain(self) -> bool:
        """Whether it asks a server of one's own, in plain text."""
        return urlsplit(self.endpoint).scheme == "http"

    @property
    def host(self) -> str:
        """Whom it asks, as `host:port` or `host`; empty: whom the client library asks by itself."""
        return self.endpoint.rpartition("//")[2].rstrip("/")

    @property
    def place(self) -> Place:
        """Where pictures go."""
        if not self.host:
            return Place(where="internet", name=NAME, gets=("pictures",))
        return place_of(self.endpoint, "pictures", name=REGIONS.get(self.host.removesuffix(":443"), ""))


def _check(endpoint: str) -> None:
    """Raise `ValueError` where nobody can be asked at an address, or nobody should."""
    parts = urlsplit(endpoint if "//" in endpoint else f"//{endpoint}")
    try:
        known = not endpoint or (parts.hostname and (parts.port is None or parts.port))
    except ValueError:  # a port that is no number
        known = False
    if (
        not known
        or parts.scheme not in ("", "http", "https")
        or parts.path.strip("/")
        or parts.query
        or "@" in endpoint
    ):
        example = "HOST, HOST:PORT, https://HOST or http://HOST:PORT, such as eu-vision.googleapis.com"
        raise ValueError(f"endpoint is not an address: it is {example}")
    if parts.scheme == "http" and place_of(endpoint).where == "internet":
        raise ValueError("endpoint: http:// is for this machine and for networks of one's own; use https://")
