"""The options of the plugin, of both its cortexes."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from cortex import BaseOptions


class DialogueOptions(BaseOptions):
    """How it converses."""

    patience: Annotated[float, Meta(gt=0)] = 5.0
    """Seconds to wait for a fresh look, for which a shut eye opens."""
    puzzled: bool = True
    """Whether it says so when it understands nothing, and no other cortex has answered within `tact` seconds."""
    tact: Annotated[float, Meta(ge=0)] = 0.7
    """Seconds that other cortexes have to answer a sentence that it does not understand itself."""
    languages: str = ""
    """A folder with languages of your own, one file each, such as `de.yaml`."""
