"""The models that the server looks with."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
DATA = ROOT.parent / "shared" / "data"


class Model(NamedTuple):
    """A model, and what tells the server to take it."""

    name: str
    path: Path
    options: tuple[str, ...] = ()


BUILTIN = Model("built-in", ROOT / "plugins" / "cortex_classifier" / "builtin" / "model.tflite")


def models() -> list[Model]:
    """Return the built-in model, and MobileNetV2 where it is there."""
    mobilenet, labels = DATA / "tf2_mobilenet_v2_1.0_224_ptq.tflite", DATA / "imagenet_labels.txt"
    if not mobilenet.is_file():
        return [BUILTIN]
    options = ("--set", f"plugins.classifier.model={mobilenet}", "--set", f"plugins.classifier.labels={labels}")
    return [BUILTIN, Model("MobileNetV2", mobilenet, options)]
