"""The server that is measured: `cortex run` as people start it, in a process of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec
import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 60.0  # seconds that a plugin may take to start


class Server:
    """A running server."""

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.host = urlsplit(address).hostname or ""
        self.port = urlsplit(address).port or 0
        self._process = psutil.Process(process.pid)

    @property
    def memory(self) -> int:
        """Resident memory in bytes."""
        return int(self._process.memory_info().rss)

    def maps(self, word: str) -> int:
        """Return how many files whose path contains a word are mapped into memory."""
        return sum(word in mapping.path for mapping in self._process.memory_maps())

    def get(self, path: str) -> tuple[int, bytes]:
        """Return status and body of a page."""
        connection = HTTPConnection(self.host, self.port, timeout=10)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def wait(self) -> None:
        """Wait until every plugin works.

        Raises:
            RuntimeError: one has failed, or does not come.
        """
        give_up = time.monotonic() + PATIENCE
        while time.monotonic() < give_up:
            plugins = msgspec.json.decode(self.get("/plugins")[1])
            if all(plugin["state"] == "working" for plugin in plugins):
                return
            if failed := [plugin for plugin in plugins if plugin["state"] == "failed"]:
                raise RuntimeError(f"{failed[0]['name']}: {failed[0]['reason']}")
            time.sleep(0.01)
        raise RuntimeError(f"not every plugin works after {PATIENCE:.0f} s: {plugins}")


@contextmanager
def serving(*options: str, config: str = "") -> Iterator[Server]:
    """Run `cortex run` with some options, in a folder with this `config.yaml` or none, until it answers."""
    command = shutil.which("cortex", path=str(Path(sys.executable).parent)) or "cortex"
    with running([command, "run", "--host", "127.0.0.1", "--port", "0", *options], config) as server:
        while server.get("/healthz")[0] != 200:
            time.sleep(0.005)
        yield server


@contextmanager
def running(command: list[str], config: str = "") -> Iterator[Server]:
    """Run a server that prints its address, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        if config:
            (Path(folder) / "config.yaml").write_text(config)
        offline = os.environ | {"CORTEX_OFFLINE": "1"}  # the built-in model, to the end
        process = subprocess.Popen(
            command, cwd=folder, env=offline, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        try:
            assert process.stdout
            for line in process.stdout:
                if found := re.search(r"https?://[^ /]+", line):
                    yield Server(process, found[0])
                    break
            else:
                raise RuntimeError(f"{' '.join(command)} ends with code {process.wait()}")
        finally:
            process.terminate()
            process.wait(10)
            if process.stdout:
                process.stdout.close()
