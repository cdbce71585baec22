"""A model on a server: a network as soon as the server is there, made anew when the model there is another."""

from __future__ import annotations

import hashlib
import threading
from contextlib import contextmanager
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cortex import ModelError, ServiceError, place_of
from cortex_classifier.batcher import Batcher
from cortex_classifier.connection import Connection, CountedError, MissingError, TooMuchError
from cortex_classifier.deadline import left, within
from cortex_classifier.inference import OpenInference
from cortex_classifier.labels import find_labels, fitting, translations
from cortex_classifier.model import EMBEDDING, RANK, Output, Pixels, Scores
from cortex_classifier.network import DIGITS, UNSAID, Glance, Network, asked_output
from cortex_classifier.serving import TensorFlowServing
from cortex_classifier.vertex import VertexAI

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from cortex_classifier import Classifier
    from cortex_classifier.server import Description, Server

FRESH = 60.0
"""Seconds for which what a server says of its model is believed."""
SINGLE = 8
"""Frames at once where each goes by itself."""
ANSWERS = 3
"""Times `patience` that a look may take: what the model is like and what is under way come before it."""
KINDS = "http://HOST/v1/models/NAME, v2+http://HOST/v2/models/NAME or vertex://PROJECT/REGION/ENDPOINT"


class ChangedError(ServiceError):
    """The model on the server is no longer the one that it was."""


class Asked(NamedTuple):
    """A frame, and the outputs that are wanted of it; none: all."""

    pixels: Pixels
    outputs: tuple[str, ...]


