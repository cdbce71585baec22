"""A cortex from outside that raises on every sentence."""

from cortex import Cortex, hookimpl


class Stumbler(Cortex):
    """Stumbles."""

    perceives = frozenset({"reading"})

    async def perceive(self, stimulus, session):
        raise ValueError(f"stumbled over {stimulus.text}")


@hookimpl
def register_cortexes(register):
    register("stumbler", Stumbler)
