"""What an object of a reloaded class takes over from the one before it. Knows no plugin and no session."""

from __future__ import annotations

import logging
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

log = logging.getLogger(__name__)

T = TypeVar("T")

OF_PYTHON = ("__dict__", "__weakref__")  # slots that hold nothing of a plugin's


def carried_over(old: Any, new: T) -> T:
    """Give `new` the attributes of `old`, an object of an earlier version of the class; return it.

    What only the new class has keeps its first value. A class whose objects hold nothing that can be set, such as a
    tuple or a frozen one, begins anew.
    """
    for name in _names(old):
        try:
            setattr(new, name, getattr(old, name))
        except AttributeError:  # frozen, never set, or the new class has no such slot
            continue
        except Exception as error:  # noqa: BLE001 - the plugin boundary: a setter may raise anything; it is logged
            _warn(type(new), name, error)
    return new


_warned: WeakKeyDictionary[type, set[str]] = WeakKeyDictionary()


def _warn(kind: type, name: str, error: Exception) -> None:
    """Log what could not be carried over, once for each version of the class, however many objects it has."""
    warned = _warned.setdefault(kind, set())
    if name not in warned:
        warned.add(name)
        log.warning("%s.%s of %s is not carried over", kind.__qualname__, name, kind.__module__, exc_info=error)


def _names(thing: Any) -> list[str]:
    fields = getattr(type(thing), "__struct_fields__", ())  # of msgspec's structs
    slots = [slot for kind in type(thing).__mro__ for slot in _slots(kind)]
    return [name for name in (*getattr(thing, "__dict__", ()), *fields, *slots) if name not in OF_PYTHON]


def _slots(kind: type) -> tuple[str, ...]:
    slots = kind.__dict__.get("__slots__", ())
    return (slots,) if isinstance(slots, str) else tuple(slots)
