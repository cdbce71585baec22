"""TensorFlow Serving's REST interface: `http://HOST:8501/v1/models/NAME`, with `/versions/2` or `/labels/stable`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from cortex import ModelError, ServiceError
from cortex_classifier.model import did_you_mean
from cortex_classifier.rows import instances, predictions
from cortex_classifier.server import Description, Reply, entry_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cortex_classifier import Classifier
    from cortex_classifier.connection import Connection
    from cortex_classifier.model import Pixels

ADDRESS = re.compile(
    r"(?P<model>https?://[^/@?#\s]+(?:/[^?#\s]*)?/v1/models/(?P<name>[^/:?#\s]+))"
    r"(?P<which>/versions/\d+|/labels/[^/:?#\s]+)?(?::predict)?/?"
)
SIGNATURE = "serving_default"
TYPES: dict[str, np.dtype[Any] | None] = {
    "DT_HALF": np.dtype(np.float16),
    "DT_BFLOAT16": np.dtype(np.float32),  # which is no matter in JSON
    "DT_FLOAT": np.dtype(np.float32),
    "DT_DOUBLE": np.dtype(np.float64),
    "DT_UINT8": np.dtype(np.uint8),
    "DT_INT8": np.dtype(np.int8),
    "DT_UINT16": np.dtype(np.uint16),
    "DT_INT16": np.dtype(np.int16),
    "DT_UINT32": np.dtype(np.uint32),
    "DT_INT32": np.dtype(np.int32),
    "DT_UINT64": np.dtype(np.uint64),
    "DT_INT64": np.dtype(np.int64),
    "DT_STRING": None,
}


class Dimension(msgspec.Struct):
    """Of a shape; -1 is any length."""

    size: int


class Shape(msgspec.Struct):
    """Of a tensor; without dimensions where it is unknown."""

    dim: list[Dimension] = []


class Tensor(msgspec.Struct):
    """An input or output."""

    dtype: str
    tensor_shape: Shape = msgspec.field(default_factory=Shape)


class Signature(msgspec.Struct):
    """A function of the model."""

    inputs: dict[str, Tensor] = {}
    outputs: dict[str, Tensor] = {}


class Signatures(msgspec.Struct):
    """All of them."""

    signature_def: dict[str, Signature]


class Inside(msgspec.Struct):
    """What lies around them."""

    signature_def: Signatures


class Specification(msgspec.Struct):
    """Which model it is."""

    version: str = ""


class Metadata(msgspec.Struct):
    """What `/metadata` answers."""

    metadata: Inside
    model_spec: Specification = msgspec.field(default_factory=Specification)


class TensorFlowServing:
    """A model that TensorFlow Serving serves, by its signature `serving_default`."""

    names = False

    def __init__(self, address: str, options: Classifier.Options, connection: Connection) -> None:
        found = ADDRESS.fullmatch(address)
        if found is None:
            form = f"v2+{address}" if "/v2/" in address else "http://HOST:8501/v1/models/NAME"
            raise ModelError(f"{address} is no address of a model: write {form}")
        self.address = address
        self.place = connection.place
        self._model, self._which = found["model"], found["which"] or ""
        self._options = options
        self._connection = connection

    def describe(self) -> Description:
        said = self._connection.read("GET", f"{self._model}{self._which}/metadata")
        try:
            metadata = msgspec.convert(said, Metadata, strict=False)
        except msgspec.ValidationError as error:
            raise self._connection.nonsense("it does not describe a model") from error
        signatures = metadata.metadata.signature_def.signature_def
        signature = signatures.get(SIGNATURE)
        if signature is None:
            raise ServiceError(f"{self.address} has no signature {SIGNATURE!r}; it has {', '.join(signatures)}")
        name = self._input(signature)
        tensor = signature.inputs[name]
        if tensor.dtype not in TYPES:
            raise ServiceError(f"{self.address} does not look at pictures: its input {name} is {tensor.dtype}")
        shape = [dimension.size for dimension in tensor.tensor_shape.dim]
        options = self._options
        entry = entry_of(self.address, name, TYPES[tensor.dtype], shape, options, options.batch)
        version = metadata.model_spec.version
        return Description(entry, version, tuple(signature.outputs), pinned=bool(version))

    def predict(self, description: Description, pictures: Sequence[Pixels], outputs: Collection[str]) -> Reply:
        which = f"/versions/{description.version}" if description.pinned else self._which
        body = instances(description.entry, pictures, signature_name=SIGNATURE)
        answer = self._connection.parsed(self._connection.ask("POST", f"{self._model}{which}:predict", body).content)
        alone = description.outputs[0] if description.outputs else "predictions"
        found = predictions(answer, len(pictures), alone)
        if found is None:
            raise self._connection.nonsense("it has no scores for each picture")
        return Reply(found)

    def stop(self) -> None:
        self._connection.stop()

    def _input(self, signature: Signature) -> str:
        asked, inputs = self._options.input, signature.inputs
        if asked and asked not in inputs:
            raise ServiceError(f"{self.address} has no input {asked!r}{did_you_mean(asked, inputs)}")
        if len(inputs) != 1:
            raise ServiceError(f"{self.address} does not look at pictures: it has {len(inputs)} inputs, not one")
        return next(iter(inputs))
