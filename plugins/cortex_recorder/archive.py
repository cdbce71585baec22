"""From the backlog to the store, and what is in the way. Knows no session; times are those of whoever calls."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from typing import TYPE_CHECKING

from cortex_recorder.labels import Folders
from cortex_recorder.records import Records
from cortex_recorder.store import StoreError

if TYPE_CHECKING:
    from cortex_recorder.backlog import Backlog, Picture
    from cortex_recorder.store import Store

log = logging.getLogger(__name__)

BATCH = 32  # pictures
SHORTEST_PAUSE, LONGEST_PAUSE = 5.0, 60.0  # seconds until a store that is away is tried again
FAREWELL = 0.6  # seconds for what still waits when the server stops


class Archive:
    """Writes what is due; where the store does not take it, says why and tries again after growing pauses."""

    def __init__(self, store: Store, backlog: Backlog, max_bytes: int) -> None:
        self._store = store
        self._backlog = backlog
        self._max_bytes = max_bytes
        self._records = Records()
        self._folders: Folders | None = None
        self._used = 0
        self._pause = SHORTEST_PAUSE
        self._rests_until = -math.inf
        self._trouble = ""

    @property
    def trouble(self) -> str:
        """Why the store takes nothing now, and what has come of it; empty where it does."""
        if not self._trouble:
            return ""
        lost = f", lost: {self._backlog.lost}" if self._backlog.lost else ""
        return f"{self._trouble} (waiting pictures: {len(self._backlog)}{lost})"

    async def work(self, now: float) -> None:
        """Write what is due, unless it rests."""
        if now < self._rests_until:
            return
        try:
            await self._work(now)
        except StoreError as error:
            self._rests_until = now + self._pause
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
            self._folders = None  # when it comes back, it may hold something else
            self._notice(f"{self._store.name} {error}")
        else:
            self._pause = SHORTEST_PAUSE
            self._notice("")

    def _notice(self, trouble: str) -> None:
        if trouble != self._trouble:
            if trouble:
                log.warning("%s", trouble)
            else:
                log.info("%s takes pictures again; lost: %d", self._store.name, self._backlog.lost)
        self._trouble = trouble

    async def _work(self, now: float) -> None:
        if self._folders is None:
            folders = Folders(await self._store.names())  # first: a store that is away is noticed soon by it
            self._used = await self._store.size()
            self._check_room(0)
            self._folders = folders
        while batch := self._backlog.take(now, BATCH):
            await self._write(batch, self._folders)
        if self._records.unsaved:
            await self._save()

    async def _write(self, batch: list[Picture], folders: Folders) -> None:
        waiting = list(batch)
        try:
            while waiting:
                picture = waiting[0]
                self._check_room(len(picture.jpeg))
                path = f"{folders.folder(picture.label)}/{picture.name}"
                await self._store.write(path, picture.jpeg)
                self._used += len(picture.jpeg) + self._records.add(picture, path)
                del waiting[0]
        except StoreError:
            waiting.append(waiting.pop(0))  # perhaps it is that one only: the next time it is the last one's turn
            raise
        finally:
            self._backlog.put_back(waiting)
        await self._save()

    async def _save(self) -> None:
        await self._store.write(self._records.path, self._records.content)
        self._records.saved()

    def _check_room(self, size: int) -> None:
        if self._used + size >= self._max_bytes:
            text = f"is full: it holds {_mega(self._used)} of {_mega(self._max_bytes)}; make room, or raise max_bytes"
            raise StoreError(text)

    async def close(self) -> None:
        """Write what waits, if the store takes it at once, and let go of the store."""
        if not self._store.is_open:
            return
        if not self._trouble:
            with contextlib.suppress(TimeoutError):  # what was not stored by then is told below
                async with asyncio.timeout(FAREWELL):
                    await self.work(math.inf)
        if len(self._backlog):
            log.warning("%s: pictures that were not stored before the end: %d", self._store.name, len(self._backlog))
        try:
            async with asyncio.timeout(FAREWELL / 2):
                await self._store.close()
        except (StoreError, TimeoutError) as error:
            log.warning("%s was left as it was: %s", self._store.name, error)


def _mega(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
