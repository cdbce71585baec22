"""A small model for MLServer: the share of red, green and blue in each picture, computed from its pixels."""

from __future__ import annotations

import numpy as np
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse


class Colours(MLModel):
    """Runs inside MLServer."""

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        pictures = NumpyCodec.decode_input(payload.inputs[0])
        sums = pictures.reshape(len(pictures), -1, 3).sum(axis=1).astype(np.float32) + 1e-9
        scores = sums / sums.sum(axis=1, keepdims=True)
        outputs = [NumpyCodec.encode_output("scores", scores)]
        return InferenceResponse(model_name=self.name, model_version=self.version, outputs=outputs)
