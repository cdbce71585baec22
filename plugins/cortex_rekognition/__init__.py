"""AWS Rekognition: names things, reads, and greets the people that it knows. Pictures leave this machine for AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cortex import hookimpl
from cortex_rekognition.watching import Greeting, Watching

if TYPE_CHECKING:
    from cortex import Cortex, Register


@hookimpl
def register_cortexes(register: Register[Cortex]) -> None:
    register("rekognition", Watching)
    register("rekognition-greeting", Greeting)
