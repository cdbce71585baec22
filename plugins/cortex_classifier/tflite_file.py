"""What a .tflite file says of itself beyond what its interpreter tells: its operations, scaling and label files.

It is a FlatBuffer, with the label files in a zip archive behind it. The few fields that matter here are read by their
numbers in the public schemas, `schema.fbs` of TensorFlow Lite and `metadata_schema.fbs` of its support library. Only a
file that an interpreter has verified is safe to read in this way.
"""

from __future__ import annotations

import struct
import zipfile
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cortex_classifier.labels import Labels, parse_labels
from cortex_classifier.model import refusing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

METADATA = "TFLITE_METADATA"
NORMALIZATION = 1  # the kind of `ProcessUnit` that holds a mean and a standard deviation
INPUTS, OUTPUTS = 2, 3  # the fields of `SubGraphMetadata`
OUTPUTS_OF_GRAPH = 2  # the field of `SubGraph`
THRESHOLD = 3  # the kind that holds a score from which a result counts
FLOAT32 = 0
LEAST = {3: 0, 9: -128}  # of the types UINT8 and INT8


class Code(IntEnum):
    """The numbers of those operations that matter here."""

    ADD = 0
    AVERAGE_POOL_2D = 1
    CONV_2D = 3
    DEQUANTIZE = 6
    FULLY_CONNECTED = 9
    LOGISTIC = 14
    MAX_POOL_2D = 17
    MUL = 18
    RELU = 19
    RELU6 = 21
    RESHAPE = 22
    SOFTMAX = 25
    MEAN = 40
    SUB = 41
    DIV = 42
    SQUEEZE = 43
    LOG_SOFTMAX = 50
    CAST = 53
    SHAPE = 77
    QUANTIZE = 114


class Operation(NamedTuple):
    """One operation of a graph: its number among the built-in ones, and the tensors that it reads and makes."""

    code: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


class Table:
    """One FlatBuffer table: a vtable says where each numbered field lies, if it is there at all."""

    def __init__(self, data: bytes, position: int) -> None:
        self._data = data
        self._position = position
        self._vtable = position - _int(data, position)

    @classmethod
    def root(cls, data: bytes) -> Table:
        """Return the outermost table of a buffer."""
        return cls(data, _int(data, 0))

    def number(self, field: int, kind: str = "i") -> int:
        """Return a whole number, 0 where it is left out; `kind` is its letter in `struct`."""
        return int(self.real(field, kind))

    def real(self, field: int, kind: str = "f") -> float:
        """Return a number, 0 where it is left out."""
        place = self.place(field)
        return 0 if place is None else float(struct.unpack_from(f"<{kind}", self._data, place)[0])

    def table(self, field: int) -> Table | None:
        """Return an inner table."""
        place = self._target(field)
        return None if place is None else Table(self._data, place)

    def tables(self, field: int) -> list[Table]:
        """Return a list of inner tables."""
        place = self._target(field)
        if place is None:
            return []
        starts = range(place + 4, place + 4 + 4 * _int(self._data, place), 4)
        return [Table(self._data, start + _int(self._data, start)) for start in starts]

    def numbers(self, field: int, kind: str = "i") -> tuple[float, ...]:
        """Return a list of numbers."""
        place = self._target(field)
        if place is None:
            return ()
        return struct.unpack_from(f"<{_int(self._data, place)}{kind}", self._data, place + 4)

    def data(self, field: int) -> bytes:
        """Return bytes, or a text in UTF-8."""
        place = self._target(field)
        return b"" if place is None else self._data[place + 4 : place + 4 + _int(self._data, place)]

    def place(self, field: int) -> int | None:
        """Return where a field lies, if it is there."""
        slot = 4 + 2 * field
        if slot >= struct.unpack_from("<H", self._data, self._vtable)[0]:
            return None
        offset: int = struct.unpack_from("<H", self._data, self._vtable + slot)[0]
        return self._position + offset if offset else None

    def _target(self, field: int) -> int | None:
        place = self.place(field)
        return None if place is None else place + _int(self._data, place)


