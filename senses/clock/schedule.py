"""When an alarm goes off, by the local time of this machine. Knows no alarm and no clock that ticks."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

CLOCK = re.compile(r"(\d{1,2}):(\d\d)")
FORMATS = ("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")
WEEK = range(9)  # days among which there is one of every weekday, whatever the hour


class Schedule(NamedTuple):
    """The times of an alarm, in seconds since 1970."""

    last: Callable[[float], float | None]
    """The last one up to a moment."""
    next: Callable[[float], float | None]
    """The first one after a moment."""


def daily(at: str | int, weekdays: Collection[int]) -> Schedule:
    """Return a time of the day, on some weekdays (0 is Monday).

    A time that a change of the clocks skips comes as much later as they were put forward; one that comes twice is taken
    the first time. YAML reads an unquoted 17:30 as a number of minutes; that is taken, too.

    Raises:
        ValueError: it is no time of the day.
    """
    if isinstance(at, int):
        at = f"{at // 60:02}:{at % 60:02}"
    match = CLOCK.fullmatch(at)
    try:
        if match is None:
            raise ValueError(at)
        hour = time(int(match[1]), int(match[2]))
    except ValueError as error:
        raise ValueError(f"expected a time of the day such as '07:30', got {at!r}") from error

    def times(now: float, direction: int) -> list[float]:
        today = _date(now)
        days = [today + timedelta(days=direction * (count - 1)) for count in WEEK]
        return [datetime.combine(day, hour).timestamp() for day in days if day.weekday() in weekdays]

    return Schedule(
        last=lambda now: max(at for at in times(now, -1) if at <= now),
        next=lambda now: min(at for at in times(now, 1) if at > now),
    )


def interval(seconds: int, start: float) -> Schedule:
    """Return every so many seconds since the start; the start itself is none of the times."""
    return Schedule(
        last=lambda now: start + (now - start) // seconds * seconds,
        next=lambda now: start + ((now - start) // seconds + 1) * seconds,
    )


def once(text: str) -> Schedule:
    """Return one moment.

    Raises:
        ValueError: it is no date and time.
    """
    for form in FORMATS:
        try:
            return _moment(datetime.strptime(text, form).timestamp())
        except (ValueError, OverflowError, OSError):
            continue
    raise ValueError(f"expected a date and time such as '2026-12-24 18:00', got {text!r}")


def _moment(at: float) -> Schedule:
    return Schedule(last=lambda now: at if at <= now else None, next=lambda now: at if at > now else None)


def _date(now: float) -> date:
    return datetime.fromtimestamp(now).date()
