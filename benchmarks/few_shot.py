"""`python -m benchmarks.few_shot DATA`: how well things are told apart that were only shown a few times.

DATA is the folder tiny-imagenet-200; the things are the kinds that the built-in model was never trained on. Everything
goes through the classifier's and the teacher's own code. `--fit` fits the teacher's three constants, on training
pictures of every second one of those kinds; what is measured are the validation pictures of all.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rich.console import Console
from rich.table import Table

from benchmarks.models import BUILTIN, DATA, models
from cortex_classifier import Classifier
from cortex_classifier.network import Network, load
from cortex_teach.matching import SURE, Matcher
from training.names import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

# Embeddings of the pictures of one kind: float32[pictures, d].
Kind = NDArray[np.float32]

THINGS = 5
"""How many things are taught, and how many unknown ones are shown besides."""
ASKED = 15
"""How many further pictures of each are shown."""
BACKGROUND = 64
"""How many pictures of the other kinds the bot has seen before."""
SEED = 5
FITTED = 60
"""How many training pictures of a kind the constants are fitted to."""
STEPS = 12


class Draw(NamedTuple):
    """Some things with pictures to learn from, and what is shown then."""

    matcher: Matcher
    shown: Kind
    truth: NDArray[np.int64]
    """Which of the things each shows, or -1."""


class Result(NamedTuple):
    """What came of the draws; of shares and areas the mean, and half the width of its 95 % interval."""

    model: str
    pictures: int
    """Of each thing, to learn from."""
    background: int
    """Pictures of other things that were seen before."""
    right: float
    right_interval: float
    area: float
    """Under the ROC of known against unknown."""
    area_interval: float
    named_right: float
    """Known things that were called by their name."""
    named_wrong: float
    """Known things that were called by another name."""
    named_unknown: float
    """Unknown things that were given a name."""


def unseen(data: Path, part: str) -> dict[str, list[Path]]:
    """Return the files of each kind that the built-in model never saw, of the part `train` or `val`."""
    if part == "val":
        lines = (data / "val" / "val_annotations.txt").read_text(encoding="utf-8").splitlines()
        found = [(line.split("\t")[1], data / "val" / "images" / line.split("\t")[0]) for line in lines]
    else:
        found = [(file.parts[-3], file) for file in sorted((data / "train").glob("*/images/*"))]
    kinds: dict[str, list[Path]] = {}
    for kind, file in found:
        if kind not in KINDS:
            kinds.setdefault(kind, []).append(file)
    return dict(sorted(kinds.items()))


def embeddings(network: Network, kinds: dict[str, list[Path]]) -> list[Kind]:
    """Return what a model makes of the pictures of each kind."""
    return [np.stack([network.embed(_pixels(file)) for file in files]) for files in kinds.values()]


def _pixels(file: Path) -> NDArray[np.uint8]:
    with Image.open(file) as picture:
        return np.asarray(picture.convert("RGB"), np.uint8)


def draws(kinds: list[Kind], things: int, pictures: int, background: int, count: int, seed: int) -> Iterator[Draw]:
    """Yield random things with so many pictures each, and as many unknown ones, the same for every model."""
    chance = np.random.default_rng(seed)
    for _ in range(count):
        order = chance.permutation(len(kinds))
        known, unknown, rest = order[:things], order[things : things + THINGS], order[things + THINGS :]
        mixed = {kind: kinds[kind][chance.permutation(len(kinds[kind]))] for kind in order}
        taught = np.concatenate([mixed[kind][:pictures] for kind in known])
        seen = np.concatenate([mixed[kind] for kind in rest]) if len(rest) else taught[:0]
        seen = seen[chance.permutation(len(seen))[:background]]
        numbers = np.repeat(np.arange(things), pictures)
        matcher = Matcher(taught, numbers, np.arange(len(taught)), np.zeros(len(taught), np.bool_), seen)
        asked = [mixed[kind][pictures : pictures + ASKED] for kind in known]
        strange = [mixed[kind][:ASKED] for kind in unknown]
        truth = np.repeat([*range(things), *[-1] * len(unknown)], [len(part) for part in (*asked, *strange)])
        yield Draw(matcher, np.concatenate([*asked, *strange]), truth)


def measure(name: str, kinds: list[Kind], pictures: int, background: int, count: int) -> Result:
    """Return how well things are told apart and from unknown ones, with some pictures of each."""
    rows = [_judged(draw) for draw in draws(kinds, THINGS, pictures, background, count, SEED)]
    means, errors = np.mean(rows, axis=0), 1.96 * np.std(rows, axis=0) / count**0.5
    right, area, *named = (float(mean) for mean in means)
    return Result(name, pictures, background, right, float(errors[0]), area, float(errors[1]), *named)


def _judged(draw: Draw) -> tuple[float, ...]:
    known = draw.truth >= 0
    shares = _shares(draw.matcher.logits(draw.shown))
    best = shares[:, 1:].argmax(axis=1)
    right, sure = best == draw.truth, shares[:, 1:].max(axis=1) > SURE
    named = (sure & right)[known].mean(), (sure & ~right)[known].mean(), sure[~known].mean()
    return right[known].mean(), area(1 - shares[known, 0], 1 - shares[~known, 0]), *named


def _shares(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of the unknown, then those of the things."""
    padded = np.pad(logits, ((0, 0), (1, 0)))
    powers = np.exp(padded - padded.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return shares


def area(above: NDArray[np.float64], below: NDArray[np.float64]) -> float:
    """Return how often one of the first is greater than one of the second; ties count half."""
    ordered = np.sort(below)
    less = np.searchsorted(ordered, above, "left") + np.searchsorted(ordered, above, "right")
    return float(less.mean() / 2 / len(below))


def fit(models: list[list[Kind]]) -> NDArray[np.float64]:
    """Return SLOPE, BASE and FIRMNESS that make what truly came likeliest, known and unknown weighing the same."""
    cases = [
        draw
        for kinds in models
        for seed, (things, pictures, background) in enumerate(
            (things, pictures, background)
            for things in (1, 2, 5, 10)
            for pictures in (1, 2, 5, 10)
            for background in (0, 16, 64)
        )
        for draw in draws(kinds, things, pictures, background, 6, seed)
    ]
    constants = np.array([1.0, 2.0, 1.0])
    for _ in range(STEPS):
        gradient, curvature = np.zeros(3), 1e-6 * np.eye(3)
        for draw in cases:
            likeness, firmness = draw.matcher.evidence(draw.shown)
            parts = np.stack([likeness, -np.ones_like(likeness), np.broadcast_to(firmness, likeness.shape)], axis=2)
            shares = _shares(parts @ constants)[:, 1:]
            known = draw.truth >= 0
            weights = np.where(known, 0.5 / known.sum(), 0.5 / (~known).sum())
            expected = np.einsum("ni,nik->nk", shares, parts)
            happened = np.where(known[:, None], parts[np.arange(len(parts)), draw.truth], 0)
            gradient += weights @ (happened - expected)
            curvature += np.einsum("n,ni,nik,nil->kl", weights, shares, parts, parts)
            curvature -= np.einsum("n,nk,nl->kl", weights, expected, expected)
        constants = constants + np.linalg.solve(curvature, gradient)
    return constants


def _table(results: list[Result], count: int) -> Table:
    table = Table("model", title=f"{THINGS} things, {count} draws, and {THINGS} unknown things mixed in")
    for name in ("pictures each", "seen before", "right", "AUROC", "named right", "named wrong", "unknown, named"):
        table.add_column(name, justify="right")
    for one in results:
        shares = (f"{share:.1%}" for share in (one.named_right, one.named_wrong, one.named_unknown))
        right, roc = f"{one.right:.1%} ± {one.right_interval:.1%}", f"{one.area:.3f} ± {one.area_interval:.3f}"
        table.add_row(one.model, str(one.pictures), str(one.background), right, roc, *shares)
    return table


@click.command()
@click.argument("data", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--model", "files", multiple=True, type=click.Path(exists=True, path_type=Path), help="A further model.")
@click.option("--labels", help="Labels of further models that bring none.")
@click.option("--draws", "count", type=click.IntRange(min=2), default=200, show_default=True, help="How often.")
@click.option("--fit", "fitting", is_flag=True, help="Fit the constants of the teacher, and measure nothing.")
@click.option("--json", "path", type=click.Path(dir_okay=False, path_type=Path), help="Write the same as JSON.")
def main(data: Path, files: tuple[Path, ...], labels: str | None, count: int, fitting: bool, path: Path | None) -> None:
    """Measure with the pictures in DATA: the built-in model, MobileNetV2 where it is there, and further models."""
    networks = {"built-in": load(Classifier.Options(model="builtin"))}
    for known in models():
        if known is not BUILTIN:
            options = Classifier.Options(model=str(known.path), labels=str(DATA / "imagenet_labels.txt"))
            networks[known.name] = load(options)
    networks |= {file.stem: load(Classifier.Options(model=str(file), labels=labels or "")) for file in files}
    kinds = unseen(data, "train" if fitting else "val")
    if len(kinds) < 2 * THINGS:
        raise click.ClickException(
            f"{data} has {len(kinds)} kinds that were never trained on, of {2 * THINGS} at least"
        )
    if fitting:
        kinds = {kind: kinds[kind][:FITTED] for kind in list(kinds)[::2]}
    seen = {name: embeddings(network, kinds) for name, network in networks.items()}
    if fitting:
        print("SLOPE, BASE, FIRMNESS =", ", ".join(f"{number:.2f}" for number in fit(list(seen.values()))))
        return
    results = [
        measure(name, found, pictures, background, count)
        for name, found in seen.items()
        for pictures in (1, 5)
        for background in (0, BACKGROUND)
    ]
    Console(width=120).print(_table(results, count))
    if path:
        path.write_text(json.dumps([one._asdict() for one in results], indent=2) + "\n")


if __name__ == "__main__":
    main()
