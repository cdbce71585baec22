"""Which taught thing a picture shows, or none: nearest class means on embeddings, with a class for the unknown.

Arithmetic on the embeddings of any model: no model, no files, no clock. `docs/few-shot.md` tells of the method, its
sources, and what it is worth.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

# What a model makes of pictures, float32[n, d], or of one, float32[d].
Vectors = NDArray[np.float32]

SLOPE, BASE, FIRMNESS = 1.3, 2.91, 1.1
"""From the likeness to a thing to its logit: fitted by `python -m benchmarks.few_shot DATA --fit`."""
USUAL_MEAN, USUAL_SPREAD = 0.15, 0.13
"""How alike unrelated pictures are to a model of which nothing is known yet, and how much that varies."""
TRUST = 16
"""How many pictures of other things outweigh what is assumed of a model."""
ENOUGH = 256
"""How many of them are compared with each other."""
NEAR, MARGIN, DENIAL = 3.0, 1.0, 8.0
"""A denial counts where a picture is so many spreads like it, and not this much more like the thing; then so much."""
SURE = 0.5
"""The score from which a thing is named: it is likelier than all else together."""
TINY = 1e-9


class Match(NamedTuple):
    """What a picture shows."""

    thing: int | None
    """The likeliest thing, also where that is not sure; `None`: nothing was taught."""
    score: float
    """How likely it is that thing, from 0 to 1."""
    second: int | None
    """The next likeliest thing."""
    sure: bool
    """Whether to call it by its name; otherwise it is something that was not taught."""
    known: float
    """How likely it is any of the things that were taught, from 0 to 1."""


class Matcher:
    """Compares pictures with what was taught; immutable, for any thread."""

    def __init__(
        self,
        vectors: Vectors,
        things: NDArray[np.int64],
        lessons: NDArray[np.int64],
        denies: NDArray[np.bool_],
        background: Vectors | None = None,
    ) -> None:
        """Learn from embeddings, each of a thing and taken in a lesson.

        `denies` marks those that do not show the thing, though they were taken for it. `background` are embeddings of
        whatever else the model has seen: they tell what all pictures have in common, and how alike unrelated ones are.
        """
        lesson_means, of_lesson = _by_lesson(vectors, things, lessons, ~denies)
        starts = _firsts(of_lesson[1:] != of_lesson[:-1], len(of_lesson))
        means = _means(lesson_means, starts)
        self.things = of_lesson[starts]
        """The things that it knows, in the order of the columns of `evidence`."""
        pool = means if background is None else np.concatenate([centred(background), means])
        self._centre = pool.sum(axis=0) / np.float32(len(pool) + TRUST)
        self._mean, self._spread = _unrelated(_unit(pool - self._centre))
        # The mean square of the distances from the centre, of embeddings that are all of length 1.
        squares = 1 - 2 * (means @ self._centre) + self._centre @ self._centre
        means -= self._centre
        self._firmness = np.linalg.norm(means, axis=1) / np.sqrt(np.maximum(squares, TINY))
        self._means = _unit(means)
        denied, of_denied = _by_lesson(vectors, things, lessons, denies & np.isin(things, self.things))
        self._denied = _unit(denied - self._centre)
        self._denies = np.searchsorted(self.things, of_denied)

    def match(self, vector: Vectors) -> Match:
        """Return which thing an embedding is of."""
        if not len(self.things):
            return Match(None, 0.0, None, sure=False, known=0.0)
        logits = self.logits(vector[np.newaxis])[0]
        unknown, *_ = shares = _softmax(np.concatenate([[0.0], logits]))
        order = np.argsort(-logits, kind="stable")[:2]
        score = float(shares[1 + order[0]])
        second = int(self.things[order[1]]) if len(order) > 1 else None
        return Match(int(self.things[order[0]]), score, second, score > SURE, 1 - float(unknown))

    def logits(self, vectors: Vectors) -> NDArray[np.float64]:
        """Return the logits of the things, those of the unknown being 0, of embeddings: float64[n, things]."""
        ready = self._prepared(vectors)
        likeness = self._normal(ready, self._means)
        logits: NDArray[np.float64] = SLOPE * likeness - BASE + FIRMNESS * self._firmness
        if len(self._denies):
            denied = self._normal(ready, self._denied)
            nearer = np.minimum(denied - NEAR, denied - likeness[:, self._denies] + MARGIN)
            against = np.zeros_like(logits).T
            np.logaddexp.at(against, self._denies, DENIAL * nearer.T)
            logits -= against.T
        return logits

    def evidence(self, vectors: Vectors) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return how alike embeddings are to the things, in spreads of unrelated ones, and how firm each thing is.

        A thing is firm, 1, if all its pictures are the same, and the less the more they differ.
        """
        return self._normal(self._prepared(vectors), self._means), self._firmness.astype(np.float64)

    def _prepared(self, vectors: Vectors) -> Vectors:
        return _unit(centred(vectors) - self._centre)

    def _normal(self, ready: Vectors, rows: Vectors) -> NDArray[np.float64]:
        cosines = _cosines(rows, ready[0])[np.newaxis] if len(ready) == 1 else ready @ rows.T
        return (cosines.astype(np.float64) - self._mean) / self._spread


