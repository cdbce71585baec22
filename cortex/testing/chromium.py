"""A real Chromium with a fake camera: where it is, and how it is started. Knows no page."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Browser, Playwright

    from cortex.testing.camera import Camera

NAMES = ("chromium", "chromium-browser", "google-chrome")
STRANGER = "phone.test"
"""A host name that leads here, and that the browser does not take for this machine."""
BASE = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules=MAP {STRANGER} 127.0.0.1",
)
CAMERA = (
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--use-file-for-fake-video-capture={scene}",
)
CAMERA_REFUSED = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream=deny")
NO_CAMERA = ("--use-fake-device-for-media-stream=device-count=0", "--use-fake-ui-for-media-stream")
TWO_CAMERAS = ("--use-fake-device-for-media-stream=device-count=2", "--use-fake-ui-for-media-stream")


class Chromium:
    """Starts browsers, and ends them. One at a time: a browser with other flags takes the place of the last."""

    def __init__(self, playwright: Playwright, camera: Camera) -> None:
        self._playwright = playwright
        self._camera = camera
        self._flags: tuple[str, ...] = ()
        self._browser: Browser | None = None

    async def browser(self, flags: tuple[str, ...]) -> Browser:
        """Return a browser with these flags: the one that runs, if it has them."""
        if self._browser is None or flags != self._flags or not self._browser.is_connected():
            await self.close()
            self._browser = await self._playwright.chromium.launch(
                executable_path=find_chromium(),
                args=[*BASE, *(flag.format(scene=self._camera.path) for flag in flags)],
            )
            self._flags = flags
        return self._browser

    async def close(self) -> None:
        """End the browser that runs."""
        if self._browser is not None:
            await self._browser.close()
            self._browser = None


def find_chromium() -> str | None:
    """Return the path of the system's Chromium, or `$CORTEX_CHROMIUM`; `None`: Playwright may have its own."""
    return os.environ.get("CORTEX_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def explain_missing() -> str:
    """Return why there can be no page, and what to install; empty where there can be one.

    Where `CORTEX_REQUIRE_BROWSER` is set it is empty too: a missing browser is an error then, not a reason to skip.
    """
    if os.environ.get("CORTEX_REQUIRE_BROWSER"):
        return ""
    if importlib.util.find_spec("playwright") is None:
        return "Playwright is not installed: `pip install 'cortex-senses[dev]'` brings it"
    if find_chromium() is None and not _playwright_has_one():
        return "there is no Chromium: install your system's, or run `playwright install chromium`"
    return ""


def _playwright_has_one() -> bool:
    named = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    home = Path.home()
    usual = (home / ".cache", home / "Library" / "Caches", Path(os.environ.get("LOCALAPPDATA", home)))
    folders = [Path(named)] if named and named != "0" else [folder / "ms-playwright" for folder in usual]
    return any(folder.is_dir() and any(folder.glob("chromium*")) for folder in folders)
