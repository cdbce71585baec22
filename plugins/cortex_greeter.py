"""The greeter: the whole plugin that the README shows."""

from cortex import Cortex, Say, hookimpl


class Greeter(Cortex):
    """Says hello back."""

    perceives = {"hearing", "reading"}

    async def perceive(self, stimulus, session):
        if "hello" in stimulus.text.lower():
            yield Say("Hello! Show me something.")


@hookimpl
def register_cortexes(register):
    register("greeter", Greeter)
