"""The options of `teach`, which its cortexes share."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from cortex import BaseOptions


class Options(BaseOptions):
    """Where it remembers, how long it waits, and how sure it has to be."""

    memory: str = ""
    """Path of the memory, an SQLite file; empty: `teach/memory.db` in the folder of Cortex' state."""
    patience: Annotated[float, Meta(gt=0, le=20)] = 5.0
    """Seconds that a lesson waits for something to be seen."""
    threshold: Annotated[float, Meta(ge=0, le=1)] = 0.5
    """How sure it has to be of a taught thing, from 0 to 1, to call it by its name."""
