"""A real `cortex run` in a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sysconfig
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMAND = Path(sysconfig.get_path("scripts")) / "cortex"
ADDRESS = re.compile(r"serving on (http://\S+)")
PATIENCE = 30  # seconds for a start or a stop on a busy machine


class Server:
    """`cortex run` with a config of its own, from an empty folder."""

    def __init__(self, folder: Path, plugins: Path, config: Mapping[str, Any], *arguments: str) -> None:
        self.address = ""
        self.port = 0
        self._folder = folder
        self._arguments = arguments
        self._log = folder / "log.txt"
        self._environment = os.environ | {"PYTHONPATH": str(plugins), "HOME": str(folder), "PYTHONUNBUFFERED": "1"}
        self._process: subprocess.Popen[str] | None = None
        self.configure(config)

    def configure(self, config: Mapping[str, Any]) -> None:
        """Write its config; it holds from the next start."""
        (self._folder / "config.yaml").write_text(yaml.safe_dump(dict(config)))

    async def start(self) -> None:
        """Start it, on the port that it had before if it had one; return once it serves, and no plugin is starting."""
        self._process = process = self._run()
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            line = await asyncio.to_thread(process.stdout.readline)
        serving = ADDRESS.search(line)
        assert serving, f"cortex run does not serve: {line}{self.log}"
        self.address = serving[1]
        self.port = int(self.address.rpartition(":")[2])
        await asyncio.to_thread(self._is_complete)

    def _is_complete(self) -> None:
        """Wait until no plugin is starting any more: it serves before the slow ones are there."""
        until = time.monotonic() + PATIENCE
        while starting := [plugin["name"] for plugin in self._plugins() if plugin["state"] == "starting"]:
            assert time.monotonic() < until, f"{starting} does not start\n{self.log}"
            time.sleep(0.05)  # it tells nobody who has no page open

    def _plugins(self) -> list[dict[str, Any]]:
        with urlopen(f"{self.address}/plugins") as response:
            return list(json.load(response))

    def _run(self) -> subprocess.Popen[str]:
        with self._log.open("a") as log:
            return subprocess.Popen(
                [COMMAND, "run", "--port", str(self.port), *self._arguments],
                cwd=self._folder,
                env=self._environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    async def printed(self, beginning: str) -> str:
        """Wait until it prints a line with this beginning; return that."""
        assert self._process is not None
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            while not (line := await asyncio.to_thread(self._process.stdout.readline)).startswith(beginning):
                assert line, f"it ended without a line that begins with {beginning!r}\n{self.log}"
        return line.rstrip("\n")

    @property
    def log(self) -> str:
        """What it wrote to its standard error."""
        return self._log.read_text()

    async def stop(self, number: int = signal.SIGTERM) -> int | None:
        """End it with a signal; return its exit code."""
        process, self._process = self._process, None
        if process is None:
            return None
        process.send_signal(number)
        try:
            return await asyncio.to_thread(process.wait, PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        finally:
            assert process.stdout is not None
            process.stdout.close()
