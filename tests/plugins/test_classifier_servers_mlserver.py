"""The classifier with a model on the real MLServer, from PyPI, over the Open Inference Protocol."""

from __future__ import annotations

import asyncio

import pytest

from cortex.testing import pictures
from tests.support.mlserver import serving


@pytest.fixture(name="mlserver", scope="module")
def _mlserver(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("models")) as server:
        yield server


@pytest.fixture(autouse=True)
def _direct(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")


async def test_it_names_what_is_seen_with_the_labels_of_the_server(bot, mlserver):
    await bot.load("classifier", model=mlserver.model, smoothing=1)
    for picture, name in ((pictures.red(), "red"), (pictures.green(), "green"), (pictures.blue(), "blue")):
        await bot.see(picture)
        assert bot.shown[-1].labels[0].name == name
    assert bot.problems == []
    assert bot.said[0] == "I see: red."


async def test_two_people_at_once(bot, mlserver):
    await bot.load("classifier", model=mlserver.model, smoothing=1)
    people = [bot, *[await bot.meet() for _ in range(3)]]
    shots = [(pictures.red(), "red"), (pictures.green(), "green"), (pictures.blue(), "blue"), (pictures.red(), "red")]
    for person, (picture, _) in zip(people, shots, strict=True):
        await person.see(picture, wait=False)
    for person, (_, name) in zip(people, shots, strict=True):
        await person.until(lambda person=person: person.shown)
        assert person.shown[0].labels[0].name == name


async def test_a_version_may_be_named(bot, mlserver):
    await bot.load("classifier", model=f"{mlserver.model}/versions/v1")
    await bot.see(pictures.blue())
    assert bot.shown[-1].labels[0].name == "blue"


async def test_a_model_or_a_version_that_it_does_not_have(bot, mlserver):
    await bot.load("classifier", model=mlserver.model.replace("colours", "colors"))
    await bot.see(pictures.red())
    line = "does not know that model (404 Not Found): Model colors not found (did you mean colours?)"
    assert line in bot.problems[0]
    await bot.restart()
    await bot.load("classifier", model=f"{mlserver.model}/versions/v9")
    await bot.see(pictures.red())
    assert "Model colours with version v9 not found" in bot.problems[-1]


async def test_it_goes_and_comes_back(bot, clock, mlserver):
    await bot.load("classifier", model=mlserver.model, smoothing=1)
    await bot.see(pictures.red())
    await asyncio.to_thread(mlserver.stop)
    await bot.see(pictures.green())
    assert f"{mlserver.model} cannot be reached: Connection refused" in bot.problems[0]
    await asyncio.to_thread(mlserver.start)
    await clock.advance(15)
    await bot.see(pictures.green())
    assert bot.shown[-1].labels[0].name == "green"
