"""What tests of several plugins share."""

from __future__ import annotations

import pytest

from tests.support.classroom import Classroom


@pytest.fixture(name="room")
async def _room(bot):
    await bot.load("classifier", model="builtin")
    await bot.load("teach")
    await bot.start()
    return Classroom(bot)
