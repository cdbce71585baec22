"""Fixtures that all tests of the Python side share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.one_chromium import OneChromium
from tests.support.outsiders import Outsiders

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = ["pytester"]

os.environ.setdefault("CORTEX_REQUIRE_BROWSER", "1")  # our own tests of pages are not to be passed over
os.environ.setdefault("CORTEX_OFFLINE", "1")  # no test touches the network, but those of `model: auto` a stand-in


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneChromium:
    return OneChromium(config, log)


@pytest.fixture(name="outsiders")
def _outsiders(tmp_path) -> Iterator[Outsiders]:
    """A folder to install plugins in, seen by this process and by those that it starts."""
    outsiders = Outsiders(tmp_path / "site-packages")
    outsiders.enter()
    yield outsiders
    outsiders.leave()
