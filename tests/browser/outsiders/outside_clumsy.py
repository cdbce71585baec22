"""A sense from outside whose browser half throws, where and when its option says; and a cortex that has it look."""

from cortex import Attend, BaseOptions, Cortex, Sense, hookimpl


class Clumsy(Sense):
    """Stumbles."""

    class Options(BaseOptions):
        """How it stumbles."""

        how: str = ""

    client = "outside_clumsy.js"


class Pusher(Cortex):
    """Has it look."""

    perceives = frozenset({"reading"})

    async def perceive(self, stimulus, session):
        return Attend("clumsy", "look") if stimulus.text == "look" else None


@hookimpl
def register_senses(register):
    register("clumsy", Clumsy)


@hookimpl
def register_cortexes(register):
    register("pusher", Pusher)
