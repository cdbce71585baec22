"""The vision model that a new one is built on: where it lies, what goes into it, and where its features come out.

Its content is read by TensorFlow's own classes of the public `schema.fbs`, as objects.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import platformdirs

from cortex import ModelError
from cortex_trainer.metadata import normalization
from cortex_trainer.tensorflow import interpreter, schema

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cortex_trainer.picture import Pixels, Size

# Numbers of types and operations in the schema.
FLOAT32, UINT8, INT8 = 0, 3, 9
DTYPES: dict[int, Any] = {FLOAT32: np.float32, UINT8: np.uint8, INT8: np.int8}
CONV_2D, FULLY_CONNECTED = 3, 9
ENDING = {6, 14, 22, 25, 43, 53, 114}
"""What may come after the last layer with weights: dequantising, sigmoid, reshaping, softmax, squeezing, casting."""
COLOURS = 3


@dataclass(frozen=True)
class Base:
    """A .tflite file that looks at pictures."""

    name: str
    content: bytes
    model: Any
    """The same as the schema's `ModelT`."""
    input: int
    """Its input tensor."""
    embedding: int
    """The tensor that its last layer with weights looks at."""
    scaling: tuple[NDArray[np.float32], NDArray[np.float32]] | None
    """The mean and the standard deviation that its metadata asks for."""

    @property
    def graph(self) -> Any:
        """Return its main graph."""
        return self.model.subgraphs[0]

    @property
    def size(self) -> Size:
        """Return the width and height that it looks at."""
        _, height, width, _ = (int(length) for length in self.graph.tensors[self.input].shape)
        return width, height

    @property
    def features(self) -> int:
        """Return how many numbers its embedding has."""
        return int(np.prod(self.graph.tensors[self.embedding].shape))

    @property
    def is_whole(self) -> bool:
        """Tell whether it computes in whole numbers of 8 bits."""
        return any(tensor.type == INT8 for tensor in self.graph.tensors)

    def prepared(self, pixels: Pixels) -> NDArray[Any]:
        """Return a batch of one picture as its input takes it: as `classifier` prepares it."""
        tensor = self.graph.tensors[self.input]
        dtype = DTYPES[tensor.type]
        if self.scaling is not None and (tensor.type == FLOAT32 or quantization(tensor)):
            mean, deviation = self.scaling
            values: NDArray[Any] = (pixels - mean) / deviation
            if quantized := quantization(tensor):
                limits = np.iinfo(dtype)
                values = np.clip(np.rint(values / quantized[0] + quantized[1]), limits.min, limits.max)
        else:
            values = pixels.astype(np.int16) - 128 if tensor.type == INT8 else pixels
        return values.astype(dtype)[np.newaxis]


def quantization(tensor: Any) -> tuple[NDArray[np.float32], NDArray[np.int64], int] | None:
    """Return the scales and zeros of a tensor, and the axis that they lie along, or `None` if it is not quantised."""
    found = tensor.quantization
    if found is None or found.scale is None or not len(found.scale):
        return None
    zeros = found.zeroPoint if found.zeroPoint is not None else np.zeros(len(found.scale))
    return np.asarray(found.scale, np.float32), np.asarray(zeros, np.int64), int(found.quantizedDimension)


def opened(name: str) -> Base:
    """Return the model that `--base` names.

    Raises:
        ModelError: there is none, or it is none that can be built on; one line says why.
    """
    path = _locate(name)
    try:
        return parsed(path.read_bytes(), name)
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror or error}") from error


def parsed(content: bytes, name: str) -> Base:
    """Return the model that a file holds.

    Raises:
        ModelError: it is none that can be built on.
    """
    try:
        interpreter(content)  # only what it has verified is safe to read
    except (ValueError, RuntimeError) as error:
        raise ModelError(f"{name} is no .tflite file that can be used: {str(error).splitlines()[0]}") from error
    layout = schema()
    model = layout.ModelT.InitFromObj(layout.Model.GetRootAsModel(content, 0))
    if len(model.subgraphs) != 1 or len(model.subgraphs[0].inputs) != 1:
        raise ModelError(f"{name} cannot be built on: it has to have one graph with one input")
    graph = model.subgraphs[0]
    start = int(graph.inputs[0])
    tensor = graph.tensors[start]
    shape = [] if tensor.shape is None else [int(length) for length in tensor.shape]
    if len(shape) != 4 or shape[0] != 1 or shape[3] != COLOURS or min(shape) < 1 or tensor.type not in DTYPES:
        raise ModelError(f"{name} does not look at pictures: its input is {shape}, not [1, height, width, 3]")
    scaling = normalization(model)
    if tensor.type == FLOAT32 and scaling is None:
        raise ModelError(f"{name} cannot be built on: its metadata do not say how its pixels are scaled")
    return Base(name, content, model, start, _embedding(model, name), scaling)


def _locate(name: str) -> Path:
    """Return the file of the built-in model, of one by its path, or of a network that has been pulled."""
    if name == "builtin":
        found = importlib.util.find_spec("cortex_classifier")  # a file beside it is read; nothing of it is imported
        if found is None or found.origin is None:
            raise ModelError("the built-in model is part of the plugin `classifier`, which is not installed")
        return Path(found.origin).parent / "builtin" / "model.tflite"
    path = Path(name).expanduser()
    if path.exists() or path.suffix or len(path.parts) != 1:
        if not path.is_file():
            raise ModelError(f"{path}: there is no such model")
        return path
    pulled = platformdirs.user_data_path("cortex") / "models" / f"{name}.tflite"
    if not pulled.is_file():
        raise ModelError(f"{name!r} is neither a file nor a network that is there: try `cortex models pull {name}`")
    return pulled


def _embedding(model: Any, name: str) -> int:
    """Return the output of that name, or else what the last layer with weights looks at."""
    graph = model.subgraphs[0]
    named = {output.name: int(output.tensorIndex) for one in (model.signatureDefs or [])[:1] for output in one.outputs}
    if b"embedding" in named:
        return named[b"embedding"]
    makers = {int(output): operator for operator in graph.operators for output in operator.outputs}
    for output in graph.outputs:
        operator = makers.get(int(output))
        while operator is not None and code_of(model, operator) in ENDING:
            operator = makers.get(int(operator.inputs[0]))
        if operator is not None and code_of(model, operator) in (CONV_2D, FULLY_CONNECTED):
            return int(operator.inputs[0])
    raise ModelError(f"{name} cannot be built on: it has no output `embedding`, and does not end in a dense layer")


def code_of(model: Any, operator: Any) -> int:
    """Return the number of an operation among the built-in ones."""
    code = model.operatorCodes[operator.opcodeIndex]
    return max(int(code.builtinCode), int(code.deprecatedBuiltinCode))
