"""A call in a thread of its own, which neither the event loop nor the exit of the process waits for. Knows no feed."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def in_thread(call: Callable[[], T]) -> asyncio.Future[T]:
    """Return the result to come of a call that is begun now; who gives up on it leaves the thread to itself."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, failure: Exception | None) -> None:
        if future.done():  # given up
            return
        if failure is None:
            future.set_result(result)  # type: ignore[arg-type]  # a call that did not fail has returned a T
        else:
            future.set_exception(failure)

    def work() -> None:
        result, failure = None, None
        try:
            result = call()
        except Exception as error:  # noqa: BLE001 - it is raised where the future is awaited
            failure = error
        try:
            loop.call_soon_threadsafe(settle, result, failure)
        except RuntimeError:  # the loop is closed: nobody waits any more
            return

    threading.Thread(target=work, name="cortex feed", daemon=True).start()
    return future
