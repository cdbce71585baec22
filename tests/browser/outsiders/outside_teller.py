"""A cortex from outside that tells a story, piece by piece, and that one may speak over."""

import asyncio

from cortex import Cortex, Place, Say, hookimpl

BEGINNING = "Once upon a time there was a bot. It had one eye. It saw the sea."
REST = "And it lived happily ever after."


class Teller(Cortex):
    """Tells a story until it is told to stop."""

    perceives = frozenset({"hearing", "reading"})
    interruptible = True
    place = Place(where="network", name="nas.local:11434", gets=("words",))

    def __init__(self, options):
        super().__init__(options)
        self._more = asyncio.Event()

    async def perceive(self, stimulus, session):
        if "stop" in stimulus.text:
            yield Say("I have stopped.")
            self._more.set()
            return
        yield Say(BEGINNING)
        await self._more.wait()
        yield Say(REST)


@hookimpl
def register_cortexes(register):
    register("teller", Teller)
