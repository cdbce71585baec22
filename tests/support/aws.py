"""A stand-in for Amazon Rekognition on this machine, for what moto's server answers always alike, or not at all.

moto (see `bucket.py`, whose server answers for Rekognition too) says the same of every picture, and knows no
collections. This one is written from the public API reference (Rekognition 2016-06-27, AWS JSON 1.1, Signature Version
4). It looks: a face is a patch of one of the colours of `FACES`, and two of one colour are the same person's. What it
says of labels and texts is what the test gives it. It was never compared with the real service.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from botocore import xform_name
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import pytest

KEY, SECRET = "who", "a-secret-of-who"
REGION = "eu-west-1"
FACES = {"red": (200, 30, 30), "green": (30, 170, 40), "blue": (30, 50, 210)}
NEAR = 60  # of 255, for each of red, green and blue
PATIENCE = 20  # seconds
MUG = {
    "Name": "Mug",
    "Confidence": 98.5,
    "Instances": [{"BoundingBox": {"Left": 0.1, "Top": 0.2, "Width": 0.3, "Height": 0.4}, "Confidence": 97.0}],
}
CUPBOARD = {"Name": "Cupboard", "Confidence": 71.0, "Instances": []}


def enter(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Have AWS' credentials and region in the environment, and nothing of this machine's own."""
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(folder / "aws-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(folder / "aws-credentials"))
    monkeypatch.setenv("no_proxy", "*")


class Reply(NamedTuple):
    """What is answered instead, once."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = {}


class RefusedError(Exception):
    """What AWS answers with status 400."""

    def __init__(self, code: str, text: str = "Request has invalid parameters") -> None:
        super().__init__(text)
        self.code = code


def error(code: str, status: int = 400, text: str = "", **headers: str) -> Reply:
    """A refusal as AWS writes it; the names of headers have `_` for `-`."""
    body = json.dumps({"__type": code, "Message": text or f"This is a {code}."}).encode()
    return Reply(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


def scene(*colours: str, size: tuple[int, int] = (320, 240)) -> Image.Image:
    """A grey room with a face of each colour, the first the largest; an empty one leaves its place empty."""
    picture = Image.new("RGB", size, (128, 128, 128))
    draw, (width, height) = ImageDraw.Draw(picture), size
    for number, colour in enumerate(colours):
        left, side = 0.03 + 0.33 * number, 0.28 - 0.04 * number
        box = (left * width, 0.3 * height, (left + side) * width, 0.3 * height + side * width)
        if colour:
            draw.rectangle(tuple(map(int, box)), fill=FACES[colour])
    return picture


def portraits(folder: Path, **colours: str) -> dict[str, str]:
    """Write a picture of each person, by the colour of their face; return their paths."""
    for name, colour in colours.items():
        scene(colour, size=(400, 300)).save(folder / f"{name}.png")
    return {name: str(folder / f"{name}.png") for name in colours}


def text_at(words: str, confidence: float = 99.0, kind: str = "LINE") -> dict[str, Any]:
    """A text as DetectText tells it."""
    box = {"Left": 0.5, "Top": 0.1, "Width": 0.25, "Height": 0.05}
    return {"DetectedText": words, "Type": kind, "Confidence": confidence, "Geometry": {"BoundingBox": box}}


class StandIn:
    """Rekognition, as far as a test of clients needs it."""

    def __init__(self) -> None:
        self.labels = [MUG, CUPBOARD]
        self.texts: list[dict[str, Any]] = []
        self.similarity = 99.0
        self.blurred = False
        """Whether it takes no face into a collection."""
        self.stored: Callable[[str, str], bytes | None] = lambda bucket, key: None
        """What lies in S3."""
        self.script: deque[Reply | Callable[[Any], Reply | None]] = deque()
        """What is done instead, request by request."""
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.collections: dict[str, dict[str, tuple[str, str]]] = {}
        """Of each: the ids of faces, each with its ExternalImageId and its colour."""
        self.at_once = self.most_at_once = 0
        """How many requests are being answered."""
        self._counting = threading.Lock()
        self.closing = threading.Event()
        self._port = 0
        self.come()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def operations(self) -> list[str]:
        """What was asked so far."""
        return [operation for operation, _ in self.calls]

    def come(self) -> None:
        """Be there, at the same address as before."""
        stand = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                with contextlib.suppress(OSError):  # the client has hung up
                    stand._take(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def go(self) -> None:
        """Be away: nobody listens at the address."""
        self._server.shutdown()
        self._server.server_close()

    def close(self) -> None:
        """End it."""
        self.closing.set()
        self.go()

    # What it may do instead

    def hang(self, _: Any) -> None:
        """Answer nothing, until the test ends."""
        self.closing.wait(PATIENCE)

    @staticmethod
    def break_off(handler: Any) -> None:
        """Hang up in the middle of the answer."""
        handler.wfile.write(
            b'HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: 99\r\n\r\n{"La'
        )
        handler.close_connection = True

    # Answering

    def _take(self, handler: Any) -> None:
        reply: Reply | Callable[[Any], Reply | None] | None
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        operation = handler.headers["X-Amz-Target"].removeprefix("RekognitionService.")
        with self._counting:
            self.calls.append((operation, json.loads(body)))
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        reply = self.script.popleft() if self.script else self._answer(operation, handler.headers, body)
        if callable(reply):
            reply = reply(handler)
        with self._counting:
            self.at_once -= 1  # before the client has it all, and may ask for the next one
        if reply is None:
            return
        handler.send_response(reply.status)
        handler.send_header("Content-Type", "application/x-amz-json-1.1")
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(reply.body)))
        handler.end_headers()
        handler.wfile.write(reply.body)

    def _answer(self, operation: str, headers: Any, body: bytes) -> Reply:
        try:
            _check_signature(headers, body)
            return Reply(body=json.dumps(getattr(self, f"_{xform_name(operation)}")(json.loads(body))).encode())
        except RefusedError as refused:
            return error(refused.code, text=str(refused))

    def _picture(self, image: dict[str, Any]) -> bytes:
        if "Bytes" in image:
            return base64.b64decode(image["Bytes"])
        place = image["S3Object"]
        if (stored := self.stored(place["Bucket"], place["Name"])) is None:
            raise RefusedError("InvalidS3ObjectException", "Unable to get object metadata from S3.")
        return stored

    def _faces(self, image: dict[str, Any]) -> list[tuple[str, dict[str, float]]]:
        """Return the faces on a picture, the largest first."""
        try:
            picture = np.asarray(Image.open(io.BytesIO(self._picture(image)))).astype(int)
        except OSError as problem:
            raise RefusedError("InvalidImageFormatException", "Request has invalid image format") from problem
        height, width, _ = picture.shape
        if min(height, width) < 80:
            raise RefusedError("InvalidParameterException")
        faces = []
        for colour, pixel in FACES.items():
            rows, columns = np.nonzero((abs(picture - pixel) < NEAR).all(axis=2))
            if len(rows) > 0.004 * width * height:
                left, top = columns.min() / width, rows.min() / height
                box = {"Left": left, "Top": top, "Width": np.ptp(columns) / width, "Height": np.ptp(rows) / height}
                faces.append((colour, {side: float(share) for side, share in box.items()}))
        return sorted(faces, key=lambda face: -face[1]["Width"] * face[1]["Height"])

    def _some_faces(self, image: dict[str, Any]) -> list[tuple[str, dict[str, float]]]:
        if not (faces := self._faces(image)):
            raise RefusedError("InvalidParameterException")
        return faces

    def _collection(self, name: str) -> dict[str, tuple[str, str]]:
        if name not in self.collections:
            raise RefusedError("ResourceNotFoundException", f"The collection id: {name} does not exist")
        return self.collections[name]

    def _detect_labels(self, ask: dict[str, Any]) -> Any:
        self._faces(ask["Image"])
        found = [label for label in self.labels if label["Confidence"] >= ask["MinConfidence"]]
        return {"Labels": found[: ask["MaxLabels"]]}

    def _detect_text(self, ask: dict[str, Any]) -> Any:
        self._faces(ask["Image"])
        return {"TextDetections": self.texts}

    def _detect_faces(self, ask: dict[str, Any]) -> Any:
        return {"FaceDetails": [{"BoundingBox": box, "Confidence": 99.9} for _, box in self._faces(ask["Image"])]}

    def _compare_faces(self, ask: dict[str, Any]) -> Any:
        (known, box), *_ = self._some_faces(ask["SourceImage"])
        alike = self.similarity >= ask["SimilarityThreshold"]
        matches, others = [], []
        for colour, place in self._some_faces(ask["TargetImage"]):
            face = {"BoundingBox": place, "Confidence": 99.9}
            if colour == known and alike:
                matches.append({"Similarity": self.similarity, "Face": face})
            else:
                others.append(face)
        source = {"BoundingBox": box, "Confidence": 99.9}
        return {"SourceImageFace": source, "FaceMatches": matches, "UnmatchedFaces": others}

    def _search_faces_by_image(self, ask: dict[str, Any]) -> Any:
        kept = self._collection(ask["CollectionId"])
        (wanted, _), *_ = self._some_faces(ask["Image"])
        found = [
            {"Similarity": self.similarity, "Face": {"FaceId": face, "ExternalImageId": name}}
            for face, (name, colour) in kept.items()
            if colour == wanted and self.similarity >= ask["FaceMatchThreshold"]
        ]
        return {"FaceMatches": found[: ask["MaxFaces"]]}

    def _create_collection(self, ask: dict[str, Any]) -> Any:
        if ask["CollectionId"] in self.collections:
            raise RefusedError("ResourceAlreadyExistsException")
        self.collections[ask["CollectionId"]] = {}
        return {"StatusCode": 200}

    def _index_faces(self, ask: dict[str, Any]) -> Any:
        kept = self._collection(ask["CollectionId"])
        if self.blurred:
            return {"FaceRecords": [], "UnindexedFaces": [{"Reasons": ["LOW_SHARPNESS", "SMALL_BOUNDING_BOX"]}]}
        records = []
        for colour, _ in self._faces(ask["Image"])[: ask["MaxFaces"]]:
            face = f"00000000-0000-4000-8000-{len(kept):012}"
            kept[face] = ask["ExternalImageId"], colour
            records.append({"Face": {"FaceId": face, "ExternalImageId": ask["ExternalImageId"]}})
        return {"FaceRecords": records, "UnindexedFaces": []}

    def _list_faces(self, ask: dict[str, Any]) -> Any:
        kept = list(self._collection(ask["CollectionId"]).items())
        first = int(ask.get("NextToken", "0"))
        last = first + 2  # two on a page, so that there are pages
        faces = [{"FaceId": face, "ExternalImageId": name} for face, (name, _) in kept[first:last]]
        return {"Faces": faces, **({"NextToken": str(last)} if last < len(kept) else {})}

    def _delete_faces(self, ask: dict[str, Any]) -> Any:
        kept = self._collection(ask["CollectionId"])
        return {"DeletedFaces": [face for face in ask["FaceIds"] if kept.pop(face, None)]}


def _check_signature(headers: Any, body: bytes) -> None:
    """Refuse who does not hold the secret: the signature is made anew and compared."""
    if "Authorization" not in headers:
        raise RefusedError("MissingAuthenticationTokenException", "Missing Authentication Token")
    parts = dict(part.strip().split("=", 1) for part in headers["Authorization"].partition(" ")[2].split(","))
    key, _, region, service, _ = parts["Credential"].split("/")
    if key != KEY:
        raise RefusedError("UnrecognizedClientException", "The security token included in the request is invalid.")
    signed = {name: headers[name] for name in parts["SignedHeaders"].split(";")}
    request = AWSRequest("POST", f"http://{headers['Host']}/", headers=signed, data=body)
    request.context["timestamp"] = headers["X-Amz-Date"]
    auth = SigV4Auth(Credentials(KEY, SECRET), service, region)
    to_sign = auth.string_to_sign(request, auth.canonical_request(request))
    if auth.signature(to_sign, request) != parts["Signature"]:
        raise RefusedError("InvalidSignatureException", "The request signature we calculated does not match")
