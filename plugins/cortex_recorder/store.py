"""Where the pictures go, however slow it is, and in plain words why not. Knows no picture and no file system."""

from __future__ import annotations

import errno
import re
from typing import TYPE_CHECKING, Any, TypeVar

from cortex_recorder.aside import Aside
from cortex_recorder.files import Files

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

T = TypeVar("T")

COUNTING = 600.0  # seconds that it may take to count what is there: an object store tells a thousand files at a time
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class StoreError(Exception):
    """The store did not do what it was asked to; the text says why. Caught by the archive, which tries again."""


class Store:
    """A folder, by its path or its URL. Everything is done in a thread of its own, within a time limit."""

    def __init__(self, folder: str, settings: Mapping[str, Any], patience: float) -> None:
        self.name = re.sub(r"//[^/@]*@", "//", folder)
        """What it is called where people see it: without a password."""
        self._folder = folder
        self._settings = settings
        self._patience = patience
        self._files: Files | None = None
        self._aside: Aside | None = None

    @property
    def is_open(self) -> bool:
        """Whether it was opened."""
        return self._files is not None

    def open(self) -> None:
        """Get ready to write; the store itself is not asked yet.

        Raises:
            ModuleNotFoundError: a library is not installed.
            PluginError: there is no such kind of store.
        """
        self._files = Files(self._folder, self._settings, self.name)

    async def size(self) -> int:
        """Return how many bytes it holds; raises `StoreError`."""
        return await self._do(lambda files: files.size(), COUNTING)

    async def names(self) -> list[str]:
        """Return the names of what is at its top; raises `StoreError`."""
        return await self._do(lambda files: files.names(), self._patience)

    async def write(self, path: str, data: bytes) -> None:
        """Make a file, whole or not at all; raises `StoreError`."""
        await self._do(lambda files: files.write(path, data), self._patience)

    async def close(self) -> None:
        """Let go of its connections and of the thread, until it is written to again.

        Raises:
            StoreError: it does not let go in time; the thread ends as soon as it does.
        """
        if self._aside is None:
            return
        try:
            await self._do(lambda files: files.close(), self._patience)
        finally:
            self._aside.stop()
            self._aside = None

    async def _do(self, work: Callable[[Files], Coroutine[Any, Any, T]], seconds: float) -> T:
        if self._files is None:
            raise StoreError("is not open")
        if self._aside is None:
            self._aside = Aside("cortex recorder store")
        files = self._files
        try:
            return await self._aside.do(lambda: work(files), seconds)
        except TimeoutError as error:
            raise StoreError(f"does not answer within {seconds:g} s") from error
        except Exception as error:  # each kind of store has errors of its own, and all of them mean that it is away
            raise StoreError(_explain(error)) from error


def _explain(error: Exception) -> str:
    text = (error.strerror if isinstance(error, OSError) else "") or str(error) or type(error).__name__
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return f"is full: {text}; make room"
    if isinstance(error, PermissionError):
        return f"refuses: {text}; check who may write there, or the credentials"
    if isinstance(error, FileNotFoundError):
        return f"is not there: {text}"
    return f"is away: {text}" if isinstance(error, OSError) else f"is away: {type(error).__name__}: {text}"
