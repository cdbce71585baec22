"""An actuator that throws confetti, and a cortex that cheers. The half in the browser is beside this file."""

from collections.abc import Iterator

from cortex import Action, Actuator, BaseOptions, Cortex, Register, Sentence, Session, hookimpl

cortex_api = "1.2"


class Throw(Action, frozen=True, tag="knock_knock"):
    """Throw confetti."""

    emoji: str
    """What each piece looks like."""


class KnockKnock(Actuator):
    """Throws confetti over the scene."""

    class Options(BaseOptions):
        """What config.yaml may set; the half in the browser gets it as `settings`."""

        pieces: int = 24
        """How many pieces it throws at once."""

    carries = (Throw,)
    client = "knock_knock.js"


class Cheerleader(Cortex):
    """Throws confetti when somebody says hooray."""

    perceives = frozenset({"hearing", "reading"})

    def perceive(self, stimulus: Sentence, session: Session) -> Iterator[Action]:
        if "hooray" in stimulus.text.lower():
            yield Throw("🎉")


@hookimpl
def register_actuators(register: Register[Actuator]) -> None:
    register("knock_knock", KnockKnock)


@hookimpl
def register_cortexes(register: Register[Cortex]) -> None:
    register("knock_knock", Cheerleader)
