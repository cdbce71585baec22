"""`model: auto`: a larger network, fetched in the background by a process of its own, tried once a day until it came.

The process is `cortex models pull`: what it imports and needs is gone with it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from cortex import ModelError
from cortex_classifier import network
from cortex_classifier.application import being_fetched, checked, file_of, folder

if TYPE_CHECKING:
    from pathlib import Path

    from cortex_classifier import Classifier
    from cortex_classifier.network import Network

log = logging.getLogger("cortex.classifier")

DELAY = 10.0
"""Seconds of peace after the start: fetching slows nothing that is in a hurry, and a command is over before."""
PAUSE = 24 * 3600.0
"""Seconds from one try to the next, over all servers of this user."""
LIMIT = 3600.0
"""Seconds that a try may take."""
GLANCE = 600.0
"""Seconds from one glance to the next at whether it may be tried, or whether another server has fetched it."""
NICENESS = 10


def load(options: Classifier.Options) -> Network:
    """Return the larger network, or the built-in one where the larger is not there, or cannot be used.

    Raises:
        ModelError: Keras Applications have no network of that name.
    """
    path = file_of(checked(options.larger))
    if path.is_file():
        try:
            return _open(path, options)
        except ModelError as error:
            log.warning("%s; the built-in model is used instead", error)
    return network.load(replace(options, model="builtin"))


async def larger(classifier: Classifier) -> Network:
    """Return the larger network once it is there, however many days it takes to fetch it, here or by another server."""
    options, clock = classifier.options, classifier.clock
    path = file_of(options.larger)
    await clock.sleep(DELAY)
    while True:
        try:
            if _may_try(options, clock.time()):
                _note_try(options, clock.time())
                await _pulled(classifier)
            if path.is_file():
                return await asyncio.to_thread(_open, path, options)
        except ModelError as error:
            log.warning("%s; the built-in model goes on, and it is tried again tomorrow", error)
        except asyncio.CancelledError:
            _note_try(options, None)  # nothing was wrong with the network: the next server may try at once
            raise
        await clock.sleep(GLANCE)


def _open(path: Path, options: Classifier.Options) -> Network:
    """Open what was fetched.

    Raises:
        ModelError: it cannot be used; where it is damaged, it is removed, so that it is fetched anew.
    """
    try:
        found = network.load(replace(options, model=str(path), labels="", output="", mean=None, scale=None))
    except ModelError as error:
        if not isinstance(error.__cause__, OSError):  # then nothing is known against the file
            with suppress(OSError):  # another's: it is fetched anew, and takes its place
                path.unlink()
        raise
    log.info("%s knows %d things", path, found.count)
    return found


async def _pulled(classifier: Classifier) -> None:
    """Run `cortex models pull` for the larger network.

    Raises:
        ModelError: it failed, or took longer than `LIMIT`; it says why in one line.
    """
    name, mirror = classifier.options.larger, classifier.options.mirror
    command = [sys.executable, "-P", "-m", "cortex", "models", "pull", name, "--mirror", mirror, "--force"]
    pipe, null = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    try:
        # In a session of its own: whoever interrupts the server at a terminal, the server ends it itself.
        process = await asyncio.create_subprocess_exec(
            *command, stdin=null, stdout=null, stderr=pipe, start_new_session=True
        )
    except OSError as error:
        raise ModelError(f"{name} cannot be fetched: {error}") from error
    try:
        _be_nice(process.pid)
        ending = asyncio.ensure_future(process.communicate())
        limit = classifier.clock.call_later(LIMIT, ending.cancel)
        try:
            _, said = await ending
        except asyncio.CancelledError:
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise
            raise ModelError(f"{name} could not be fetched within {LIMIT:.0f} s") from None
        finally:
            limit.cancel()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        await asyncio.to_thread(shutil.rmtree, being_fetched(process.pid), ignore_errors=True)
    if process.returncode != 0:
        text = said.decode(errors="replace")
        log.debug("fetching %s: %s", name, text)
        raise ModelError(_reason(text) or f"fetching {name} ended with {process.returncode}")


def _be_nice(pid: int) -> None:
    """Have a process stand back behind others, where the system lets us."""
    if sys.platform != "win32":
        with suppress(OSError):  # it has ended already
            os.setpriority(os.PRIO_PROCESS, pid, max(NICENESS, os.getpriority(os.PRIO_PROCESS, pid)))


def _reason(said: str) -> str:
    """Return what click says of an error, among whatever TensorFlow says, else the last that was said."""
    lines = [line for line in said.splitlines() if line.strip()]
    errors = [line.removeprefix("Error: ") for line in lines if line.startswith("Error: ")]
    return (errors or lines or [""])[-1]


def _stamp() -> Path:
    return folder() / "tried.json"


def _tries() -> dict[str, float]:
    """Return when what was last tried to be fetched, in seconds since 1970."""
    try:
        return msgspec.json.decode(_stamp().read_bytes(), type=dict[str, float])
    except (OSError, msgspec.DecodeError):  # never, or by something that wrote something else
        return {}


def _may_try(options: Classifier.Options, now: float) -> bool:
    last = _tries().get(_what(options))
    return last is None or not 0 <= now - last < PAUSE


def _note_try(options: Classifier.Options, when: float | None) -> None:
    """Write down when it was tried; `None`: that does not count."""
    tries = _tries()
    tries.pop(_what(options), None)
    if when is not None:
        tries[_what(options)] = when
    try:
        _stamp().parent.mkdir(parents=True, exist_ok=True)
        _stamp().write_bytes(msgspec.json.encode(tries))
    except OSError as error:  # then fetching cannot work either, and says so
        log.debug("%s cannot be written: %s", _stamp(), error)


def _what(options: Classifier.Options) -> str:
    return f"{options.larger} from {options.mirror}"
