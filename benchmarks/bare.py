"""The bare loop: decode and infer, nothing else. Run it with a model; it reads seconds, and prints frames a second."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from benchmarks.pictures import pictures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Loop:
    """One thread, one interpreter."""

    def __init__(self, model: str) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self._interpreter = Interpreter(model_path=model, num_threads=1)
        self._interpreter.allocate_tensors()
        self._input = self._interpreter.get_input_details()[0]
        self._output: int = self._interpreter.get_output_details()[0]["index"]

    def look(self, data: bytes) -> Any:
        """Decode a frame and infer."""
        file = Image.open(io.BytesIO(data))
        file.draft("RGB", (448, 448))
        picture = file.convert("RGB")
        width, height = picture.size
        side = min(width, height)
        left, top = (width - side) // 2, (height - side) // 2
        _, high, wide, _ = self._input["shape"]
        picture = picture.crop((left, top, left + side, top + side)).resize((wide, high), Image.Resampling.BILINEAR)
        pixels = np.asarray(picture)[np.newaxis]
        if self._input["dtype"] == np.int8:
            pixels = (pixels ^ 0x80).view(np.int8)
        elif self._input["dtype"] == np.float32:
            pixels = pixels.astype(np.float32) / 127.5 - 1
        self._interpreter.set_tensor(self._input["index"], pixels)
        self._interpreter.invoke()
        return self._interpreter.get_tensor(self._output)

    def rate(self, seconds: float, frames: list[bytes]) -> float:
        """Look for some time; return frames a second."""
        began = now = time.perf_counter()
        count = 0
        while now - began < seconds:
            self.look(frames[count % len(frames)])
            count += 1
            now = time.perf_counter()
        return count / (now - began)


@contextmanager
def bare_loops(model: Path, count: int) -> Iterator[Callable[[float, int], float]]:
    """Start loops, each in a process of its own; yield what runs so many of them, and returns their frames a second."""
    command = [sys.executable, "-m", "benchmarks.bare", str(model)]
    root = Path(__file__).parent.parent
    pipe, null = subprocess.PIPE, subprocess.DEVNULL
    loops = [subprocess.Popen(command, text=True, cwd=root, stdin=pipe, stdout=pipe, stderr=null) for _ in range(count)]

    def rate(seconds: float, width: int) -> float:
        for loop in loops[:width]:
            assert loop.stdin
            loop.stdin.write(f"{seconds}\n")
            loop.stdin.flush()
        return sum(float(loop.stdout.readline()) for loop in loops[:width] if loop.stdout)

    try:
        rate(0.2, count)  # imports, first calls
        yield rate
    finally:
        for loop in loops:
            loop.communicate()


def main() -> None:
    """Serve `bare_loops`."""
    loop, frames = Loop(sys.argv[1]), pictures()
    for line in sys.stdin:
        print(loop.rate(float(line), frames), flush=True)


if __name__ == "__main__":
    main()
