"""What Knock knock does, tried with the real core, and with a real Chromium where there is one."""


async def test_it_giggles_when_it_is_tickled_slowly(bot):
    await bot.load("knock_knock")
    await bot.perceive("knock_knock", seconds=0.8)
    assert bot.said == ["Hee hee!"]


async def test_it_protests_when_it_is_tickled_fast(bot):
    await bot.load("knock_knock")
    await bot.perceive("knock_knock", seconds=0.2)
    assert bot.said == ["Stop it, that tickles!"]


async def test_the_page_feels_a_pointer_that_is_rubbed_to_and_fro(page):
    await page.load("knock_knock", turns=4)
    browser = await page.open()
    await browser.get_by_role("button", name="Tickle").click()
    await page.opened("knock_knock")
    for turn in range(20):
        await browser.mouse.move(300 + 50 * (turn % 2), 300)
    tickle = await page.next("knock_knock")
    assert 0 < tickle.seconds < 1
