"""A sense that feels tickling, and a cortex that giggles. The half in the browser is beside this file."""

from cortex import BaseOptions, Cortex, Header, Register, Say, Sense, Session, Stimulus, hookimpl

cortex_api = "1.2"


class Tickle(Stimulus, frozen=True, kw_only=True):
    """Somebody tickles the bot."""

    seconds: float
    """How long it took to tickle it."""


class TickleHeader(Header, frozen=True, kw_only=True):
    """What the browser says of it."""

    seconds: float


class KnockKnock(Sense):
    """Feels a pointer that is rubbed to and fro over the scene."""

    class Options(BaseOptions):
        """What config.yaml may set; the half in the browser gets it as `settings`."""

        turns: int = 6
        """How many turns of the pointer within a second are a tickle."""

    Header = TickleHeader
    client = "knock_knock.js"

    def decode(self, header: TickleHeader, payload: bytes) -> Tickle:
        return Tickle(**header.common(), seconds=header.seconds)


class Giggler(Cortex):
    """Giggles when the bot is tickled."""

    perceives = frozenset({"knock_knock"})

    async def perceive(self, stimulus: Tickle, session: Session) -> Say:
        return Say("Hee hee!" if stimulus.seconds > 0.4 else "Stop it, that tickles!")


@hookimpl
def register_senses(register: Register[Sense]) -> None:
    register("knock_knock", KnockKnock)


@hookimpl
def register_cortexes(register: Register[Cortex]) -> None:
    register("knock_knock", Giggler)
