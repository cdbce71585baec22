"""The Open Inference Protocol, version 2, of KServe, Triton, OpenVINO and MLServer: `v2+http://HOST/v2/models/NAME`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from cortex import ModelError, ServiceError
from cortex_classifier.connection import Answer, Connection, ElsewhereError, MissingError
from cortex_classifier.labels import Labels
from cortex_classifier.model import did_you_mean
from cortex_classifier.rows import short, small
from cortex_classifier.server import Description, Reply, entry_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from cortex_classifier import Classifier
    from cortex_classifier.model import Pixels

ADDRESS = re.compile(
    r"v2\+(?P<root>https?://[^/@?#\s]+(?:/[^?#\s]*)?/v2)/models/(?P<name>[^/?#\s]+)"
    r"(?:/versions/(?P<version>[^/?#\s]+))?(?:/infer)?/?"
)
TYPES: dict[str, np.dtype[Any]] = {
    "FP16": np.dtype("<f2"),
    "FP32": np.dtype("<f4"),
    "FP64": np.dtype("<f8"),
    "UINT8": np.dtype(np.uint8),
    "UINT16": np.dtype("<u2"),
    "UINT32": np.dtype("<u4"),
    "UINT64": np.dtype("<u8"),
    "INT8": np.dtype(np.int8),
    "INT16": np.dtype("<i2"),
    "INT32": np.dtype("<i4"),
    "INT64": np.dtype("<i8"),
}
NAMES = {dtype: name for name, dtype in TYPES.items()}
BINARY = "binary_tensor_data"
"""The extension by which numbers go as they lie in memory."""
LENGTH = "Inference-Header-Content-Length"
"""The header that says how long the JSON before those numbers is."""
DIGITS = 12


class Tensor(msgspec.Struct):
    """An input or output: what it is like, and in an answer its numbers."""

    name: str
    shape: list[int]
    datatype: str
    parameters: dict[str, Any] | None = None
    data: list[Any] | None = None


class Metadata(msgspec.Struct):
    """What a model is like."""

    inputs: list[Tensor] | None = None
    outputs: list[Tensor] | None = None
    versions: list[str] | None = None
    parameters: dict[str, Any] | None = None


class About(msgspec.Struct):
    """What the server is like."""

    extensions: list[str] | None = None


class Inferred(msgspec.Struct):
    """What a model makes of pictures."""

    outputs: list[Tensor]
    model_version: str | None = None


class OpenInference:
    """A model that any server of the Open Inference Protocol serves."""

    names = True

    def __init__(self, address: str, options: Classifier.Options, connection: Connection) -> None:
        found = ADDRESS.fullmatch(address)
        if found is None:
            raise ModelError(f"{address} is no address of a model: write v2+http://HOST:8000/v2/models/NAME")
        self.address = address
        self.place = connection.place
        self._root, self._name, self._version = found["root"], found["name"], found["version"] or ""
        which = f"/versions/{self._version}" if self._version else ""
        self._model = f"{self._root}/models/{self._name}{which}"
        self._options = options
        self._connection = connection

    def describe(self) -> Description:
        try:
            said = self._connection.read("GET", self._model)
        except MissingError as error:
            raise MissingError(f"{error}{self._others()}") from error
        metadata = self._as(Metadata, said, "it does not describe a model")
        tensor = self._input(metadata.inputs or [])
        binary = BINARY in self._extensions()
        kind = tensor.datatype
        if kind not in TYPES:
            raise ServiceError(f"{self.address} does not look at pictures: its input {tensor.name} is {kind}")
        if kind == "FP16" and not binary:
            raise ServiceError(f"{self.address} takes FP16, which needs the extension {BINARY} that it does not have")
        options = self._options
        entry = entry_of(self.address, tensor.name, TYPES[kind], tensor.shape, options, options.batch)
        version = self._version or ",".join(metadata.versions or [])
        outputs = tuple(output.name for output in metadata.outputs or [])
        return Description(entry, version, outputs, self._labels(metadata), bool(self._version), binary)

    def predict(self, description: Description, pictures: Sequence[Pixels], outputs: Collection[str]) -> Reply:
        answer = self._connection.ask("POST", f"{self._model}/infer", *_request(description, pictures, outputs))
        head, rest = self._split(answer)
        inferred = self._as(Inferred, self._connection.parsed(head), "it names no outputs")
        found: dict[str, NDArray[np.float32]] = {}
        for tensor in inferred.outputs:
            size = (tensor.parameters or {}).get("binary_data_size")
            here, rest = (rest[:size], rest[size:]) if isinstance(size, int) else (None, rest)
            if tensor.datatype in TYPES:
                found[tensor.name] = self._rows(tensor, here, len(pictures))
        if not found:
            raise self._connection.nonsense("it has no numbers")
        return Reply(found, inferred.model_version or "")

    def stop(self) -> None:
        self._connection.stop()

    def _input(self, inputs: list[Tensor]) -> Tensor:
        asked, names = self._options.input, [tensor.name for tensor in inputs]
        if asked and asked not in names:
            raise ServiceError(f"{self.address} has no input {asked!r}{did_you_mean(asked, names)}")
        if len(inputs) != 1:
            raise ServiceError(f"{self.address} does not look at pictures: it names {len(inputs)} inputs, not one")
        return inputs[0]

    def _extensions(self) -> list[str]:
        try:
            said = self._connection.read("GET", self._root)
        except (MissingError, ElsewhereError):  # it need not describe itself
            return []
        return self._as(About, said, "it does not describe itself").extensions or []

    def _others(self) -> str:
        """Return what else the server has, where it can tell."""
        try:
            said = self._connection.read("POST", f"{self._root}/repository/index", {})
        except ServiceError:  # an extension that not all have
            return ""
        listed = said if isinstance(said, list) else []
        names = [each["name"] for each in listed if isinstance(each, dict) and isinstance(each.get("name"), str)]
        return did_you_mean(self._name, names) if self._name not in names else ""

    def _labels(self, metadata: Metadata) -> Labels | None:
        """Return the labels that stand as `labels` among the parameters of an output or of the model."""
        wanted = self._options.output
        tensors = [tensor for tensor in metadata.outputs or [] if wanted in ("", tensor.name)]
        for parameters in (*(tensor.parameters for tensor in tensors), metadata.parameters):
            labels = (parameters or {}).get("labels")
            if isinstance(labels, str):
                labels = labels.splitlines()
            names = tuple(labels) if isinstance(labels, list) else ()
            if names and all(isinstance(name, str) for name in names):
                return Labels(names, f"the metadata of {self.address}")
        return None

    def _split(self, answer: Answer) -> tuple[bytes, bytes]:
        length = answer.headers.get(LENGTH)
        if length is None:
            return answer.content, b""
        if not length.isdecimal() or len(length) > DIGITS:
            raise self._connection.nonsense(f"its {LENGTH} is {length!r}")
        return answer.content[: int(length)], answer.content[int(length) :]

    def _rows(self, tensor: Tensor, binary: bytes | None, frames: int) -> NDArray[np.float32]:
        try:
            given = tensor.data if binary is None else np.frombuffer(binary, TYPES[tensor.datatype])
            values = small(given).reshape(tensor.shape)
            return values if tensor.shape[:1] == [frames] and values.size else values.reshape(frames, -1)
        except (ValueError, TypeError, ArithmeticError) as error:
            raise self._connection.nonsense(f"the numbers of {tensor.name} do not fit {tensor.shape}") from error

    def _as(self, kind: Any, said: Any, wrong: str) -> Any:
        try:
            return msgspec.convert(said, kind)
        except msgspec.ValidationError as error:
            raise self._connection.nonsense(wrong) from error


def _request(
    description: Description, pictures: Sequence[Pixels], outputs: Collection[str]
) -> tuple[bytes, dict[str, str]]:
    """Return the body of a request and its headers."""
    entry, binary = description.entry, description.binary
    tensor = entry.batch(pictures)
    given: dict[str, Any] = {"name": entry.name, "shape": list(tensor.shape), "datatype": NAMES[tensor.dtype]}
    asked: dict[str, Any] = {"inputs": [given]}
    if binary:
        given["parameters"] = {"binary_data_size": tensor.nbytes}
        asked["parameters"] = {"binary_data_output": True}
    else:
        given["data"] = short(entry, tensor).reshape(-1).tolist()
    if outputs:
        asked["outputs"] = [{"name": name} for name in sorted(outputs)]
    if not binary:
        return msgspec.json.encode(asked), {}
    head = json.dumps(asked).encode()
    return head + tensor.tobytes(), {LENGTH: str(len(head)), "Content-Type": "application/octet-stream"}
