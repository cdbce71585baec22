"""Whose faces are on a picture: compared with the people of the config, then looked up in a collection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from cortex import encode_picture
from cortex_rekognition import answers
from cortex_rekognition.client import NO_FACE
from cortex_rekognition.identity import name_of
from cortex_rekognition.refusals import RefusalError
from cortex_rekognition.sight import Face

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable

    from cortex_rekognition.client import Client
    from cortex_rekognition.options import RekognitionOptions
    from cortex_rekognition.people import Person

MARGIN = 0.4  # of a face's box, on each side of it
SMALLEST = 96  # pixels: AWS takes no picture of less than 80
REST = 300.0  # seconds after which a picture in S3 that was of no use is tried again
BAD_PICTURE = {"InvalidS3ObjectException", "InvalidImageFormatException", "ImageTooLargeException"}


class Faces:
    """Finds out who somebody is."""

    def __init__(
        self, client: Client, people: list[Person], options: RekognitionOptions, now: Callable[[], float]
    ) -> None:
        self._client = client
        self._people = people
        self._options = options
        self._now = now

    @property
    def problem(self) -> str:
        """Which people cannot be recognised, and why; empty: none."""
        return "; ".join(person.problem for person in self._people if person.problem)

    def find(self, jpeg: bytes, image: Any, likely: Iterable[str], given_up: threading.Event) -> tuple[Face, ...]:
        """Return the faces on a picture, the largest first; `jpeg` is what leaves, `image` the picture itself.

        `likely` are those who are compared first: nobody else is once every face has a name.

        Raises:
            ServiceError: AWS does not answer.
        """
        first = set(likely)
        known = sorted((one for one in self._people if self._is_of_use(one)), key=lambda one: one.name not in first)
        faces: list[Face] | None = None
        for person in known:
            if given_up.is_set() or (faces is not None and all(face.name for face in faces)):
                break
            comparison = self._compare(person, jpeg)
            if comparison is not None:
                faces = _merged(faces or [], comparison, person.name)
        if faces is None:
            found = self._client.call("DetectFaces", answers.Faces, Image={"Bytes": jpeg})
            faces = [Face(face.bounding_box) for face in found.face_details]
        faces.sort(key=lambda face: -face.box.area)
        if self._options.collection:
            faces = self._looked_up(faces, image, given_up)
        return tuple(faces)

    def _is_of_use(self, person: Person) -> bool:
        return not person.problem or (person.is_stored and self._now() >= person.rests_until)

    def _compare(self, person: Person, jpeg: bytes) -> answers.Comparison | None:
        """Compare the faces on a picture with somebody's; `None`: theirs cannot be compared with."""
        try:
            comparison = self._client.call(
                "CompareFaces",
                answers.Comparison,
                SourceImage=person.image,
                TargetImage={"Bytes": jpeg},
                SimilarityThreshold=self._options.similarity,
            )
        except RefusalError as refusal:
            if refusal.code in BAD_PICTURE:
                self._is_useless(person, "cannot be used by Rekognition", refusal)
                return None
            if refusal.code != NO_FACE:
                raise
            if not person.verified and not self._has_face(person):  # AWS does not say which of the two has none
                self._is_useless(person, "shows no face", refusal)
                return None
            comparison = answers.Comparison(face_matches=())
        person.verified, person.problem = True, ""
        return comparison

    def _has_face(self, person: Person) -> bool:
        try:
            return bool(self._client.call("DetectFaces", answers.Faces, Image=person.image).face_details)
        except RefusalError as refusal:
            if refusal.code not in {NO_FACE, *BAD_PICTURE}:
                raise
            return False

    def _is_useless(self, person: Person, why: str, refusal: RefusalError) -> None:
        hint = ""
        if refusal.code in BAD_PICTURE:
            hint = f" ({refusal.code})"
            if person.is_stored:
                hint += ": check the bucket, the key, the region and the right s3:GetObject"
        person.problem = f"{person.name}: the picture {person.path} {why}{hint}"
        person.rests_until = self._now() + REST

    def _looked_up(self, faces: list[Face], image: Any, given_up: threading.Event) -> list[Face]:
        """Return the faces with the names that those without one have in the collection."""
        named, left = [], self._options.max_faces
        for face in faces:
            if not face.name and left and not given_up.is_set():
                left -= 1
                face = self._search(face, image)  # noqa: PLW2901 - the same face, known better
            named.append(face)
        return named

    def _search(self, face: Face, image: Any) -> Face:
        jpeg = encode_picture(_cropped(image, face.box), side=self._options.side)
        try:
            search = self._client.call(
                "SearchFacesByImage",
                answers.Search,
                CollectionId=self._options.collection,
                Image={"Bytes": jpeg},
                FaceMatchThreshold=self._options.similarity,
                MaxFaces=5,
            )
        except RefusalError as refusal:
            if refusal.code == NO_FACE:  # too blurred or too small to be looked up
                return face
            raise
        for match in search.face_matches:
            if match.face.external_image_id:
                return replace(face, name=name_of(match.face.external_image_id), similarity=match.similarity)
        return face


def _merged(faces: list[Face], comparison: answers.Comparison, name: str) -> list[Face]:
    """Return the faces with what one more comparison says of them: the more similar name holds."""
    for match in comparison.face_matches:
        box = match.face.bounding_box
        at = next((number for number, face in enumerate(faces) if face.box.is_on(box)), None)
        if at is None:
            faces.append(Face(box, name, match.similarity))
        elif match.similarity > faces[at].similarity:
            faces[at] = replace(faces[at], name=name, similarity=match.similarity)
    for other in comparison.unmatched_faces:
        if not any(face.box.is_on(other.bounding_box) for face in faces):
            faces.append(Face(other.bounding_box))
    return faces


def _cropped(image: Any, box: answers.BoundingBox) -> Any:
    """Return the part of a picture around a face."""
    import numpy as np

    rows = _span(box.top, box.height, image.shape[0])
    columns = _span(box.left, box.width, image.shape[1])
    return np.ascontiguousarray(image[rows, columns])


def _span(begin: float, length: float, pixels: int) -> slice:
    middle, half = (begin + length / 2) * pixels, (0.5 + MARGIN) * length * pixels
    half = max(half, SMALLEST / 2)
    first = min(max(0, int(middle - half)), max(0, pixels - SMALLEST))
    return slice(first, max(first + SMALLEST, int(middle + half) + 1))