class RemoteModel:
    """A `Model` that looks at pictures elsewhere; `spend` is told of how many a server has looked at."""

    threshold = None

    def __init__(self, server: Server, description: Description, spend: Callable[[int], None], patience: float) -> None:
        entry = description.entry
        self.size = entry.size
        self.concurrency = 1  # it is the plugin's, and known before
        self.version = ""
        self.outputs: Mapping[str, Output] = {}
        self._server = server
        self._description = description
        self._spend = spend
        self._patience = patience
        self._batcher = Batcher(self._look, entry.most) if entry.most > 1 else None
        self._seats = threading.BoundedSemaphore(SINGLE)
        black = np.zeros((self.size[1], self.size[0], 3), np.uint8)
        (found,) = self._look([Asked(black, ())])
        self.outputs = {name: Output(len(scores), "unknown") for name, scores in found.items()}

    def features(self, output: str) -> str | None:
        """Return the output that a model gives as its embedding."""
        return EMBEDDING if EMBEDDING in self.outputs and output != EMBEDDING else None

    def run(self, pixels: Pixels, *outputs: str) -> list[Scores]:
        """Look once at a picture, perhaps with those of others; return some of the outputs.

        Raises:
            ServiceError: there is no answer.
            ChangedError: the model is another than before.
        """
        asked = Asked(pixels, outputs)
        with within(ANSWERS * self._patience):
            try:
                found = self._look_alone(asked) if self._batcher is None else self._batcher.ask(asked)
            except TimeoutError as error:
                raise _late(self._server, self._patience) from error
        return [found[name] for name in outputs]

    def stop(self) -> None:
        """Send those away who wait."""
        if self._batcher is not None:
            self._batcher.stop()

    def _look_alone(self, asked: Asked) -> dict[str, Scores]:
        if not self._seats.acquire(timeout=left()):
            raise TimeoutError("the requests that are under way do not end")
        try:
            return self._look([asked])[0]
        finally:
            self._seats.release()

    def _look(self, asked: Sequence[Asked]) -> list[dict[str, Scores]]:
        """Look at some pictures; where those are too many, at half of them at once, from then on."""
        try:
            return self._look_once(asked)
        except TooMuchError:
            half = len(asked) // 2
            if not half:
                raise
        if self._batcher is not None:
            self._batcher.most = half
        return [*self._look(asked[:half]), *self._look(asked[half:])]

    def _look_once(self, asked: Sequence[Asked]) -> list[dict[str, Scores]]:
        wanted = {name for each in asked for name in each.outputs}
        try:
            reply = self._server.predict(self._description, [each.pixels for each in asked], wanted)
        except CountedError:
            self._spend(len(asked))
            raise
        self._spend(len(asked))
        found = {name: self._flat(rows) for name, rows in reply.outputs.items() if not wanted or name in wanted}
        self._check(found, wanted, len(asked))
        if self.outputs and reply.version != self.version:
            raise ChangedError(f"{self._server.address} answers with another version than before: {reply.version!r}")
        self.version = reply.version
        return [{name: rows[number] for name, rows in found.items()} for number in range(len(asked))]

    def _check(self, found: Mapping[str, NDArray[np.float32]], wanted: set[str], frames: int) -> None:
        address = self._server.address
        if missing := wanted - found.keys():
            raise ChangedError(f"{address} no longer has an output {min(missing)!r}")
        for name, rows in found.items():
            if not np.isfinite(rows).all():
                none = "no number (NaN) or without end"
                raise ServiceError(f"{address} answers with what is {none} in {name}: the model is broken")
            shape = (frames, self.outputs[name].length if name in self.outputs else rows.shape[1])
            if rows.shape != shape:
                counts = f"{rows.shape[1]} numbers for each of {rows.shape[0]} pictures"
                raise ChangedError(f"{address} answers with {counts} in {name}, not {shape[1]} for {shape[0]}")

    def _flat(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return a row for each frame: of maps the mean over their places."""
        if values.ndim == RANK:
            values = values.mean(axis=(2, 3) if self._description.entry.first else (1, 2))
        return values.reshape(len(values), -1)


class Remote:
    """Looks with a model on a server. For any thread."""

    def __init__(
        self, server: Server, options: Classifier.Options, spend: Callable[[int], None], now: Callable[[], float]
    ) -> None:
        self.place = server.place
        self.concurrency = 2 * options.batch if options.batch > 1 else SINGLE
        self._server = server
        self._options = options
        self._spend = spend
        self._now = now
        self._labels = find_labels(options.labels, Path()) if options.labels else None
        if self._labels is not None:
            translations(self._labels)  # what is wrong with them is to be told now
        elif not server.names:
            raise ModelError(f"{server.address} cannot name what it knows: set `labels`, a file with one a line")
        self._lock = threading.Lock()
        self._model: RemoteModel | None = None
        self._network: Network | None = None
        self._description: Description | None = None
        self._checked = -inf

    def glance(self, image: Pixels, *, deep: bool) -> Glance:
        """Look once at a picture of any size; where the model has become another meanwhile, look again with that.

        Raises:
            ServiceError: the server does not answer, or its model is of no use.
        """
        with within(ANSWERS * self._options.patience):
            network = self._current()
            try:
                return network.glance(image, deep=deep)
            except (ChangedError, MissingError):
                self._doubt(network, forget=True)
            except ServiceError:
                self._doubt(network)
                raise
            network = self._current()
            try:
                return network.glance(image, deep=deep)
            except ServiceError:
                self._doubt(network, forget=True)
                raise

    def stop(self) -> None:
        """Let go of what is open."""
        if self._model is not None:
            self._model.stop()
        self._server.stop()

    def _current(self) -> Network:
        """Return the network of the model that is there now."""
        with self._locked():
            network = self._network
            if network is None or not 0 <= self._now() - self._checked < FRESH:
                description = self._server.describe()
                if network is None or description != self._description:
                    network = self._connected(description)
                    self._network, self._description = network, description
                self._checked = self._now()
            return network

    def _doubt(self, network: Network, *, forget: bool = False) -> None:
        """Have the server say anew what its model is like."""
        with self._locked():
            if network is self._network:
                self._checked = -inf
                if forget:
                    self._network = None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Wait for another who is asking what the model is like, as long as there is time."""
        if not self._lock.acquire(timeout=left()):
            raise _late(self._server, self._options.patience)
        try:
            yield
        finally:
            self._lock.release()

    def _connected(self, description: Description) -> Network:
        address, options = self._server.address, self._options
        labels = self._labels or description.labels
        if labels is None:
            raise ServiceError(f"{address} does not name what it knows: set `labels`, a file with one a line")
        model = RemoteModel(self._server, description, self._spend, options.patience)
        try:
            output = fitting(asked_output(options.output, model.outputs, address), labels, address)
        except ModelError as error:
            raise ServiceError(str(error)) from error
        threshold = UNSAID if options.threshold is None else options.threshold
        identity = _identity(address, description, model.version, output)
        self._model = model
        return Network(address, model, labels, output, threshold, identity)


def _late(server: Server, patience: float) -> ServiceError:
    return ServiceError(f"{server.address} does not answer within {patience:g} s")


def _identity(address: str, description: Description, version: str, output: str) -> str:
    """Return what changes with the model, its version, and what it sees."""
    entry = description.entry
    seen = (entry.name, str(entry.dtype), entry.size, entry.first, entry.scaling)
    told = repr((address, description.version, version, output, seen))
    return f"sha256:{hashlib.sha256(told.encode()).hexdigest()[:DIGITS]}"


def remote(options: Classifier.Options, spend: Callable[[int], None], now: Callable[[], float]) -> Remote:
    """Return the model on a server that the options name; the server itself is not asked yet.

    Raises:
        ModelError: the address is none, or what it needs to be said is not.
    """
    address = options.model
    token = options.token
    if token != token.strip() or not (token.isascii() and token.isprintable()):
        raise ModelError("`token` has characters that no token has; is there a line break in it?")
    if address.startswith("vertex://"):
        return Remote(VertexAI(address, options), options, spend, now)

    def login() -> Mapping[str, str]:
        return {"Authorization": f"Bearer {token}"} if token else {}

    def advice() -> str:
        return "the `token` is not one that it takes" if token else "set `token`, such as `token: {$env: MODEL_TOKEN}`"

    place = place_of(address, "pictures")
    connection = Connection(address, place, options.patience, login, advice)
    server: Server
    if address.startswith(("http://", "https://")):
        server = TensorFlowServing(address, options, connection)
    elif address.startswith(("v2+http://", "v2+https://")):
        server = OpenInference(address, options, connection)
    else:
        raise ModelError(f"{address} is no model server of a kind that is known: {KINDS}")
    return Remote(server, options, spend, now)
