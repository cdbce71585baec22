"""A sense from outside, with a browser half of its own: a button on the page, and what the bot says to it."""

from cortex import Cortex, Say, Sense, hookimpl


class Doorbell(Sense):
    """Rings."""

    client = "outside_doorbell.js"


class Porter(Cortex):
    """Answers the door."""

    perceives = frozenset({"doorbell"})

    async def perceive(self, stimulus, session):
        return Say("Somebody is at the door.")


@hookimpl
def register_senses(register):
    register("doorbell", Doorbell)


@hookimpl
def register_cortexes(register):
    register("porter", Porter)
