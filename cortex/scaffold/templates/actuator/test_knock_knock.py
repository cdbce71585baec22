"""What Knock knock does, tried with the real core, and with a real Chromium where there is one."""


async def test_it_cheers_when_somebody_says_hooray(bot):
    await bot.load("knock_knock")
    await bot.hear("Hooray!")
    assert [action.emoji for action in bot.actions] == ["🎉"]


async def test_it_keeps_calm_otherwise(bot):
    await bot.load("knock_knock")
    await bot.hear("Oh well.")
    assert bot.actions == []


async def test_the_page_throws_confetti(page):
    await page.load("knock_knock", pieces=3)
    browser = await page.open()
    await browser.get_by_role("button", name="Confetti").click()
    await page.opened("knock_knock")
    await browser.get_by_role("textbox").fill("Hooray!")
    await browser.keyboard.press("Enter")
    await browser.get_by_text("🎉").nth(2).wait_for()
