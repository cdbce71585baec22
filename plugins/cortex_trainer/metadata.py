"""What a .tflite says of itself: how its pixels are scaled, from which score it is sure, and its labels.

In the fields of TensorFlow Lite's public `metadata_schema.fbs`, by their numbers, so that other programs read it too.
"""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    # Adds one numbered field to the table that is being built.
    Field = Callable[[int], None]
    # The mean and the standard deviation of pixels: one number each, or one a colour.
    Normalization = tuple[NDArray[np.float32], NDArray[np.float32]]

METADATA = "TFLITE_METADATA"
LABELS = "labels.txt"
MOST_FIELDS = 8
NORMALIZATION, THRESHOLD = (
    1,
    3,
)  # the kinds of `ProcessUnit` that hold a scaling, and a score from which a result counts
AXIS_LABELS = 2  # the kind of `AssociatedFile` that holds the names of a tensor's values


def normalization(model: Any) -> Normalization | None:
    """Return how the metadata of a `ModelT` say that pixels are scaled."""
    for entry in model.metadata or []:
        if text(entry.name) == METADATA:
            root = _Table.root(bytes(model.buffers[entry.buffer].data))
            units = [
                unit for graph in root.tables(3)[:1] for tensor in graph.tables(2)[:1] for unit in tensor.tables(4)
            ]
            for unit in units:
                if unit.kind(0) == NORMALIZATION and (options := unit.table(1)):
                    mean, deviation = options.numbers(0), options.numbers(1)
                    return (mean, deviation) if len(mean) and len(deviation) else None
    return None


def text(name: bytes | str) -> str:
    """Return a name of a flatbuffer as text."""
    return name.decode() if isinstance(name, bytes) else name


def described(outputs: Sequence[str], scaling: Normalization | None, threshold: float) -> bytes:
    """Return a `ModelMetadata` for a model of pixels, whose output `scores` has labels and a threshold."""
    import flatbuffers

    builder = flatbuffers.Builder(0)

    def table(fields: dict[int, Field]) -> int:
        builder.StartObject(MOST_FIELDS)
        for number, add in fields.items():
            add(number)
        return int(builder.EndObject())

    def offset(value: int) -> Field:
        return lambda number: builder.PrependUOffsetTRelativeSlot(number, value, 0)

    def byte(value: int) -> Field:
        return lambda number: builder.PrependUint8Slot(number, value, 0)

    def vector(values: Sequence[Any], prepend: Callable[[Any], None]) -> Field:
        builder.StartVector(4, len(values), 4)
        for value in reversed(values):
            prepend(value)
        return offset(int(builder.EndVector()))

    def tables(*values: int) -> Field:
        return vector(values, builder.PrependUOffsetTRelative)

    def tensor(name: str, **fields: Field) -> int:
        numbers = {"units": 4, "files": 6}
        return table({0: offset(builder.CreateString(name)), **{numbers[key]: field for key, field in fields.items()}})

    def unit(kind: int, options: int) -> Field:
        return tables(table({0: byte(kind), 1: offset(options)}))

    pixels = tensor("pixels")
    if scaling is not None:
        numbers = [vector([float(one) for one in part], builder.PrependFloat32) for part in scaling]
        pixels = tensor("pixels", units=unit(NORMALIZATION, table(dict(enumerate(numbers)))))
    labels = table({0: offset(builder.CreateString(LABELS)), 2: byte(AXIS_LABELS)})
    sure = unit(THRESHOLD, table({0: lambda number: builder.PrependFloat32Slot(number, threshold, 0.0)}))
    scores = {"units": sure, "files": tables(labels)}
    results = [tensor(name, **(scores if name == "scores" else {})) for name in outputs]
    graph = table({2: tables(pixels), 3: tables(*results)})
    builder.Finish(table({3: tables(graph)}), b"M001")
    return bytes(builder.Output())


def with_labels(content: bytes, labels: Sequence[str]) -> bytes:
    """Return a .tflite with an archive behind it that holds its labels, one a line."""
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a") as archive:
        # Without a date, so that the same training gives the same file.
        archive.writestr(zipfile.ZipInfo(LABELS), "".join(f"{label}\n" for label in labels))
    return file.getvalue()


class _Table:
    """One table of a flatbuffer, read by the numbers of its fields."""

    def __init__(self, data: bytes, position: int) -> None:
        import flatbuffers.table

        self._data = data
        self._table = flatbuffers.table.Table(bytearray(data), position)

    @classmethod
    def root(cls, data: bytes) -> _Table:
        return cls(data, int.from_bytes(data[:4], "little"))

    def _place(self, field: int) -> int:
        """Return where a field lies from the start of the table, 0 if it is left out."""
        return int(self._table.Offset(4 + 2 * field))

    def kind(self, field: int) -> int:
        place = self._place(field)
        return self._data[self._table.Pos + place] if place else 0

    def table(self, field: int) -> _Table | None:
        place = self._place(field)
        return _Table(self._data, int(self._table.Indirect(self._table.Pos + place))) if place else None

    def tables(self, field: int) -> list[_Table]:
        place = self._place(field)
        if not place:
            return []
        start = int(self._table.Vector(place))
        count = int(self._table.VectorLen(place))
        return [_Table(self._data, int(self._table.Indirect(start + 4 * number))) for number in range(count)]

    def numbers(self, field: int) -> NDArray[np.float32]:
        place = self._place(field)
        if not place:
            return np.zeros(0, np.float32)
        return np.frombuffer(self._data, "<f4", int(self._table.VectorLen(place)), int(self._table.Vector(place)))
