"""A real `cortex run` in a process of its own, and the command `cortex` as a person types it."""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import subprocess
import sysconfig
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

if TYPE_CHECKING:
    import ssl

    from tests.support.outsiders import Outsiders

CORTEX = str(Path(sysconfig.get_path("scripts")) / "cortex")
PATIENCE = 60.0  # seconds; a machine may be busy
SENSES = {"senses": {"vision": None, "hearing": None, "reading": None}}
ACTUATORS = {"actuators": {"display": None, "voice": None}}


def write_config(folder: Path, *plugins: str, **sections: Any) -> Path:
    """Write a config with the bundled senses, the actuators and these plugins; return its path."""
    file = folder / "bot.yaml"
    config = {**SENSES, **ACTUATORS, "plugins": dict.fromkeys(plugins), **sections}
    file.write_text(json.dumps(config, indent=1), encoding="utf-8")  # YAML is a superset of JSON
    return file


def run_cortex(
    *arguments: str, outsiders: Outsiders, cwd: Path, timeout: float = PATIENCE
) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        [CORTEX, *arguments],
        cwd=cwd,
        env=outsiders.environment,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


class Server:
    """One running server; its standard error goes to a file, which is shown when a test fails."""

    def __init__(self, folder: Path, outsiders: Outsiders, *arguments: str) -> None:
        self._errors = folder / f"stderr-{time.monotonic_ns()}.txt"
        with self._errors.open("w") as errors:
            self.process = subprocess.Popen(
                [CORTEX, "run", "--port", "0", *arguments],
                cwd=folder,
                env=outsiders.environment,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.address = self._serving()
        """What it printed: where a person finds it."""
        self.port = int(self.address.rpartition(":")[2])

    def _serving(self) -> str:
        line = self.line()
        found = re.search(r"https?://\S+", line)
        if found is None:
            self.end()
            raise AssertionError(f"no address was printed: {line!r}\n{self.log}")
        return found[0]

    def line(self) -> str:
        """Wait for the next line that it prints; empty where it has ended."""
        try:
            return self._lines.get(timeout=PATIENCE)
        except queue.Empty:
            raise AssertionError(f"it printed nothing\n{self.log}") from None

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put("")

    @property
    def log(self) -> str:
        """What it wrote to its standard error."""
        return self._errors.read_text(encoding="utf-8")

    @property
    def socket(self) -> str:
        """The address of its WebSocket."""
        return f"ws{self.address.removeprefix('http')}/ws"

    @property
    def memory(self) -> int:
        """Bytes of its resident memory."""
        return int(psutil.Process(self.process.pid).memory_info().rss)

    @property
    def seconds(self) -> float:
        """Processor time that it has used."""
        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)

    def get(self, path: str, *, tls: ssl.SSLContext | None = None, **headers: str) -> tuple[int, Any, bytes]:
        """Ask for a page; return status, headers and body."""
        request = urllib.request.Request(self.address + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE, context=tls) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

    def plugins(self) -> dict[str, dict[str, str]]:
        """Return how its plugins are, by name."""
        return {row["name"]: row for row in json.loads(self.get("/plugins")[2])}

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, float]:
        """Signal it to end; return its exit code and the seconds that it took."""
        began = time.monotonic()
        os.kill(self.process.pid, number)
        code = self.process.wait(PATIENCE)
        return code, time.monotonic() - began

    def end(self) -> None:
        """Be sure that it is gone."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._reader.join(10)
        if self.process.stdout is not None:
            self.process.stdout.close()
