"""What Knock knock does, tried with the real core."""

from cortex.testing import pictures


async def test_it_says_who_it_is(bot):
    await bot.load("knock_knock")
    await bot.hear("Who are you?")
    assert bot.said == ["I am Knock knock."]


async def test_its_name_is_an_option(bot):
    await bot.load("knock_knock", name="somebody else")
    await bot.hear("who are you?")
    assert bot.said == ["I am somebody else."]


async def test_it_names_the_colour_of_what_it_sees(bot):
    await bot.load("knock_knock")
    await bot.see(pictures.red())
    assert bot.shown[-1].text == "mostly red"
