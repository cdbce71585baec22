"""An environment as an author has it: the wheel installed, pip at hand, no network. The test's own lends libraries."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0  # seconds; a machine may be busy
LENT = {"pip": "pip._internal.cli.main:main", "pytest": "pytest:console_main"}
"""Commands of the lent packages."""


class Environment:
    """A virtual environment with `cortex-senses`, in which one types commands."""

    def __init__(self, folder: Path) -> None:
        build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
        subprocess.run(build, check=True, capture_output=True, text=True)
        (wheel,) = folder.glob("*.whl")
        venv.create(folder / "env", with_pip=False)
        self.scripts = folder / "env" / ("Scripts" if os.name == "nt" else "bin")
        self.python = self.scripts / "python"
        install = [
            sys.executable,
            "-m",
            "pip",
            "--python",
            str(self.python),
            "install",
            "--quiet",
            "--no-deps",
            str(wheel),
        ]
        subprocess.run(install, check=True, capture_output=True, text=True)
        ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
        self.packages = Path(self.run(f'python -c "{ask}"', folder).stdout.strip())
        # A path in a .pth file is searched, but the .pth files in it are not read: nothing of the checkout comes along.
        (self.packages / "lent.pth").write_text(sysconfig.get_path("purelib"))
        for name, main in LENT.items():
            module, _, function = main.partition(":")
            script = self.scripts / name
            script.write_text(f"#!{self.python}\nimport sys\nfrom {module} import {function}\nsys.exit({function}())\n")
            script.chmod(0o755)

    @property
    def variables(self) -> Mapping[str, str]:
        """The environment variables of a shell in it; pip gets along with what is there."""
        foreign = ("PYTHON", "PIP_", "PYTEST_")
        ours = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        offline = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_QUIET": "1"}
        paths = {"PATH": f"{self.scripts}{os.pathsep}{os.environ['PATH']}", "PYTHONDONTWRITEBYTECODE": "1"}
        return {**ours, **offline, **paths, "COLUMNS": "200", "BROWSER": "true", "NO_COLOR": "1"}

    def run(self, line: str, folder: Path, *, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Have a shell run a line in a folder, and return what came of it."""
        options = {"cwd": folder, "env": self.variables, "timeout": PATIENCE}
        done = subprocess.run(line, shell=True, capture_output=True, text=True, check=False, **options)
        if check and done.returncode != 0:
            raise AssertionError(f"$ {line}\n{done.stdout}{done.stderr}exit code {done.returncode}")
        return done

    def start(self, line: str, folder: Path) -> subprocess.Popen[str]:
        """Have a shell start a line that runs until it is ended, and return its process; it logs into `log.txt`."""
        with (folder / "log.txt").open("a") as log:
            # The shell becomes the command, so that ending the one ends the other.
            options = {"cwd": folder, "env": self.variables, "stdout": subprocess.PIPE, "stderr": log}
            return subprocess.Popen(f"exec {line}", shell=True, text=True, **options)
