"""The real Chromium, with a fake camera. One at a time: a browser with other flags takes the place of the last."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Browser, Playwright

    from tests.browser.support.scene import Scene

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
    """Starts browsers, and ends them."""

    def __init__(self, playwright: Playwright, scene: Scene) -> None:
        self._playwright = playwright
        self._scene = scene
        self._flags: tuple[str, ...] = ()
        self._browser: Browser | None = None

    async def browser(self, flags: tuple[str, ...]) -> Browser:
        """Return a browser with these flags: the one that runs, if it has them."""
        if self._browser is None or flags != self._flags or not self._browser.is_connected():
            await self.close()
            self._browser = await self._playwright.chromium.launch(
                executable_path=find_chromium(),
                args=[*BASE, *(flag.format(scene=self._scene.path) for flag in flags)],
            )
            self._flags = flags
        return self._browser

    async def close(self) -> None:
        """End the browser that runs."""
        if self._browser is not None:
            await self._browser.close()
            self._browser = None


def find_chromium() -> str | None:
    """Return the path of the system's Chromium; `None`: Playwright has its own."""
    return os.environ.get("CORTEX_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
