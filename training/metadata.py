"""Writing what a .tflite says of itself: how its pixels are scaled, and from which score it is sure.

In the fields of TensorFlow Lite's public `metadata_schema.fbs`, so that other programs can read it too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from cortex_classifier.tflite_file import METADATA, NORMALIZATION, THRESHOLD

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    # Adds one numbered field to the table that is being built.
    Field = Callable[[int], None]

MOST_FIELDS = 8


def with_metadata(content: bytes, *, output: str, threshold: float) -> bytes:
    """Return a .tflite of raw pixels with metadata: no scaling, and a score from which `output` is sure.

    `content` is a model whose outputs have names in its first signature; `threshold` is 0 to 1.

    Raises:
        ValueError: it has no such output.
    """
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(content, 0))
    names = {tensor.tensorIndex: tensor.name.decode() for tensor in model.signatureDefs[0].outputs}
    outputs = [names.get(number, "") for number in model.subgraphs[0].outputs]
    if output not in outputs:
        raise ValueError(f"there is no output {output!r} among {', '.join(outputs)}")
    buffer, entry = schema.BufferT(), schema.MetadataT()
    buffer.data = np.frombuffer(_metadata(flatbuffers.Builder(0), outputs, output, threshold), np.uint8)
    entry.name, entry.buffer = METADATA, len(model.buffers)
    model.buffers.append(buffer)
    model.metadata = [*(old for old in model.metadata or [] if _name(old) != METADATA), entry]
    builder = flatbuffers.Builder(len(content))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _name(entry: Any) -> str:
    return entry.name.decode() if isinstance(entry.name, bytes) else str(entry.name)


def _metadata(builder: Any, outputs: Sequence[str], output: str, threshold: float) -> bytes:
    """Return a `ModelMetadata` with one `SubGraphMetadata`; numbers are those of the fields in the schema."""

    def table(fields: dict[int, Field]) -> int:
        builder.StartObject(MOST_FIELDS)
        for number, add in fields.items():
            add(number)
        return int(builder.EndObject())

    def offset(value: int) -> Field:
        return lambda number: builder.PrependUOffsetTRelativeSlot(number, value, 0)

    def vector(values: Sequence[Any], prepend: Callable[[Any], None]) -> int:
        builder.StartVector(4, len(values), 4)
        for value in reversed(values):
            prepend(value)
        return int(builder.EndVector())

    def tables(values: Sequence[int]) -> Field:
        return offset(vector(values, builder.PrependUOffsetTRelative))

    def tensor(name: str, kind: int = 0, options: int = 0) -> int:
        unit = (
            [table({0: lambda number: builder.PrependUint8Slot(number, kind, 0), 1: offset(options)})] if kind else []
        )
        return table({0: offset(builder.CreateString(name)), 4: tables(unit)})

    as_is = (offset(vector([number], builder.PrependFloat32)) for number in (0.0, 1.0))
    pixels = tensor("pixels", NORMALIZATION, table(dict(enumerate(as_is))))
    sure = table({0: lambda number: builder.PrependFloat32Slot(number, threshold, 0.0)})
    results = [tensor(name, THRESHOLD, sure) if name == output else tensor(name) for name in outputs]
    graph = table({2: tables([pixels]), 3: tables(results)})
    builder.Finish(table({3: tables([graph])}), b"M001")
    return bytes(builder.Output())