class TFLiteFile:
    """The content of a verified .tflite file."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._model = Table.root(content)
        self._graph = self._model.tables(2)[0]

    def operations(self) -> Iterator[Operation]:
        """Yield the operations of its main graph in their order."""
        codes = [max(code.number(0, "b"), code.number(3)) for code in self._model.tables(1)]
        for operator in self._graph.tables(3):
            inputs, outputs = operator.numbers(1), operator.numbers(2)
            yield Operation(codes[operator.number(0, "I")], tuple(map(int, inputs)), tuple(map(int, outputs)))

    def with_outputs(self, tensors: Sequence[int]) -> bytes:
        """Return the content with tensors of its main graph as further outputs: a longer list, put at the end."""
        outputs = [*map(int, self._graph.numbers(OUTPUTS_OF_GRAPH)), *tensors]
        padding = bytes(-len(self._content) % 4)
        content = bytearray(self._content + padding + struct.pack(f"<{len(outputs) + 1}i", len(outputs), *outputs))
        place = self._graph.place(OUTPUTS_OF_GRAPH)
        if place is None:
            raise ValueError("its graph has no outputs")
        struct.pack_into("<I", content, place, len(self._content) + len(padding) - place)
        return bytes(content)

    def weights(self, tensor: int) -> NDArray[np.float32] | None:
        """Return the numbers of a constant tensor of floats in its main graph, in the tensor's shape."""
        table = self._graph.tables(0)[tensor]
        data = self._model.tables(4)[table.number(2, "I")].data(0)
        if table.number(1, "b") != FLOAT32 or not data:
            return None
        return np.frombuffer(data, np.float32).reshape([int(length) for length in table.numbers(0)])

    def range(self, tensor: int) -> tuple[float, float] | None:
        """Return the least and the greatest real value of a tensor of 8 bits in its main graph."""
        table = self._graph.tables(0)[tensor]
        quantization = table.table(4)
        scales = quantization.numbers(2, "f") if quantization else ()
        zeros = quantization.numbers(3, "q") if quantization else ()
        least = LEAST.get(table.number(1, "b"))
        if len(scales) != 1 or len(zeros) != 1 or least is None:
            return None
        return scales[0] * (least - zeros[0]), scales[0] * (least + 255 - zeros[0])

    def normalization(self) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
        """Return the mean and the standard deviation that its metadata asks for: one number each, or one a colour."""
        for tensor in self._described(INPUTS)[:1]:
            if options := _process(tensor, NORMALIZATION):
                return options.numbers(0, "f"), options.numbers(1, "f")
        return None

    def threshold(self) -> float | None:
        """Return the score from which its metadata says that a result counts."""
        for tensor in self._described(OUTPUTS):
            if options := _process(tensor, THRESHOLD):
                return options.real(0)
        return None

    def _described(self, side: int) -> list[Table]:
        """Return what its metadata says of the inputs or outputs of its main graph, in their order."""
        for entry in self._model.tables(6):
            if entry.data(0).decode() == METADATA:
                metadata = Table.root(self._model.tables(4)[entry.number(1, "I")].data(0))
                for graph in metadata.tables(3)[:1]:
                    return graph.tables(side)
        return []


def _process(tensor: Table, kind: int) -> Table | None:
    """Return the options of a `ProcessUnit` of some kind."""
    return next((unit.table(1) for unit in tensor.tables(4) if unit.number(0, "B") == kind), None)


def labels_inside(path: Path, counts: Sequence[int]) -> Labels | None:
    """Return the labels in the archive behind a .tflite file: of several text files, the one that fits a number."""
    if not zipfile.is_zipfile(path):
        return None
    with refusing(path, "archive of labels", zipfile.BadZipFile), zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith(".txt")]
        found = [parse_labels(archive.read(name), f"{name} inside {path}") for name in names]
    return next((labels for labels in found if len(labels.names) in counts), found[0] if found else None)


def _int(data: bytes, position: int) -> int:
    value: int = struct.unpack_from("<i", data, position)[0]
    return value
