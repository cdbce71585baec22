"""A collection of faces in Rekognition: who is in it, and how one comes and goes. Knows no frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cortex import PluginError
from cortex_rekognition import answers
from cortex_rekognition.identity import identity_of, name_of
from cortex_rekognition.refusals import RefusalError

if TYPE_CHECKING:
    from cortex_rekognition.client import Client

MOST = 4096  # faces that AWS deletes at once
MISSING = "ResourceNotFoundException"


class Collection:
    """The faces of people, kept by AWS as numbers; their pictures are not kept."""

    def __init__(self, client: Client, name: str) -> None:
        self._client = client
        self.name = name

    def enrol(self, name: str, image: dict[str, Any], path: str) -> str:
        """Take in the face on a picture under a name; return its id. A collection that is not there is made.

        Raises:
            ValueError: the name cannot be kept.
            PluginError: there is not one face on the picture, or it is of no use.
            ServiceError: AWS does not answer, or refuses.
        """
        identity = identity_of(name)
        count = len(self._client.call("DetectFaces", answers.Faces, Image=image).face_details)
        if count != 1:
            shows = f"shows {count} faces" if count else "shows no face"
            raise PluginError(f"{path} {shows}: take a picture of {name} alone, face to the camera")
        index = self._index(identity, image)
        if not index.face_records:
            reasons = sorted({reason for face in index.unindexed_faces for reason in face.reasons})
            raise PluginError(f"{path}: AWS does not take the face ({', '.join(reasons) or 'it does not say why'})")
        return index.face_records[0].face.face_id

    def _index(self, identity: str, image: dict[str, Any]) -> answers.Index:
        wanted: dict[str, Any] = {
            "CollectionId": self.name,
            "Image": image,
            "ExternalImageId": identity,
            "MaxFaces": 1,
            "QualityFilter": "AUTO",
        }
        try:
            return self._client.call("IndexFaces", answers.Index, **wanted)
        except RefusalError as refusal:
            if refusal.code != MISSING:
                raise
        self._client.call("CreateCollection", answers.Nothing, images=0, CollectionId=self.name)
        return self._client.call("IndexFaces", answers.Index, **wanted)

    def people(self) -> dict[str, list[str]]:
        """Return who is in it, by name, with the ids of their faces; none where there is no such collection.

        Raises:
            ServiceError: AWS does not answer, or refuses.
        """
        people: dict[str, list[str]] = {}
        more: dict[str, str] = {}
        while True:
            try:
                page = self._client.call("ListFaces", answers.FacesPage, images=0, CollectionId=self.name, **more)
            except RefusalError as refusal:
                if refusal.code == MISSING:
                    return {}
                raise
            for face in page.faces:
                name = name_of(face.external_image_id) or f"without a name: {face.face_id}"
                people.setdefault(name, []).append(face.face_id)
            if not page.next_token:
                return dict(sorted(people.items()))
            more = {"NextToken": page.next_token}

    def forget(self, faces: list[str]) -> None:
        """Remove faces.

        Raises:
            ServiceError: AWS does not answer, or refuses.
        """
        for first in range(0, len(faces), MOST):
            some = faces[first : first + MOST]
            self._client.call("DeleteFaces", answers.Nothing, images=0, CollectionId=self.name, FaceIds=some)
