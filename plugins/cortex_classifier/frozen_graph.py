"""A frozen graph of TensorFlow 1, a .pb file such as the Inception of 2017."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cortex import ModelError
from cortex_classifier.model import did_you_mean, picture_size
from cortex_classifier.scaling import FROZEN, asked_for
from cortex_classifier.tensorflow import FunctionModel, import_tensorflow, refusing_with_tensorflow

if TYPE_CHECKING:
    from pathlib import Path

    from cortex_classifier import Classifier

NO_RESULT = {"Const", "Placeholder", "NoOp", "Assert"}


def open_frozen_graph(path: Path, options: Classifier.Options) -> FunctionModel:
    """Load a graph whose weights are constants; the options name its ends, or it has only one of each."""
    if path.name == "saved_model.pb":
        raise ModelError(f"{path} is part of a SavedModel: name the folder, {path.parent}")
    tf = import_tensorflow()
    graph = tf.compat.v1.GraphDef()
    with refusing_with_tensorflow(path, "frozen graph of TensorFlow 1"):
        graph.ParseFromString(path.read_bytes())
        if not graph.node:
            raise ValueError("there is no graph in it")
        entry, result = _entry(graph, options.input, path), _result(graph, options.output, path)
        wrapped = tf.compat.v1.wrap_function(lambda: tf.import_graph_def(graph, name=""), [])
        ends = [_tensor(wrapped.graph, name, path) for name in (entry, result)]
        pruned = wrapped.prune(ends[0], ends[1])
        shape = [None] * 4 if ends[0].shape.rank is None else ends[0].shape.as_list()
        size = picture_size(shape, options.size, path)
        scaling = asked_for(options, FROZEN) or FROZEN
        return FunctionModel(lambda batch: {result: pruned(batch)}, size, ends[0].dtype, scaling)


def _entry(graph: Any, asked: str, path: Path) -> str:
    if asked:
        return asked
    found = [node.name for node in graph.node if node.op == "Placeholder"]
    return "input" if "input" in found else _only(found, "input", path)


def _result(graph: Any, asked: str, path: Path) -> str:
    if asked:
        return asked
    read = {source.lstrip("^").split(":")[0] for node in graph.node for source in node.input}
    found = [node.name for node in graph.node if node.name not in read and node.op not in NO_RESULT]
    names = {node.name for node in graph.node}
    return "output" if "output" in names else _only(found, "output", path)


def _only(found: list[str], option: str, path: Path) -> str:
    if len(found) == 1:
        return found[0]
    names = f"it could be {', '.join(found[:8])}" if found else "none is to be found"
    raise ModelError(f"{path} does not say what its {option} is: set `{option}`; {names}")


def _tensor(graph: Any, name: str, path: Path) -> Any:
    """Return a tensor of a graph by the name of its node, with or without the number of the output."""
    node = name.partition(":")[0]
    known = [operation.name for operation in graph.get_operations()]
    if node not in known:
        raise ModelError(f"{path} has no tensor {name!r}{did_you_mean(node, known)}")
    return graph.as_graph_element(name if ":" in name else f"{name}:0")
