"""A sense from outside whose browser half is no JavaScript."""

from cortex import Sense, hookimpl


class Garbled(Sense):
    """Never senses anything."""

    client = "outside_garbled.js"


@hookimpl
def register_senses(register):
    register("garbled", Garbled)
