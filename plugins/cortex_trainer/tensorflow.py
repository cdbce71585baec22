"""TensorFlow and its runtime for .tflite files, imported when they are needed."""

from __future__ import annotations

import importlib
import os
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

STANDARD_ERROR = 2


@contextmanager
def quietly() -> Iterator[None]:
    """Keep TensorFlow from its remarks on this machine, which it prints past Python; errors are raised as ever."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    kept, nowhere = os.dup(STANDARD_ERROR), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, STANDARD_ERROR)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.dup2(kept, STANDARD_ERROR)
        os.close(kept)
        os.close(nowhere)


def keras() -> Any:
    """Import Keras, and TensorFlow with it."""
    with quietly():
        return importlib.import_module("keras")


def schema() -> Any:
    """Return the classes of the public schema of .tflite files."""
    try:
        return importlib.import_module("ai_edge_litert.schema_py_generated")
    except ImportError:  # LiteRT has no wheel for Windows
        return importlib.import_module("tensorflow.lite.python.schema_py_generated")


def interpreter(content: bytes) -> Any:
    """Return an interpreter of a .tflite, ready to run in one thread."""
    try:
        runtime = importlib.import_module("ai_edge_litert.interpreter")
    except ImportError:
        runtime = importlib.import_module("tensorflow").lite
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TensorFlow's own would rather be LiteRT
        made = runtime.Interpreter(model_content=content, num_threads=1)
    made.allocate_tensors()
    return made
