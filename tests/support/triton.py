"""A stand-in for Triton: the Open Inference Protocol 2 with the extension for binary tensors, as both are specified."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from tests.support.model_server import LABELS, Asked, ModelServer, Reply, shares

LENGTH = "inference-header-content-length"
TYPES = {"FP16": "<f2", "FP32": "<f4", "UINT8": "u1", "INT8": "i1"}


class Triton(ModelServer):
    """A model `colours`, whose pictures have their colours first."""

    def __init__(self) -> None:
        self.extensions = ["classification", "binary_tensor_data"]
        self.kind = "FP32"
        self.shape = [-1, 3, 8, 8]
        self.version = "1"
        self.labels: Any = list(LABELS)
        super().__init__()

    @property
    def model(self) -> str:
        """Its address."""
        return f"v2+{self.url}/v2/models/colours"

    def is_prediction(self, asked: Asked) -> bool:
        return asked.path.endswith("/infer")

    def answer(self, asked: Asked) -> Reply:
        if asked.path == "/v2":
            return Reply(200, {"name": "triton", "version": "2.60.0", "extensions": self.extensions})
        if asked.path == "/v2/repository/index" and asked.method == "POST":
            return Reply(200, [{"name": "colours", "version": self.version, "state": "READY"}])
        versioned = f"/v2/models/colours/versions/{self.version}"
        path = asked.path.replace(versioned, "/v2/models/colours")
        if path == "/v2/models/colours" and asked.method == "GET":
            return Reply(200, self._metadata())
        if path == "/v2/models/colours/infer" and asked.method == "POST":
            return self._infer(asked)
        return self.refusal(404, f"Request for unknown model: '{asked.path.split('/')[3]}' is not found")

    def _metadata(self) -> Any:
        scores = {"name": "scores", "datatype": "FP32", "shape": [-1, 3]}
        embedding = {"name": "embedding", "datatype": "FP32", "shape": [-1, 4]}
        return {
            "name": "colours",
            "versions": [self.version],
            "platform": "onnxruntime_onnx",
            "inputs": [{"name": "pixels", "datatype": self.kind, "shape": self.shape}],
            "outputs": [scores, embedding],
            "parameters": {"labels": self.labels},
        }

    def _infer(self, asked: Asked) -> Reply:
        length = int(asked.headers.get(LENGTH, len(asked.body)))
        head = json.loads(asked.body[:length])
        [tensor] = head["inputs"]
        if tensor["name"] != "pixels" or tensor["datatype"] != self.kind or tensor["shape"][1:] != self.shape[1:]:
            return self.refusal(400, f"unexpected input {tensor['name']} {tensor['datatype']} {tensor['shape']}")
        if size := tensor.get("parameters", {}).get("binary_data_size"):
            assert size == len(asked.body) - length
            values = np.frombuffer(asked.body[length:], TYPES[self.kind])
        else:
            values = np.asarray(tensor["data"])
        pictures = values.reshape(tensor["shape"]).astype(np.float64)
        if self.kind.startswith("FP"):
            pictures = pictures * 127.5 + 127.5
        elif self.kind == "INT8":
            pictures = pictures + 128
        scores = shares(pictures.transpose(0, 2, 3, 1) if self.shape[1] == 3 else pictures)
        found = {"scores": scores, "embedding": np.hstack([scores, np.ones((len(scores), 1))])}
        wanted = [output["name"] for output in head.get("outputs", [])] or list(found)
        return self._reply({name: found[name] for name in wanted}, binary=head.get("parameters", {}))

    def _reply(self, found: dict[str, Any], binary: dict[str, Any]) -> Reply:
        outputs: list[dict[str, Any]] = []
        rest = b""
        for name, values in found.items():
            output: dict[str, Any] = {"name": name, "datatype": "FP32", "shape": list(values.shape)}
            content = values.astype("<f4").tobytes()
            if binary.get("binary_data_output"):
                output["parameters"] = {"binary_data_size": len(content)}
                rest += content
            else:
                output["data"] = values.reshape(-1).tolist()
            outputs.append(output)
        head = {"model_name": "colours", "model_version": self.version, "outputs": outputs}
        if not rest:
            return Reply(200, head)
        content = json.dumps(head).encode()
        headers = {"Content-Type": "application/octet-stream", "Inference-Header-Content-Length": str(len(content))}
        return Reply(200, content + rest, headers)
