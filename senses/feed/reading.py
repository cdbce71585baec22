"""Feeds are read in a process of their own, with limits on its time and memory. Knows no network.

The parser searches texts with patterns that a hostile feed can keep busy for hours, during which no other thread of
its process runs.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from typing import NamedTuple

import msgspec

from senses.feed.parse import Entry, FeedError, entries_of
from senses.texts import one_line, shortened

CPU_SECONDS = 20
MEMORY = 1_000_000_000  # bytes
TOO_MUCH = "it takes too much time or memory to read"
PATIENCE = 60.0  # seconds of real time; the machine may be busy
FLAGS = ("-P", "-c")  # no module is taken from the folder that the server was started in
CODE = "from senses.feed.reading import work; work()"


class Result(NamedTuple):
    """What the other process says."""

    entries: list[Entry]
    problem: str = ""


class Reading:
    """Reads feeds, one at a time."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def read(self, body: bytes, content_type: str) -> list[Entry]:
        """Return the entries of a feed, the newest first, each id once.

        Raises:
            FeedError: it is no feed, or one that costs too much to read.
        """
        async with self._turn:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, *FLAGS, CODE, content_type, str(CPU_SECONDS)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            try:
                async with asyncio.timeout(PATIENCE):
                    output, errors = await process.communicate(body)
                result = msgspec.json.decode(output, type=Result)
            except TimeoutError as error:
                raise FeedError(TOO_MUCH) from error
            except msgspec.DecodeError as error:
                raise FeedError(_why(process.returncode, errors)) from error
            finally:
                with contextlib.suppress(ProcessLookupError):  # it has ended
                    process.kill()
                await process.wait()
        if result.problem:
            raise FeedError(result.problem)
        return result.entries


def _why(code: int | None, errors: bytes) -> str:
    """Return why the other process has said nothing: it was ended by a limit, or by an error of its own."""
    last = one_line(errors.decode("utf-8", "replace").strip().rpartition("\n")[2])
    if code != 1 or not last or "MemoryError" in last:
        return TOO_MUCH
    return f"the process that reads feeds has failed: {shortened(last, 200)}"


def work() -> None:
    """Be the other process: read a feed from the standard input, write its entries to the standard output."""
    content_type, seconds = sys.argv[1:]
    _limit(int(seconds))
    try:
        result = Result(entries_of(sys.stdin.buffer.read(), content_type))
    except FeedError as error:
        result = Result([], str(error))
    sys.stdout.buffer.write(msgspec.json.encode(result))


def _limit(seconds: int) -> None:
    if sys.platform == "win32":  # which has no such limits
        return
    import resource

    os.nice(10)
    for limit, most in ((resource.RLIMIT_CPU, seconds), (resource.RLIMIT_AS, MEMORY)):
        with contextlib.suppress(ValueError, OSError):  # a lower one is set already, or the system has none
            resource.setrlimit(limit, (most, most))
