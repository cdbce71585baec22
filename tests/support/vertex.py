"""A stand-in for Vertex AI's `endpoints.predict` and for Google's token service, as their REST references have them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import numpy as np
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.support.model_server import Asked, ModelServer, Reply, shares
from tests.support.tensorflow_serving import pixels

if TYPE_CHECKING:
    from pathlib import Path

ENDPOINT = "/v1/projects/my-project/locations/europe-west4/endpoints/1234:predict"
STATUSES = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND"}


class Vertex(ModelServer):
    """One endpoint, and who hands out tokens for it."""

    def __init__(self) -> None:
        self.model_id = "777"
        self.input = ""
        """Under which name a picture stands in an instance; empty: it is the instance."""
        self.knows_key = True
        self.lasts = 3600
        """Seconds for which a token is good."""
        self.tokens = 0
        """How many it has handed out."""
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        super().__init__()
        self.token = "ya29.a-token-of-vertex"

    def key_file(self, path: Path) -> Path:
        """Write a key of a service account, whose tokens come from here."""
        pem = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        key = {
            "type": "service_account",
            "project_id": "my-project",
            "private_key_id": "1",
            "private_key": pem.decode(),
            "client_email": "cortex@my-project.iam.gserviceaccount.com",
            "client_id": "1",
            "token_uri": f"{self.url}/token",
        }
        path.write_text(json.dumps(key), encoding="utf-8")
        return path

    def is_prediction(self, asked: Asked) -> bool:
        return asked.path.endswith(":predict")

    def refusal(self, status: int, words: str) -> Reply:
        return Reply(status, {"error": {"code": status, "message": words, "status": STATUSES.get(status, "INTERNAL")}})

    def answer(self, asked: Asked) -> Reply:
        if asked.path != ENDPOINT:
            return self.refusal(404, f"The Endpoint {asked.path} does not exist.")
        instances = [each[self.input] if self.input else each for each in asked.json["instances"]]
        pictures = [pixels(each) for each in instances]
        if any(picture.dtype.kind == "f" for picture in pictures):
            pictures = [picture * 127.5 + 127.5 for picture in pictures]
        answer = {"predictions": np.asarray(shares(pictures)).tolist(), "deployedModelId": self.model_id}
        return Reply(200, {**answer, "model": "projects/1/locations/europe-west4/models/2", "modelVersionId": "1"})

    def serve(self, handler) -> None:  # type: ignore[no-untyped-def]
        if handler.path != "/token":
            super().serve(handler)
            return
        asked = parse_qs(handler.rfile.read(int(handler.headers["Content-Length"])).decode())
        assert asked["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
        if self.knows_key:
            self.tokens += 1
            reply = Reply(200, {"access_token": self.token, "expires_in": self.lasts, "token_type": "Bearer"})
        else:
            wrong = {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
            reply = Reply(400, wrong)
        self._send(handler, reply)
