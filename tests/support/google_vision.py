"""A stand-in for Google Cloud Vision: a real gRPC server on this machine with the service `ImageAnnotator`.

Written from the public `google/cloud/vision/v1/image_annotator.proto`: the messages are Google's own classes, the
statuses and their details those that Google documents. It looks at no picture: it finds what the test puts before it,
as much of that as the request names features for.
"""

from __future__ import annotations

import contextlib
import io
import math
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

import grpc
from google.cloud import vision_v1 as api
from google.protobuf import any_pb2, duration_pb2
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterator

METHOD = "/google.cloud.vision.v1.ImageAnnotator/BatchAnnotateImages"
PATIENCE = 20  # seconds


class Asked(NamedTuple):
    """One request, as it arrived."""

    features: list[str]
    jpeg: bytes
    size: tuple[int, int]
    metadata: dict[str, str]


class Vision:
    """The server, and what stands before its eyes. `credentials`: of a server with TLS."""

    def __init__(self, credentials: grpc.ServerCredentials | None = None) -> None:
        self.asked: list[Asked] = []
        self.things: dict[str, list[Any]] = {}
        """What it finds, by the feature; see `mug`."""
        self.statuses: list[grpc.Status | None] = []
        """How it refuses: one request after the other, and the last one for ever; `None`: not at all."""
        self.wrong: status_pb2.Status | None = None
        """What it says of the picture itself, in an answer that is none."""
        self.nonsense: bytes | None = None
        """What it answers instead of a message."""
        self._changed = threading.Condition()
        self._free = math.inf
        self._credentials = credentials
        self._port = 0
        self._server: grpc.Server | None = None
        self.come()

    @property
    def host(self) -> str:
        """Its address."""
        return f"127.0.0.1:{self._port}"

    @property
    def url(self) -> str:
        """The endpoint that a plugin is given."""
        return f"http://{self.host}"

    # What the test does

    def refuses(self, code: int, message: str, retry_after: int | None = None) -> None:
        """Answer every request with a status of google.rpc, with a `RetryInfo` where there is one."""
        details = []
        if retry_after is not None:
            info = any_pb2.Any()
            info.Pack(error_details_pb2.RetryInfo(retry_delay=duration_pb2.Duration(seconds=retry_after)))
            details.append(info)
        status = status_pb2.Status(code=code, message=message, details=details)
        self.statuses = [rpc_status.to_status(status)]

    def hold(self) -> None:
        """Answer nobody, for now."""
        self._free = 0

    def let_go(self, most: float = math.inf) -> None:
        """Answer those who wait, and whoever comes; so many at most."""
        with self._changed:
            self._free = most
            self._changed.notify_all()

    def was_asked(self, times: int = 1) -> None:
        """Wait until so many requests have arrived."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.asked) >= times, PATIENCE), f"{len(self.asked)} have come"

    def come(self) -> None:
        """Be there, at the same address as before."""
        self._server = grpc.server(ThreadPoolExecutor(8), options=[("grpc.so_reuseport", 0)])
        handler = grpc.unary_unary_rpc_method_handler(self._answer, api.BatchAnnotateImagesRequest.deserialize)
        service, name = METHOD[1:].split("/")
        self._server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {name: handler}),))
        if self._credentials is None:
            self._port = self._server.add_insecure_port(self.host)
        else:
            self._port = self._server.add_secure_port(self.host, self._credentials)
        self._server.start()

    def go(self) -> None:
        """Be away: whoever is being answered is broken off, and nobody listens at the address."""
        if self._server is not None:
            self._server.stop(None).wait(PATIENCE)
            self._server = None

    def close(self) -> None:
        """End it."""
        self.let_go()
        self.go()

    # What it does

    def _answer(self, batch: api.BatchAnnotateImagesRequest, context: grpc.ServicerContext) -> bytes:
        [request] = batch.requests
        features = [feature.type_.name for feature in request.features]
        with Image.open(io.BytesIO(request.image.content)) as picture:
            assert picture.format == "JPEG"
            size = picture.size
        metadata = {key: value for key, value in context.invocation_metadata() if isinstance(value, str)}
        with self._changed:
            self.asked.append(Asked(features, request.image.content, size, metadata))
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._free > 0, PATIENCE)
            self._free -= 1
            status = self.statuses.pop(0) if len(self.statuses) > 1 else next(iter(self.statuses), None)
        if status is not None:
            context.abort_with_status(status)
        if self.nonsense is not None:
            return self.nonsense
        if self.wrong is not None:
            response = api.AnnotateImageResponse(error=self.wrong)
        else:
            response = api.AnnotateImageResponse(**dict(self._found(features, size)))
        return api.BatchAnnotateImagesResponse.serialize(api.BatchAnnotateImagesResponse(responses=[response]))

    def _found(self, features: list[str], size: tuple[int, int]) -> Iterator[tuple[str, Any]]:
        fields = {
            "LABEL_DETECTION": "label_annotations",
            "LOGO_DETECTION": "logo_annotations",
            "LANDMARK_DETECTION": "landmark_annotations",
            "FACE_DETECTION": "face_annotations",
            "OBJECT_LOCALIZATION": "localized_object_annotations",
            "TEXT_DETECTION": "text_annotations",
        }
        for feature in features:
            things = [thing(size) if callable(thing) else thing for thing in self.things.get(feature, [])]
            yield fields[feature], [thing for thing in things if not isinstance(thing, api.TextAnnotation)]
            for thing in things:
                if isinstance(thing, api.TextAnnotation):
                    yield "full_text_annotation", thing


@contextlib.contextmanager
def visible() -> Iterator[Vision]:
    """A server that sees what `mug` puts there, for as long as a test lasts."""
    vision = Vision()
    mug(vision)
    try:
        yield vision
    finally:
        vision.close()


class Rough:
    """Something else at the address: it takes connections, says some bytes or nothing, and hangs up or does not."""

    def __init__(self, says: bytes = b"", *, hangs_up: bool = False) -> None:
        self._says = says
        self._hangs_up = hangs_up
        self._taken: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        with contextlib.suppress(OSError):  # closed
            while True:
                connection, _ = self._listening.accept()
                self._taken.append(connection)
                connection.recv(1024)
                connection.sendall(self._says)
                if self._hangs_up:
                    connection.close()

    def close(self) -> None:
        """End it."""
        with contextlib.suppress(OSError):  # it wakes who waits for a connection, where there is one
            self._listening.shutdown(socket.SHUT_RDWR)
        for listening in (self._listening, *self._taken):
            listening.close()


# What stands before it


def corners(left: float, top: float, right: float, bottom: float, size: tuple[int, int] | None = None) -> Any:
    """A polygon: in shares of the picture, or in pixels of one of this size."""
    points = [(left, top), (right, top), (right, bottom), (left, bottom)]
    if size is None:
        return api.BoundingPoly(normalized_vertices=[api.NormalizedVertex(x=x, y=y) for x, y in points])
    width, height = size
    return api.BoundingPoly(vertices=[api.Vertex(x=round(x * width), y=round(y * height)) for x, y in points])


def named(name: str, score: float, *where: float) -> Any:
    """A label, or a logo or landmark that is somewhere, as Google describes it."""

    def entity(size: tuple[int, int]) -> Any:
        poly = corners(*where, size=size) if where else None
        return api.EntityAnnotation(description=name, score=score, bounding_poly=poly)

    return entity


def mug(vision: Vision) -> None:
    """Put a mug on a table."""
    vision.things = {
        "LABEL_DETECTION": [named("Tableware", 0.93), named("Mug", 0.91), named("Coffee cup", 0.88)],
        "OBJECT_LOCALIZATION": [
            api.LocalizedObjectAnnotation(name="Mug", score=0.97, bounding_poly=corners(0.25, 0.5, 0.5, 0.875))
        ],
    }


def writing(vision: Vision, text: str, locale: str, *where: float) -> None:
    """Put a text there, as one paragraph."""

    def whole(size: tuple[int, int]) -> Any:
        return api.EntityAnnotation(description=f"{text}\n", locale=locale, bounding_poly=corners(*where, size=size))

    def page(size: tuple[int, int]) -> Any:
        breaks = {" ": 1, "\n": 5}
        kinds = [breaks.get(following, 0) for following in [*text[1:], "\n"]]
        symbols = [
            api.Symbol(text=char, property={"detected_break": {"type_": kind}} if kind else None)
            for char, kind in zip(text, kinds, strict=True)
            if char not in breaks
        ]
        paragraph = api.Paragraph(bounding_box=corners(*where, size=size), words=[api.Word(symbols=symbols)])
        return api.TextAnnotation(text=text, pages=[api.Page(blocks=[api.Block(paragraphs=[paragraph])])])

    vision.things["TEXT_DETECTION"] = [whole, page]


def faces(vision: Vision, *places: tuple[float, float, float, float]) -> None:
    """Put people there."""

    def face(where: tuple[float, float, float, float]) -> Any:
        return lambda size: api.FaceAnnotation(bounding_poly=corners(*where, size=size), detection_confidence=0.9)

    vision.things["FACE_DETECTION"] = [face(where) for where in places]