class Background:
    """Embeddings of what was seen besides things that are taught: different ones, the latest of them."""

    def __init__(self, most: int = 64, alike: float = 0.7) -> None:
        """Keep `most` of them, none more alike to another one than `alike`, a correlation."""
        self._most = most
        self._alike = alike
        self._vectors: list[Vectors] = []
        self._centred: Vectors | None = None

    def add(self, vector: Vectors) -> bool:
        """Take another one, unless it is much like one that is there; return whether it was taken."""
        (own,) = centred(vector[np.newaxis])
        if self._centred is not None and float(_cosines(self._centred, own).max()) > self._alike:
            return False
        self._vectors = [*self._vectors, vector][-self._most :]
        self._centred = centred(self.vectors)
        return True

    @property
    def vectors(self) -> Vectors:
        """All of them, as a `Matcher` takes them."""
        return np.stack(self._vectors)

    def __len__(self) -> int:
        return len(self._vectors)


def centred(vectors: Vectors) -> Vectors:
    """Return embeddings without what all their numbers have in common, each of length 1."""
    return _centre(np.array(vectors, np.float32))


def _centre(own: Vectors) -> Vectors:
    """Do that in place: of ten thousand embeddings every copy counts."""
    own -= own.mean(axis=1, keepdims=True)
    own /= _lengths(own)
    return own


def _cosines(rows: Vectors, one: Vectors) -> Vectors:
    """Return how alike embeddings of length 1 are to one of them."""
    # BLAS would wake threads on all cores, which costs more than the sums where those are busy.
    cosines: Vectors = np.einsum("nd,d->n", rows, one)
    return cosines


def _unit(vectors: Vectors) -> Vectors:
    return vectors / _lengths(vectors)


def _lengths(vectors: Vectors) -> Vectors:
    lengths: Vectors = np.sqrt(np.einsum("nd,nd->n", vectors, vectors))[:, np.newaxis]
    lengths[lengths < TINY] = 1
    return lengths


def _by_lesson(
    vectors: Vectors, things: NDArray[np.int64], lessons: NDArray[np.int64], chosen: NDArray[np.bool_]
) -> tuple[Vectors, NDArray[np.int64]]:
    """Return the mean of the chosen embeddings of each lesson of each thing, and the things, in their order."""
    places = np.flatnonzero(chosen)
    places = places[np.lexsort((lessons[places], things[places]))]
    keys = np.stack([things[places], lessons[places]])
    firsts = _firsts(np.any(keys[:, 1:] != keys[:, :-1], axis=0), len(places))
    return _means(_centre(vectors[places]), firsts), keys[0, firsts]


def _firsts(changes: NDArray[np.bool_], count: int) -> NDArray[np.intp]:
    """Return where each run of equals begins, of so many, given whether each but the first differs from that before."""
    return np.flatnonzero(np.concatenate([[True], changes])) if count else np.zeros(0, np.intp)


def _means(rows: Vectors, firsts: NDArray[np.intp]) -> Vectors:
    """Return the mean of each run of rows."""
    if not len(firsts):
        return rows[:0]
    counts = np.diff(np.append(firsts, len(rows)))
    means: Vectors = np.add.reduceat(rows, firsts)
    means /= counts[:, np.newaxis]
    return means


def _unrelated(pool: Vectors) -> tuple[float, float]:
    """Return the mean likeness of different pictures and its spread, as far as so many tell it."""
    if len(pool) < 2:
        return USUAL_MEAN, USUAL_SPREAD
    some = pool[np.linspace(0, len(pool) - 1, min(len(pool), ENOUGH)).astype(np.intp)]
    likeness = (some @ some.T)[~np.eye(len(some), dtype=np.bool_)]
    told = len(pool) / (len(pool) + TRUST)
    variance = told * float(likeness.var()) + (1 - told) * USUAL_SPREAD**2
    return told * float(likeness.mean()) + (1 - told) * USUAL_MEAN, float(np.sqrt(variance))


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(logits - logits.max())
    shares: NDArray[np.float64] = powers / powers.sum()
    return shares
