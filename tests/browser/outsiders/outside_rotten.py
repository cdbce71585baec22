"""A sense from outside whose browser half cannot even be loaded."""

from cortex import Sense, hookimpl


class Rotten(Sense):
    """Never senses anything."""

    client = "outside_rotten.js"


@hookimpl
def register_senses(register):
    register("rotten", Rotten)
