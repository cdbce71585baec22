"""Tiny ImageNet in memory: uint8 arrays, decoded once and cached. Knows the folder's layout, nothing of models."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from training.names import OUTPUT_OF_KIND

Pixels = npt.NDArray[np.uint8]
Outputs = npt.NDArray[np.int64]

SIDE = 64
UNKNOWN = -1
"""The output of a picture whose kind was kept out of training."""

HELD_OUT_EVERY = 20
"""Every twentieth training picture of a kind is never trained on: everything is chosen on those."""

UNKNOWN_OF_KIND = 25
"""How many training pictures of each kept-out kind serve to choose the threshold."""


@dataclass(frozen=True)
class Pictures:
    """Pictures and what they show."""

    pixels: Pixels
    """Shape (n, 64, 64, 3)."""
    outputs: Outputs
    """The index into `NAMES`, or `UNKNOWN`."""

    def __len__(self) -> int:
        return len(self.outputs)

    def only(self, chosen: npt.NDArray[np.bool_]) -> "Pictures":
        return Pictures(self.pixels[chosen], self.outputs[chosen])

    @property
    def known(self) -> "Pictures":
        return self.only(self.outputs != UNKNOWN)

    @property
    def unknown(self) -> "Pictures":
        return self.only(self.outputs == UNKNOWN)


def training(data: Path, cache: Path | None = None) -> Pictures:
    """The pictures to learn from."""
    return _cached(cache, "training", lambda: _read(_training_files(data, held_out=False)))


def held_out(data: Path, cache: Path | None = None) -> Pictures:
    """The pictures to choose with: held-out ones of the names, and some of the kept-out kinds."""
    return _cached(cache, "held_out", lambda: _read(_training_files(data, held_out=True)))


def validation(data: Path) -> Pictures:
    """The pictures to measure with, once: all 200 kinds."""
    folder = data / "val"
    lines = (folder / "val_annotations.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t")[:2] for line in lines]
    return _read((folder / "images" / file, OUTPUT_OF_KIND.get(kind, UNKNOWN)) for file, kind in rows)


def _training_files(data: Path, *, held_out: bool) -> Iterable[tuple[Path, int]]:
    kinds = sorted(folder for folder in (data / "train").iterdir() if folder.is_dir())
    if not kinds:
        raise FileNotFoundError(f"no kinds in {data / 'train'}: is {data} the folder tiny-imagenet-200?")
    for folder in kinds:
        output = OUTPUT_OF_KIND.get(folder.name, UNKNOWN)
        files = sorted((folder / "images").iterdir())
        if output == UNKNOWN:
            yield from ((file, output) for file in files[: UNKNOWN_OF_KIND if held_out else 0])
        else:
            yield from ((file, output) for place, file in enumerate(files) if (place % HELD_OUT_EVERY == 0) == held_out)


def _read(files: Iterable[tuple[Path, int]]) -> Pictures:
    pixels: list[Pixels] = []
    outputs: list[int] = []
    for file, output in files:
        with Image.open(file) as picture:
            pixels.append(np.asarray(picture.convert("RGB").resize((SIDE, SIDE)), np.uint8))
        outputs.append(output)
    return Pictures(np.stack(pixels), np.asarray(outputs, np.int64))


def _cached(cache: Path | None, name: str, read: Callable[[], Pictures]) -> Pictures:
    if cache is None:
        return read()
    file = cache / f"{name}.npz"
    if not file.exists():
        pictures = read()
        cache.mkdir(parents=True, exist_ok=True)
        np.savez(file, pixels=pictures.pixels, outputs=pictures.outputs)
        return pictures
    with np.load(file) as stored:
        return Pictures(stored["pixels"], stored["outputs"])
