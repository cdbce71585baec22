"""A stand-in for TensorFlow Serving: its REST interface as its documentation has it (`api_rest`, `apis/*.proto`)."""

from __future__ import annotations

import base64
import io
import re
from typing import Any

import numpy as np
from PIL import Image

from tests.support.model_server import Asked, ModelServer, Reply, shares

PATH = re.compile(r"/v1/models/(?P<name>[^/:]+)(/versions/(?P<version>\d+)|/labels/(?P<label>\w+))?(?P<what>\W\w+)?")


class TensorFlowServing(ModelServer):
    """A model `colours`, in versions; `labels` name some of them."""

    def __init__(self) -> None:
        self.versions = [1]
        self.labels = {"stable": 1}
        self.kind = "DT_FLOAT"
        self.shape: list[int] = [-1, 8, 8, 3]
        self.inputs = ("pixels",)
        self.signature = "serving_default"
        self.embedding = False
        """Whether the model has a second output of that name."""
        super().__init__()

    @property
    def model(self) -> str:
        """Its address."""
        return f"{self.url}/v1/models/colours"

    def is_prediction(self, asked: Asked) -> bool:
        return asked.path.endswith(":predict")

    def answer(self, asked: Asked) -> Reply:
        found = PATH.fullmatch(asked.path)
        if found is None:
            return self.refusal(404, "Malformed request")
        version = int(found["version"] or self.labels.get(found["label"], 0) or max(self.versions))
        if found["name"] != "colours" or version not in self.versions:
            return self.refusal(404, f"Servable not found for request: Specific({found['name']}, {version})")
        if found["what"] == "/metadata" and asked.method == "GET":
            return Reply(200, self._metadata(version))
        if found["what"] == ":predict" and asked.method == "POST":
            return self._predict(asked)
        return self.refusal(404, "Malformed request")

    def _metadata(self, version: int) -> Any:
        shape = {"dim": [{"size": str(length), "name": ""} for length in self.shape], "unknown_rank": False}
        inputs = {name: {"dtype": self.kind, "tensor_shape": shape, "name": f"{name}:0"} for name in self.inputs}
        row = {"dim": [{"size": "-1", "name": ""}, {"size": "3", "name": ""}], "unknown_rank": False}
        names = ["scores", "embedding"] if self.embedding else ["scores"]
        outputs = {name: {"dtype": "DT_FLOAT", "tensor_shape": row, "name": f"{name}:0"} for name in names}
        nothing = {"dtype": "DT_INVALID", "tensor_shape": {"dim": [], "unknown_rank": True}, "name": "NoOp"}
        signatures = {
            self.signature: {"inputs": inputs, "outputs": outputs, "method_name": "tensorflow/serving/predict"},
            "__saved_model_init_op": {"inputs": {}, "outputs": {"init": nothing}, "method_name": ""},
        }
        return {
            "model_spec": {"name": "colours", "signature_name": "", "version": str(version)},
            "metadata": {"signature_def": {"signature_def": signatures}},
        }

    def _predict(self, asked: Asked) -> Reply:
        if asked.json.get("signature_name", "serving_default") != self.signature:
            return self.refusal(400, "Serving signature name not found in signature def")
        pictures = [pixels(each[self.inputs[0]]) for each in asked.json["instances"]]
        if self.kind != "DT_STRING" and not all(self._fits(picture.shape) for picture in pictures):
            return self.refusal(400, f"pixels is expected to have shape {self.shape}")
        found = shares(pictures if self.kind != "DT_FLOAT" else [picture * 127.5 + 127.5 for picture in pictures])
        rows = [{"scores": row.tolist(), "embedding": [*row.tolist(), 1.0]} for row in found]
        return Reply(200, {"predictions": rows if self.embedding else [row["scores"] for row in rows]})

    def _fits(self, shape: tuple[int, ...]) -> bool:
        wanted = self.shape[1:]
        return len(shape) == len(wanted) and all(want in (-1, have) for want, have in zip(wanted, shape, strict=True))


def pixels(instance: Any) -> Any:
    """Return the picture in an instance: numbers, or a JPEG in base64."""
    if isinstance(instance, dict):
        with Image.open(io.BytesIO(base64.b64decode(instance["b64"], validate=True))) as picture:
            assert picture.format == "JPEG"
            return np.asarray(picture)
    return np.asarray(instance)
