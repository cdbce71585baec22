"""A costly result that is made once, whoever asks first. Knows nothing of what it makes."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Once(Generic[T]):
    """Calls `make` at the first call; every caller, in any thread, gets that result or that error."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._made = False
        self._lock = threading.Lock()
        self._error: BaseException | None = None
        self._result: T
        self.seconds = 0.0
        """How long `make` took."""

    def __call__(self) -> T:
        with self._lock:
            if not self._made:
                started = time.perf_counter()
                try:
                    self._result = self._make()
                except (Exception, SystemExit) as error:  # noqa: BLE001 - kept, and raised again to everyone who asks
                    self._error = error
                self.seconds = time.perf_counter() - started
                self._made = True
        if self._error is not None:
            raise self._error
        return self._result

    def again(self) -> Once[T]:
        """Return one that has made nothing yet: for who keeps many, since what a result is made of is often smaller."""
        return Once(self._make)
