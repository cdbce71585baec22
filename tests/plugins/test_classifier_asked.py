"""The classifier where somebody asks about one picture: it answers in any case, and the stream goes on as it was."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import cortex_classifier
from cortex_classifier.smoothing import Recent

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cortex.testing import Bot

BUILTIN = Path(cortex_classifier.__file__).parent / "builtin"


@pytest.fixture(name="noise", scope="module")
def _noise() -> NDArray[np.uint8]:
    return np.random.default_rng(3).integers(0, 255, (240, 320, 3)).astype(np.uint8)


@pytest.fixture(name="model")
def _model(tmp_path: Path) -> Path:
    """Return a copy of the built-in model to which everything is an ant."""
    path = tmp_path / "model.tflite"
    path.write_bytes((BUILTIN / "model.tflite").read_bytes())
    count = len((BUILTIN / "labels.txt").read_text().splitlines())
    (tmp_path / "labels.txt").write_text("ant\n" * count)
    (tmp_path / "labels.fr.txt").write_text("fourmi\n" * count)
    return path


@pytest.mark.parametrize(
    ("language", "sure", "unsure"),
    [
        ("en-US", "I see: ant.", "I'm not sure. It could be: ant."),
        ("fr-FR", "Je vois : fourmi.", "Je ne suis pas sûr. Peut-être : fourmi."),
        ("de-DE", "I see: ant.", "I'm not sure. It could be: ant."),
    ],
)
@pytest.mark.parametrize("threshold", [0, 1])
async def test_a_question_is_answered_whether_it_is_sure_or_not(
    bot: Bot, model: Path, noise: NDArray[np.uint8], language: str, sure: str, unsure: str, threshold: int
) -> None:
    bot.session.language = language
    await bot.load("classifier", model=model, threshold=threshold)
    await bot.see(noise, asked=True)
    assert bot.answers == [unsure if threshold else sure]
    assert bot.remarks == []


async def test_every_question_is_answered_though_the_thing_stays_in_view(
    bot: Bot, model: Path, noise: NDArray[np.uint8]
) -> None:
    await bot.load("classifier", model=model, threshold=0)
    for _ in range(3):
        await bot.see(noise, asked=True)
    assert bot.answers == ["I see: ant."] * 3


async def test_the_phrase_of_the_options_is_said_where_it_is_sure(
    bot: Bot, model: Path, noise: NDArray[np.uint8]
) -> None:
    await bot.load("classifier", model=model, threshold=0, phrase="Behold: {name}!")
    await bot.see(noise, asked=True)
    assert bot.answers == ["Behold: ant!"]


async def test_a_frame_of_the_stream_that_is_unsure_says_nothing(
    bot: Bot, model: Path, noise: NDArray[np.uint8]
) -> None:
    await bot.load("classifier", model=model, threshold=1)
    await bot.see(noise)
    assert bot.said == []


async def test_a_question_is_not_smoothed_and_leaves_the_smoothing_of_the_stream_alone(
    bot: Bot, noise: NDArray[np.uint8]
) -> None:
    await bot.load("classifier", smoothing=3, top=100)
    other = 255 - noise
    await bot.see(noise)
    before = list(bot.session.state(Recent)._glances)
    await bot.see(other, asked=True)
    asked = bot.shown[-1]
    assert list(bot.session.state(Recent)._glances) == before
    await bot.see(other, asked=True)
    assert bot.shown[-1] == asked
    await bot.see(noise)
    assert len(bot.session.state(Recent)._glances) == 2
