"""What the teacher's cortexes share: the store, and the matcher that is made of it. One for each file."""

from __future__ import annotations

import difflib
import logging
import threading
from math import inf
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from cortex import ServiceError, StimulusError, decode_picture, state_folder
from cortex_teach.matching import Background, Match, Matcher
from cortex_teach.naming import key
from cortex_teach.store import Store, StoreError, Thing, Vectors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from cortex import Eye, Seen
    from cortex_teach.draft import Shot
    from cortex_teach.options import Options

log = logging.getLogger("cortex.teach")

GLANCE = 0.25
"""Seconds after which it looks whether another process has taught something."""
SAMPLE = 0.05
"""Seconds from one frame to the next of those by which it learns how alike unrelated pictures are."""
SLICE = 0.03
"""Seconds, while a frame is looked at, for which embeddings are made anew: no frame waits for thousands of pictures."""
PAUSE = 5.0
"""Seconds after which the matcher takes up what of them is done, and what was seen besides."""
SAME = 0.9995
"""Cosine of two embeddings from which their pictures are the same: noise alone makes less."""


class Memory:
    """The store, and what is looked up in it for every frame. From any thread."""

    _open: ClassVar[dict[Path, Memory]] = {}
    _opening: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, path: Path) -> None:
        self.store = Store(path)
        self._path = path
        self._users = 0
        self._lock = threading.Lock()
        self._model = ""
        self._changes = self._written = -1
        self._vectors: Vectors | None = None
        self._matcher: Matcher | None = None
        self._things: dict[int, Thing] = {}
        self._anew: Iterator[tuple[int, bytes]] | None = None
        self._background = Background()
        self._stale = self._grown = False
        self._made_at = self._rests_until = self._asked_at = self._compared_at = -inf
        self._unread = self._unwritten = ""

    @classmethod
    def borrow(cls, options: Options) -> Memory:
        """Return the memory that the options name, opened if it is not yet.

        Raises:
            StoreError: it cannot be opened.
            OSError: there is no folder for it.
        """
        path = Path(options.memory).expanduser() if options.memory else state_folder("teach") / "memory.db"
        with cls._opening:
            memory = cls._open.get(path) or cls._open.setdefault(path, cls(path))
            memory._users += 1  # noqa: SLF001 - its own class
            return memory

    def give_back(self) -> None:
        """Close the memory if nobody else uses it."""
        with self._opening:
            self._users -= 1
            if self._users == 0:
                del self._open[self._path]
                self.store.close()

    def thing(self, number: int) -> Thing | None:
        """Return a thing by its number, as it was when the last frame was matched."""
        return self._things.get(number)

    @property
    def trouble(self) -> str:
        """Why it remembers less than it should, in one line; empty: all is well."""
        return self._unread or self._unwritten

    def match(self, seen: Seen) -> Match | None:
        """Return what a frame shows of what was taught; `None`: nothing was taught.

        What cannot be read or written now is tried again after a while; until then, what is known counts.
        """
        with self._lock:
            self._refresh(seen.eye)
            matcher = self._matcher
        return None if matcher is None else matcher.match(seen.embedding)

    def unknown(self, seen: Seen) -> None:
        """Take note of a frame that shows nothing that was taught: it tells how alike unrelated pictures are."""
        with self._lock:
            now = perf_counter()
            if seen.eye.model != self._model or now - self._compared_at < SAMPLE:
                return
            self._compared_at = now
            if self._background.add(seen.embedding):
                self._grown = True

    def sighted(self, name: str, when: float, *, anew: bool) -> None:
        """Note that something is in view, if that can be written at once."""
        try:
            self.store.sighted(name, when, anew=anew)
        except StoreError as error:
            self._unwritten = self._told(str(error), self._unwritten)
        else:
            self._unwritten = ""

    def _refresh(self, eye: Eye) -> None:
        """See to it that the matcher is of this model and of all that was taught."""
        if eye.model != self._model:
            self._model, self._background = eye.model, Background()
            self._vectors = self._matcher = None
            self._begin_anew()
        if perf_counter() < self._rests_until:
            return
        try:
            self._read(eye)
        except (ServiceError, StoreError) as error:  # the model, too, may be elsewhere and away
            self._unread = self._told(str(error), self._unread)
            self._begin_anew()
            self._rests_until = perf_counter() + PAUSE
        else:
            self._unread = ""

    def _begin_anew(self) -> None:
        """Have everything read with the next frame, also what was read before."""
        self._changes, self._anew, self._made_at, self._rests_until = -1, None, -inf, -inf
        self._asked_at = -inf

    def _read(self, eye: Eye) -> None:
        if self._may_have_changed() and (changes := self.store.changes()) != self._changes:
            self._changes, self._stale = changes, True
            self._anew = self.store.without_vector(eye.model)
        if self._anew is not None:
            self._make_anew(self._anew, eye)
        paused = perf_counter() - self._made_at > PAUSE
        if self._stale and (self._anew is None or paused):
            vectors = self.store.vectors(self._model)
            self._things = {thing.id: thing for thing in self.store.things()}
            self._vectors, self._stale = vectors, self._anew is not None
            self._make_matcher(vectors)
        elif self._grown and paused and self._vectors is not None:
            self._make_matcher(self._vectors)

    def _may_have_changed(self) -> bool:
        """Tell whether it is time to look: not with every frame, since asking SQLite costs more than to match one."""
        now, written = perf_counter(), self.store.written
        if written == self._written and now - self._asked_at < GLANCE:
            return False
        self._asked_at, self._written = now, written
        return True

    def _make_matcher(self, vectors: Vectors) -> None:
        known = vectors.matrix, vectors.things, vectors.lessons, vectors.denies
        background = self._background.vectors if len(self._background) else None
        self._matcher = Matcher(*known, background) if len(vectors.matrix) else None
        self._grown, self._made_at = False, perf_counter()

    def _make_anew(self, pictures: Iterator[tuple[int, bytes]], eye: Eye) -> None:
        """Make embeddings of pictures that this model has not seen, for a short while."""
        until = perf_counter() + SLICE
        made: dict[int, NDArray[np.float32]] = {}
        try:
            for number, jpeg in pictures:
                try:
                    made[number] = eye.embed(decode_picture(jpeg))
                except StimulusError as error:
                    log.warning("picture %d of the memory is broken: %s", number, error)
                if perf_counter() > until:
                    break
            else:
                self._anew = None
        finally:
            if made:
                self.store.keep_vectors(eye.model, made)

    @staticmethod
    def _told(trouble: str, before: str) -> str:
        if trouble != before:
            log.warning("%s", trouble)
        return trouble

    def other_name(self, shots: Sequence[Shot], name: str) -> str:
        """Return by what other name most of these pictures are surely known; empty: by none."""
        with self._lock:
            matcher, things = self._matcher, self._things
        if matcher is None:
            return ""
        matches = [matcher.match(shot.vector) for shot in shots if shot.model == self._model]
        votes = [match.thing for match in matches if match.sure and match.thing is not None]
        for thing in set(votes):
            known = things.get(thing)
            if known is not None and votes.count(thing) * 2 > len(shots) and key(known.name) != key(name):
                return known.name
        return ""

    def nearest(self, name: str) -> str:
        """Return the known name that is most like one that is not known; empty: there is none."""
        names = {key(thing.name): thing.name for thing in self.store.things()}
        return next((names[near] for near in difflib.get_close_matches(key(name), names, 1)), "")

    def news(self, shots: Sequence[Shot], name: str) -> list[Shot]:
        """Return those of the pictures that are not the same as one that there is already of this thing."""
        with self._lock:
            vectors = self._vectors
        if vectors is None:
            return list(shots)
        numbers = [number for number, known in vectors.names.items() if key(known) == key(name)]
        matrix = vectors.matrix[np.isin(vectors.things, numbers) & ~vectors.denies]
        return [shot for shot in shots if shot.model != self._model or not _is_in(shot.vector, matrix)]


def _is_in(vector: NDArray[np.float32], matrix: NDArray[np.float32]) -> bool:
    if not len(matrix):
        return False
    lengths = np.linalg.norm(matrix, axis=1) * np.linalg.norm(vector)
    return bool((matrix @ vector / np.maximum(lengths, 1e-9)).max() > SAME)
