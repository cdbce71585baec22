"""Frames that wait together go in one request. Knows no server."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, TypeVar

from cortex import ServiceError
from cortex_classifier.deadline import left

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
R = TypeVar("R")


class Waiting(Generic[T, R]):
    """One who waits for an answer."""

    def __init__(self, asked: T) -> None:
        self.asked = asked
        self.done = False
        self.answer: R | None = None
        self.error: Exception | None = None


class Batcher(Generic[T, R]):
    """Collects what is asked while a request is under way, and asks that in one, in the order in which it came.

    It has no thread of its own: whoever finds nothing under way asks for all who wait.
    """

    def __init__(self, answer: Callable[[Sequence[T]], Sequence[R]], most: int) -> None:
        self.most = most
        """What is asked at once."""
        self._answer = answer
        self._changed = threading.Condition()
        self._waiting: list[Waiting[T, R]] = []
        self._asking = False
        self._stopped = False

    def ask(self, what: T) -> R:
        """Return the answer to this. Blocks, perhaps for one request before its own.

        Raises:
            ServiceError: the batcher was stopped.
            TimeoutError: there is no time left to wait for the others.
            Exception: whatever the request of which it was part has raised.
        """
        mine: Waiting[T, R] = Waiting(what)
        with self._changed:
            self._waiting.append(mine)
            self._changed.notify_all()
        while not mine.done:
            with self._changed:
                free = self._changed.wait_for(lambda: mine.done or self._stopped or not self._asking, left())
                if mine.done:
                    break
                if not free and mine in self._waiting:
                    self._waiting.remove(mine)
                if not free:
                    raise TimeoutError("the request that is under way does not end")
                if self._stopped:
                    raise ServiceError("it is being stopped")
                batch, self._waiting = self._waiting[: self.most], self._waiting[self.most :]
                self._asking = True
            self._settle(batch)
        if mine.error is not None:
            raise mine.error
        return mine.answer  # type: ignore[return-value] # it is there where there is no error

    def stop(self) -> None:
        """Send those away who wait; what is under way comes to its end by itself."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def _settle(self, batch: list[Waiting[T, R]]) -> None:
        try:
            answers = self._answer([each.asked for each in batch])
            for each, answer in zip(batch, answers, strict=True):
                each.answer = answer
        except Exception as error:  # noqa: BLE001 - it is raised where each of them waits
            for each in batch:
                each.error = error
        finally:
            with self._changed:
                for each in batch:
                    each.done = True
                self._asking = False
                self._changed.notify_all()
