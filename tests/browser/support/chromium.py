"""The real Chromium, as `cortex.testing` starts it for everybody."""

from __future__ import annotations

from cortex.testing.chromium import (
    BASE,
    CAMERA,
    CAMERA_REFUSED,
    NO_CAMERA,
    STRANGER,
    TWO_CAMERAS,
    Chromium,
    find_chromium,
)

__all__ = ["BASE", "CAMERA", "CAMERA_REFUSED", "NO_CAMERA", "STRANGER", "TWO_CAMERAS", "Chromium", "find_chromium"]
