"""One environment for all tests of what `cortex new` makes."""

from __future__ import annotations

import pytest

from tests.new.environment import Environment


@pytest.fixture(scope="session", name="environment")
def _environment(tmp_path_factory) -> Environment:
    return Environment(tmp_path_factory.mktemp("author"))
