"""Conversation: understands what is said or typed, in the languages of `sentences`, and answers or hands it on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cortex import hookimpl
from cortex_dialogue.looking import Looking
from cortex_dialogue.talking import Dialogue

if TYPE_CHECKING:
    from cortex import Cortex, Register


@hookimpl
def register_cortexes(register: Register[Cortex]) -> None:
    register("dialogue", Dialogue)
    register("looking", Looking)
