"""Servers of feeds, and a sense that follows them."""

from __future__ import annotations

import pytest
import pytest_asyncio

from tests.support.newsstand import Newsstand
from tests.support.reader import Reader, WatchedClock


@pytest.fixture(name="stand")
def _stand(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("no_proxy", "*")
    stand = Newsstand()
    yield stand
    stand.close()


@pytest_asyncio.fixture(name="reader")
async def _reader(stand):
    reader = Reader(WatchedClock())
    yield reader
    while reader.tasks:
        await reader.leave()
