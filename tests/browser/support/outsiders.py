"""Installs plugins the way an outsider's package is: modules, and a dist-info with entry points, on the path."""

from __future__ import annotations

import shutil
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "outsiders"


def install(folder: Path) -> Path:
    """Install every module of `outsiders/` into a folder, each as the plugin of its name; return the folder."""
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    names = sorted(file.stem for file in folder.glob("*.py"))
    info = folder / "outsiders-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: outsiders\nVersion: 1.0\n")
    points = "".join(f"{name.removeprefix('outside_')} = {name}\n" for name in names)
    (info / "entry_points.txt").write_text(f"[cortex]\n{points}")
    return folder
