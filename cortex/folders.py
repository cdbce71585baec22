"""Where plugins keep what must survive a restart. Knows no plugin."""

from __future__ import annotations

from pathlib import Path

import platformdirs


def state_folder(plugin: str) -> Path:
    """Return the folder of a plugin's state, made if it is not there: `$XDG_STATE_HOME/cortex/<plugin>` on Linux.

    Raises:
        OSError: it cannot be made.
    """
    folder = Path(platformdirs.user_state_path("cortex")) / plugin
    folder.mkdir(parents=True, exist_ok=True)
    return folder
