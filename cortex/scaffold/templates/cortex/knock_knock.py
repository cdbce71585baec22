"""A cortex that says who it is, and tells the colour of what it sees."""

from collections.abc import Iterator

from cortex import Action, BaseOptions, Cortex, Frame, Register, Say, Sentence, Session, Show, hookimpl

cortex_api = "1.2"

COLOURS = ("red", "green", "blue")


class KnockKnock(Cortex):
    """Answers "who are you?", and names the colour that a picture has most of."""

    perceives = frozenset({"hearing", "reading", "vision"})

    class Options(BaseOptions):
        """What config.yaml may set."""

        name: str = "Knock knock"
        """What it calls itself."""

    def perceive(self, stimulus: Sentence | Frame, session: Session) -> Iterator[Action]:
        if isinstance(stimulus, Frame):
            means = stimulus.image.mean(axis=(0, 1))
            yield Show(text=f"mostly {COLOURS[means.argmax()]}")
        elif "who are you" in stimulus.text.lower():
            yield Say(f"I am {self.options.name}.")


@hookimpl
def register_cortexes(register: Register[Cortex]) -> None:
    register("knock_knock", KnockKnock)
