"""A stand-in for the host of Keras' weights.

It serves weights of its own making: the real ones, 17 MB on another continent, are no matter for a test.
"""

from __future__ import annotations

import base64
import hashlib
import importlib
import json
import os
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = [f"thing {number}" for number in range(1000)]
INDEX = json.dumps({number: [f"n{number:08}", name.replace(" ", "_")] for number, name in enumerate(NAMES)}).encode()


def mobilenet() -> Any:
    """Return a MobileNet with weights of our own making."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    keras = importlib.import_module("tensorflow").keras
    keras.utils.set_random_seed(1)
    network = keras.applications.MobileNet(weights=None)
    random = np.random.default_rng(2)
    for layer in network.layers:
        if layer.name.startswith("conv") and layer.weights and not layer.name.endswith("bn"):
            kernel, *bias = layer.get_weights()
            reach = 9 if "dw" in layer.name else kernel[..., 0].size
            spread = 10 if layer.name == "conv_preds" else 1  # so that it prefers some labels to others
            layer.set_weights([random.normal(0, spread * (2 / reach) ** 0.5, kernel.shape), *bias])
    return network


class Host(ThreadingHTTPServer):
    """A stand-in for the host of the weights; the first part of the path says how it behaves."""

    daemon_threads = True

    def __init__(self, weights: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.weights = weights
        self.over = threading.Event()
        self.asked: list[str] = []

    @classmethod
    @contextmanager
    def serving(cls, weights: bytes) -> Iterator[Self]:
        """Answer until the block ends."""
        with cls(weights) as host:
            thread = threading.Thread(target=host.serve_forever)
            thread.start()
            yield host
            host.over.set()
            host.shutdown()
            thread.join()

    def url(self, manner: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/{manner}"


class Answer(BaseHTTPRequestHandler):
    """One answer of the stand-in."""

    server: Host

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        manner = self.path.split("/")[1]
        names = self.path.endswith("imagenet_class_index.json")
        if manner == "absent" or (manner == "gone" and not names):
            self.send_error(404)
            return
        content = INDEX if names else self.server.weights
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        if manner != "hashless":
            named = content if manner != "damaged" or names else b"something else"
            self.send_header("x-goog-hash", "crc32c=AAAAAA==")
            self.send_header("x-goog-hash", f"md5={base64.b64encode(hashlib.md5(named).digest()).decode()}")
        self.end_headers()
        if manner in ("cut", "silent") and not names:
            content = content[:100_000]
        self.wfile.write(content)
        if manner == "silent" and not names:
            self.wfile.flush()
            self.server.over.wait(30)

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""
