"""A call in a thread of its own, for what cannot be interrupted. Knows no service."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


async def aside(call: Callable[[], T], name: str) -> T:
    """Run a call and return its result. The thread is a daemon: one that hangs keeps no server from ending."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: list[T], error: Exception | None) -> None:
        if future.done():  # nobody waits any more
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result[0])

    def work() -> None:
        result: list[T] = []
        failure: Exception | None = None
        try:
            result.append(call())
        except Exception as error:  # noqa: BLE001 - whatever it is goes to whoever waits
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(settle, result, failure)

    threading.Thread(target=work, name=name, daemon=True).start()
    return await future
