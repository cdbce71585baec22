"""Tiny ImageNet in memory: uint8 arrays, decoded once and cached. Knows the folder's layout, nothing of models."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
import numpy.typing as npt
from PIL import Image

from training.names import KINDS, NAME_OF_KIND, UNNAMED

Pixels = npt.NDArray[np.uint8]
Outputs = npt.NDArray[np.int64]

SIDE = 64
UNKNOWN = -1
"""The output of a picture whose kind was kept out of training."""
NAMELESS = -2
"""The output of a picture whose kind was trained on without a name."""

HELD_OUT_EVERY = 20
"""Every twentieth training picture of a kind is never trained on: everything is chosen on those."""

UNKNOWN_OF_KIND = 25
"""How many training pictures of each kept-out kind serve to choose the threshold."""

NAMELESS_OF_KIND = 250
"""How many training pictures of each kind without a name are trained on."""


@dataclass(frozen=True)
class Pictures:
    """Pictures and what they show."""

    pixels: Pixels
    """Shape (n, 64, 64, 3)."""
    outputs: Outputs
    """What each shows: the index into `KINDS` for training, else into `NAMES`, or `UNKNOWN`, or `NAMELESS`."""

    def __len__(self) -> int:
        return len(self.outputs)

    def only(self, chosen: npt.NDArray[np.bool_]) -> "Pictures":
        return Pictures(self.pixels[chosen], self.outputs[chosen])

    @property
    def known(self) -> "Pictures":
        return self.only(self.outputs >= 0)

    @property
    def unknown(self) -> "Pictures":
        return self.only(self.outputs == UNKNOWN)

    @property
    def nameless(self) -> "Pictures":
        return self.only(self.outputs == NAMELESS)


def training(data: Path, cache: Path | None = None) -> Pictures:
    """The pictures to learn from, by their kinds."""
    return _read(_training_files(data), cache and cache / "training.npz")


def held_out(data: Path, cache: Path | None = None) -> Pictures:
    """The pictures to choose with, by their names: held-out ones of the names, and some of the kept-out kinds."""
    return _read(_held_out_files(data), cache and cache / "held_out.npz")


def validation(data: Path) -> Pictures:
    """The pictures to measure with, once, by their names: all 200 kinds."""
    folder = data / "val"
    if not (folder / "val_annotations.txt").is_file():
        raise click.UsageError(f"no val/val_annotations.txt in {data}: is this the folder tiny-imagenet-200?")
    lines = (folder / "val_annotations.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t")[:2] for line in lines]
    return _read((folder / "images" / file, _name(kind)) for file, kind in rows)


def _name(kind: str) -> int:
    return NAME_OF_KIND.get(kind, NAMELESS if kind in UNNAMED else UNKNOWN)


def _training_files(data: Path) -> Iterable[tuple[Path, int]]:
    for kind, files in _files(data):
        if kind in KINDS:
            some = files[:NAMELESS_OF_KIND] if kind in UNNAMED else files
            yield from ((file, KINDS.index(kind)) for place, file in enumerate(some) if place % HELD_OUT_EVERY)


def _held_out_files(data: Path) -> Iterable[tuple[Path, int]]:
    for kind, files in _files(data):
        some = files[::HELD_OUT_EVERY] if kind in KINDS else files[:UNKNOWN_OF_KIND]
        yield from ((file, _name(kind)) for file in some)


def _files(data: Path) -> Iterable[tuple[str, list[Path]]]:
    kinds = sorted(folder for folder in (data / "train").glob("*") if folder.is_dir())
    if not kinds:
        raise click.UsageError(f"no kinds in {data / 'train'}: is this the folder tiny-imagenet-200?")
    yield from ((folder.name, sorted((folder / "images").iterdir())) for folder in kinds)


def _read(files: Iterable[tuple[Path, int]], cache: Path | None = None) -> Pictures:
    """Decode pictures, or take them from a file where those of the very same list have been kept."""
    listed = list(files)
    digest = hashlib.sha256("".join(f"{file.name} {output}\n" for file, output in listed).encode()).hexdigest()
    if cache is not None and cache.exists():
        with np.load(cache) as stored:
            if "digest" in stored and str(stored["digest"]) == digest:
                return Pictures(stored["pixels"], stored["outputs"])
    pictures = Pictures(np.stack([_decoded(file) for file, _ in listed]), np.array([output for _, output in listed]))
    if cache is not None:
        cache.parent.mkdir(parents=True, exist_ok=True)
        new = cache.with_suffix(".new.npz")
        np.savez(new, pixels=pictures.pixels, outputs=pictures.outputs, digest=digest)
        new.replace(cache)
    return pictures


def _decoded(file: Path) -> Pixels:
    with Image.open(file) as picture:
        return np.asarray(picture.convert("RGB").resize((SIDE, SIDE)), np.uint8)
