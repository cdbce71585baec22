"""`model: auto`: a larger network, fetched in the background by a process of its own, tried once a day until it came.

The process is `cortex models pull`: what it imports and needs is gone with it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from typing import TYPE_CHECKING

from msgspec.structs import replace

from cortex import ModelError
from cortex_classifier import network
from cortex_classifier.application import checked, file_of, folder

if TYPE_CHECKING:
    from pathlib import Path

    from cortex.clock import Clock
    from cortex_classifier import Classifier
    from cortex_classifier.network import Network

log = logging.getLogger("cortex.classifier")

DELAY = 10.0
"""Seconds of peace after the start: fetching slows nothing that is in a hurry, and a command is over before."""
PAUSE = 24 * 3600.0
"""Seconds from one try to the next, over all servers of this user."""
LIMIT = 3600.0
"""Seconds that a try may take."""
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


async def larger(options: Classifier.Options, clock: Clock) -> Network:
    """Fetch the larger network, however many days it takes, and return it."""
    await clock.sleep(DELAY)
    while True:
        pause = _last_try() + PAUSE - clock.time()
        if pause <= 0:
            _note_try(clock.time())
            try:
                path = await _pulled(options.larger, options.mirror, clock)
                return await asyncio.to_thread(_open, path, options)
            except ModelError as error:
                log.warning("%s; the built-in model goes on, and it is tried again tomorrow", error)
            except asyncio.CancelledError:
                _note_try(0)  # nothing was wrong with the network: the next server may try at once
                raise
            pause = PAUSE
        await clock.sleep(min(pause, PAUSE))


def _open(path: Path, options: Classifier.Options) -> Network:
    found = network.load(replace(options, model=str(path), labels="", output="", mean=None, scale=None))
    log.info("%s knows %d things", path, found.count)
    return found


async def _pulled(name: str, mirror: str, clock: Clock) -> Path:
    """Run `cortex models pull` for a network.

    Raises:
        ModelError: it failed, or took longer than `LIMIT`; it says why in one line.
    """
    command = [sys.executable, "-P", "-m", "cortex", "models", "pull", name, "--mirror", mirror, "--force"]
    pipe, null = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, stdin=null, stdout=null, stderr=pipe)
    try:
        if hasattr(os, "setpriority"):  # not on Windows
            os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
        ending = asyncio.ensure_future(process.communicate())
        limit = clock.call_later(LIMIT, ending.cancel)
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
    if process.returncode != 0:
        raise ModelError(_reason(said.decode(errors="replace")) or f"fetching {name} ended with {process.returncode}")
    return file_of(name)


def _reason(said: str) -> str:
    """Return what click says of an error, among whatever TensorFlow says."""
    errors = [line.removeprefix("Error: ") for line in said.splitlines() if line.startswith("Error: ")]
    return errors[-1] if errors else ""


def _stamp() -> Path:
    return folder() / "tried"


def _last_try() -> float:
    """Return when a network was last tried to be fetched, in seconds since 1970; 0: never."""
    try:
        return float(_stamp().read_text(encoding="ascii"))
    except (OSError, ValueError):  # never, or by something that wrote no number
        return 0.0


def _note_try(when: float) -> None:
    try:
        _stamp().parent.mkdir(parents=True, exist_ok=True)
        _stamp().write_text(str(when), encoding="ascii")
    except OSError as error:  # then fetching cannot work either, and says so
        log.debug("%s cannot be written: %s", _stamp(), error)
