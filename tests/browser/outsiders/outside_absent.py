"""A sense from outside whose browser half is not there."""

from cortex import Sense, hookimpl


class Absent(Sense):
    """Never senses anything."""

    client = "outside_absent.js"


@hookimpl
def register_senses(register):
    register("absent", Absent)
