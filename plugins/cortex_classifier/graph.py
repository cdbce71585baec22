"""What a TensorFlow graph shows of its ends: whether it scales its pixels itself, and what its last operation makes.

Both walk over the nodes of a `GraphDef`, into the functions that its nodes call, past what only hands values on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cortex_classifier.features import Step, features_behind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cortex_classifier.model import Ending

PASSING = {"Identity", "IdentityN", "StopGradient", "Cast", "Reshape", "Squeeze", "ExpandDims", "EnsureShape"}
CALLS = {"PartitionedCall", "StatefulPartitionedCall"}
ARITHMETIC = {"Mul", "Sub", "Add", "AddV2", "RealDiv", "Div"}
ENDINGS: dict[str, Ending] = {
    "Softmax": "probabilities",
    "Sigmoid": "probabilities",
    "BiasAdd": "logits",
    "MatMul": "logits",
    "Add": "logits",
    "AddV2": "logits",
    "Conv2D": "logits",
}


def scales_itself(graph: Any, tensor: str) -> bool:
    """Tell whether the first thing that a graph does to an input is arithmetic, such as the scaling of pixels."""
    functions = {function.signature.name: function for function in graph.library.function}
    return any(node.op in ARITHMETIC for node in _readers(graph.node, _node(tensor), functions))


def features_of(graph: Any, tensor: str, entry: str) -> str | None:
    """Return the tensor that holds the features behind a tensor, in a graph that calls no functions."""
    steps = [
        Step(node.op, [_node(source) for source in node.input if not source.startswith("^")], (node.name,))
        for node in graph.node
    ]
    found = features_behind(_node(tensor), steps, _node(entry))
    return None if found is None else f"{found}:0"


def ending(graph: Any, tensor: str) -> Ending:
    """Return what the operation makes whose result a tensor is."""
    functions = {function.signature.name: function for function in graph.library.function}
    nodes = {node.name: node for node in graph.node}
    return ENDINGS.get(_maker(nodes, tensor, functions), "unknown")


def _readers(nodes: Sequence[Any], name: str, functions: dict[str, Any]) -> Iterator[Any]:
    for node in nodes:
        for place, source in enumerate(node.input):
            if _node(source) != name:
                continue
            if node.op in PASSING:
                yield from _readers(nodes, node.name, functions)
            elif node.op in CALLS:
                function = functions[node.attr["f"].func.name]
                yield from _readers(function.node_def, function.signature.input_arg[place].name, functions)
            else:
                yield node


def _maker(nodes: dict[str, Any], tensor: str, functions: dict[str, Any]) -> str:
    while (node := nodes.get(_node(tensor))) is not None:
        if node.op in CALLS:
            function = functions[node.attr["f"].func.name]
            result = function.signature.output_arg[_port(tensor)].name
            inner = {inner.name: inner for inner in function.node_def}
            return _maker(inner, function.ret[result], functions)
        if node.op not in PASSING or not node.input:
            return str(node.op)
        tensor = node.input[0] if node.op != "IdentityN" else node.input[_port(tensor)]
    return ""


def _node(tensor: str) -> str:
    """Return the node of `node`, `node:0`, `node:output:0` or `^node`."""
    return tensor.lstrip("^").split(":")[0]


def _port(tensor: str) -> int:
    """Return the number of the output: of several in `node:output:1` or `node:1`, the first where none is named."""
    last = tensor.rsplit(":", 1)[-1]
    return int(last) if ":" in tensor and last.isdigit() else 0
