"""A sense from outside that does not say that it watches, and sends pictures all the same."""

from cortex import Sense, Stimulus, hookimpl


class Leaky(Sense):
    """Leaks."""

    client = "outside_leaky.js"

    def decode(self, header, payload):
        return Stimulus(**header.common())


@hookimpl
def register_senses(register):
    register("leaky", Leaky)
