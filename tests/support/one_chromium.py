"""Which tests run side by side where several processes run them: two Chromiums at once are too much for two cores.

By a scheduler of our own, since `--dist loadgroup` does not group with pytest 9.2 (pytest-xdist issue 1386).
"""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

BROWSER = ("tests/browser/", "tests/new/test_new_page.py", "tests/testing/test_page.py")
"""Where the tests that drive a Chromium stand."""


class OneChromium(LoadScopeScheduling):
    """One process drives every Chromium, one after the other; the other files go to whoever is free."""

    def _split_scope(self, nodeid: str) -> str:
        return "chromium" if nodeid.startswith(BROWSER) else nodeid.partition("::")[0]
