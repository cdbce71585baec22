"""What tests of several plugins share."""

from __future__ import annotations

import pytest

from tests.support.classroom import Classroom
from tests.support.model_server import LABELS
from tests.support.tensorflow_serving import TensorFlowServing
from tests.support.triton import Triton


@pytest.fixture(name="room")
async def _room(bot):
    await bot.load("classifier", model="builtin")
    await bot.load("teach")
    await bot.start()
    return Classroom(bot)


# Model servers


@pytest.fixture(name="labels")
def _labels(tmp_path):
    path = tmp_path / "colours.txt"
    path.write_text("\n".join(LABELS) + "\n")
    return str(path)


@pytest.fixture(name="serving")
def _serving():
    server = TensorFlowServing()
    yield server
    server.close()


@pytest.fixture(name="triton")
def _triton():
    server = Triton()
    yield server
    server.close()
