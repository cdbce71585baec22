"""The options of the recorder, and what its halves share by them."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any

from msgspec import Meta, field

from cortex import BaseOptions, Place, place_of
from cortex_recorder.archive import Archive
from cortex_recorder.backlog import Backlog
from cortex_recorder.likeness import BITS
from cortex_recorder.store import Store

LOCAL = frozenset({"file", "local", "memory"})
CLOUDS = {"s3": "Amazon S3", "s3a": "Amazon S3", "gs": "Google Cloud Storage", "gcs": "Google Cloud Storage"}


class Options(BaseOptions, dict=True):
    """Where pictures go, which, and how many. The cortex and the sense of a bot are handed the same object."""

    folder: str
    """Where the pictures go: the path of a folder, or a URL such as `s3://bucket/folder` or `gs://bucket/folder`."""
    storage: dict[str, Any] = field(default_factory=dict)
    """What the store needs to know besides, as fsspec names it: `endpoint_url`, `key`, `secret`, `token`."""
    max_bytes: Annotated[int, Meta(ge=1)] = 1_000_000_000
    """Bytes that may lie in the folder, with what lies there already; past that it records no more."""
    quality: Annotated[int, Meta(ge=1, le=95)] = 90
    """Of the JPEGs, from 1 to 95."""
    only_labelled: bool = False
    """Whether it keeps only pictures of things that somebody has named."""
    near: Annotated[int, Meta(ge=0, le=BITS)] = 6
    """A picture that differs from one of the last kept by no more bits than this, of 112, is skipped."""
    wait: Annotated[float, Meta(ge=0, le=60)] = 1.0
    """Seconds that a picture waits for its name before it counts as unlabelled."""
    backlog: Annotated[int, Meta(ge=1)] = 500
    """Pictures that may wait for a store that is full or away; past that the oldest are lost."""
    backlog_bytes: Annotated[int, Meta(ge=1)] = 50_000_000
    """Bytes that they may take together, in memory."""
    patience: Annotated[float, Meta(gt=0)] = 10.0
    """Seconds that the store may take to write one file before it counts as away."""

    def __post_init__(self) -> None:
        if not self.folder.strip():
            raise ValueError("folder cannot be empty: it is the path of a folder, or a URL such as s3://bucket/folder")

    @property
    def place(self) -> Place:
        """Where the pictures go."""
        scheme, there, _ = self.folder.partition("://")
        client = self.storage.get("client_kwargs")
        endpoint = self.storage.get("endpoint_url") or (isinstance(client, dict) and client.get("endpoint_url"))
        if not there or scheme in LOCAL:
            return Place()
        if isinstance(endpoint, str):
            return place_of(endpoint, "pictures")
        if scheme in CLOUDS:
            return Place(where="internet", name=CLOUDS[scheme], gets=("pictures",))
        return place_of(self.folder, "pictures")

    @cached_property
    def waiting(self) -> Backlog:
        """What the cortex fills and the archive empties."""
        return Backlog(self.backlog, self.backlog_bytes)

    @cached_property
    def store(self) -> Store:
        """Where it goes."""
        return Store(self.folder, self.storage, self.patience)

    @cached_property
    def archive(self) -> Archive:
        """What takes it there."""
        return Archive(self.store, self.waiting, self.max_bytes)
