"""A cortex from outside that raises while it starts."""

from cortex import Cortex, hookimpl


class Unwilling(Cortex):
    """Never starts."""

    perceives = frozenset({"vision"})

    async def start(self):
        raise RuntimeError("the model file has gone missing")


@hookimpl
def register_cortexes(register):
    register("unwilling", Unwilling)
