"""A bot that looks with the built-in model and can be taught, and the pictures to teach it with."""

from __future__ import annotations

from cortex import Meaning
from cortex.testing import pictures
from cortex_teach.page import Lesson

MUG, MUG_AGAIN, BOWL, CLOCK = pictures.photo(1), pictures.photo(2), pictures.checkerboard(), pictures.noise(1)


def meaning(intent, thing="", *, aloud=False, language="en-GB", owner="", guessed=False):
    """What `dialogue` makes of a sentence."""
    slots = {"thing": thing, "owner": owner} if thing else {}
    sense = "hearing" if aloud else "reading"
    return Meaning(
        sense=sense,
        text=f"{intent} {thing}",
        intent=intent,
        slots=slots,
        aloud=aloud,
        language=language,
        guessed=guessed,
    )


class Classroom:
    """A bot that looks with the built-in model, and can be taught."""

    def __init__(self, bot):
        self.bot = bot

    async def mean(self, intent, thing="", **fields):
        await self.bot.happens(meaning(intent, thing, **fields))

    async def teach(self, thing, picture, **fields):
        await self.mean("learn", thing, **fields)
        await self.bot.see(picture, times=28)

    async def name(self, picture):
        """Return the first label that is shown of a picture that somebody asks about."""
        await self.bot.see(picture, asked=True)
        return self.bot.shown[-1].labels[0].name

    @property
    def lesson(self):
        return [action for action in self.bot.actions if isinstance(action, Lesson)][-1]
