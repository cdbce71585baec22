"""The real MLServer, from PyPI, in a process of its own, with the small model of `mlserver_colours`."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.model_server import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0  # seconds


class MLServer:
    """A server over one folder; it may be ended and started again at the same address."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        http, grpc, metrics = _free_ports(3)
        self.url = f"http://127.0.0.1:{http}"
        settings = {"host": "127.0.0.1", "http_port": http, "grpc_port": grpc, "metrics_port": metrics}
        (folder / "settings.json").write_text(json.dumps({**settings, "parallel_workers": 0}))
        model = {
            "name": "colours",
            "implementation": "tests.support.mlserver_colours.Colours",
            "versions": ["v1"],
            "parameters": {"version": "v1"},
            "inputs": [{"name": "pixels", "datatype": "UINT8", "shape": [-1, 32, 32, 3]}],
            "outputs": [
                {"name": "scores", "datatype": "FP32", "shape": [-1, 3], "parameters": {"labels": list(LABELS)}}
            ],
        }
        (folder / "colours").mkdir()
        (folder / "colours" / "model-settings.json").write_text(json.dumps(model))

    @property
    def model(self) -> str:
        """Its address."""
        return f"v2+{self.url}/v2/models/colours"

    def start(self) -> None:
        """Start it, and wait until it is ready."""
        command = Path(sys.executable).with_name("mlserver")
        program = str(command) if command.exists() else shutil.which("mlserver")
        assert program, "mlserver is not installed"
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        with (self._folder / "log.txt").open("wb") as log:
            self._process = subprocess.Popen(
                [program, "start", str(self._folder)], cwd=self._folder, env=environment, stdout=log, stderr=log
            )
        until = time.monotonic() + PATIENCE
        while not self._ready():
            assert self._process.poll() is None, (self._folder / "log.txt").read_text()
            assert time.monotonic() < until, "it does not get ready"
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(0.1)

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def _ready(self) -> bool:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"{self.url}/v2/models/colours/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[MLServer]:
    """One that serves, for as long as a test lasts."""
    server = MLServer(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]
