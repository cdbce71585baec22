"""An endpoint of Google's Vertex AI: `vertex://PROJECT/REGION/ENDPOINT`, entered with Google's own credentials."""

from __future__ import annotations

import importlib
import re
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from cortex import ModelError, Place, ServiceError, place_of
from cortex_classifier.address import is_google
from cortex_classifier.connection import Connection, TooMuchError, session
from cortex_classifier.deadline import left
from cortex_classifier.model import first_line
from cortex_classifier.rows import instances, predictions
from cortex_classifier.server import Description, Entry, Reply, scaling_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from cortex_classifier import Classifier
    from cortex_classifier.model import Pixels

ADDRESS = re.compile(r"vertex://(?P<project>[^/@?#\s]+)/(?P<region>[a-z0-9-]+)/(?P<endpoint>[^/:@?#\s]+)/?")
PUBLIC, DEDICATED = 1_500_000, 10_000_000
"""Bytes of a request that Vertex AI takes: at its shared address, and at an endpoint's own."""
GOOGLE = Place(where="internet", name="Google")
SCOPE = "https://www.googleapis.com/auth/cloud-platform"
SET = "set GOOGLE_APPLICATION_CREDENTIALS to a key file, or run `gcloud auth application-default login`"
ALLOWED = "see that these credentials may do `aiplatform.endpoints.predict` there (the role Vertex AI User)"
# What a file that is no key, or not a whole one, makes google-auth raise besides errors of its own.
BROKEN = (AttributeError, LookupError, OSError, TypeError, ValueError)


class Credentials:
    """The application default credentials of Google. For any thread."""

    def __init__(self, address: str, patience: float) -> None:
        self._address = address
        self._patience = patience
        self._lock = threading.Lock()
        self._found: Any = None
        self._auth: Any = importlib.import_module("google.auth")
        self._errors: Any = importlib.import_module("google.auth.exceptions")
        self._transport: Any = importlib.import_module("google.auth.transport.requests")

    def headers(self) -> Mapping[str, str]:
        """Return the headers that let a request in.

        Raises:
            ServiceError: there are no credentials, they are broken, or Google refuses them.
        """
        headers: dict[str, str] = {}
        if not self._lock.acquire(timeout=left()):
            raise ServiceError(f"{self._address}: Google's tokens cannot be had within {self._patience:g} s")
        try:
            found = self._found or self._find()
            if not found.valid:
                self._refresh(found)
            found.apply(headers)
            self._found = found
        finally:
            self._lock.release()
        return headers

    def forget(self) -> None:
        """Look for them anew with the next request."""
        self._found = None

    def _find(self) -> Any:
        try:
            return self._auth.default(scopes=[SCOPE])[0]
        except self._errors.DefaultCredentialsError as error:
            none = "default credentials were not found" in str(error)
            said = "there are no Google credentials" if none else _said(error)
            raise ServiceError(f"{self._address}: {said}; {SET}") from error
        except (self._errors.GoogleAuthError, *BROKEN) as error:
            raise ServiceError(f"{self._address}: the Google credentials are broken: {_said(error)}; {SET}") from error

    def _refresh(self, found: Any) -> None:
        try:
            with session(GOOGLE) as asking:
                found.refresh(partial(self._transport.Request(asking), timeout=self._patience))
        except self._errors.TransportError as error:
            raise ServiceError(f"{self._address}: Google's tokens cannot be had: {_said(error)}") from error
        except (self._errors.GoogleAuthError, *BROKEN) as error:
            raise ServiceError(f"{self._address}: Google refuses the credentials: {_said(error)}; {SET}") from error


class VertexAI:
    """A model behind an endpoint. It does not say what it takes: the options do."""

    names = False

    def __init__(self, address: str, options: Classifier.Options) -> None:
        found = ADDRESS.fullmatch(address)
        if found is None:
            raise ModelError(f"{address} is no address of a model: write vertex://PROJECT/REGION/ENDPOINT")
        if not options.size:
            raise ModelError(f"{address} cannot say how large its pictures are: set `size`, such as `size: 224`")
        project, region, endpoint = found.groups()
        self.address = address
        shared = f"https://{region}-aiplatform.googleapis.com"
        base = (options.endpoint or shared).rstrip("/")
        self.place = Place(where="internet", name=f"Vertex AI {region}", gets=("pictures",))
        if options.endpoint and not is_google(base):
            self.place = place_of(base, "pictures")
        self._url = f"{base}/v1/projects/{project}/locations/{region}/endpoints/{endpoint}:predict"
        self._limit = DEDICATED if options.endpoint else PUBLIC
        self._options = options
        self._credentials = None if options.token else Credentials(address, options.patience)
        login = self._credentials.headers if self._credentials else partial(_bearer, options.token)
        self._connection = Connection(address, self.place, options.patience, login, self._advise)

    def describe(self) -> Description:
        options = self._options
        dtype = None if options.jpeg else np.dtype(np.float32)
        size = (options.size, options.size)
        return Description(Entry(options.input, dtype, size, False, options.batch, scaling_of(dtype, options)), "")

    def predict(self, description: Description, pictures: Sequence[Pixels], outputs: Collection[str]) -> Reply:
        body = instances(description.entry, pictures)
        if len(body) > self._limit:
            mega = f"{len(body) / 1e6:.1f} MB, and Vertex AI takes {self._limit / 1e6:g} MB"
            raise TooMuchError(f"{self.address}: a picture is {mega}: set `jpeg: true` where the model decodes it")
        answer = self._connection.parsed(self._connection.ask("POST", self._url, body).content)
        found = predictions(answer, len(pictures), "predictions")
        if found is None:
            raise self._connection.nonsense("it has no scores for each picture")
        model = [str(answer[key]) for key in ("deployedModelId", "modelVersionId") if key in answer]
        return Reply(found, "/".join(model))

    def stop(self) -> None:
        self._connection.stop()

    def _advise(self) -> str:
        if self._credentials is None:
            return "the `token` is not one that it takes"
        self._credentials.forget()
        return ALLOWED


def _bearer(token: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _said(error: Exception) -> str:
    """Return what an error of google-auth says, without what else it carries."""
    return first_line(ValueError(error.args[0] if error.args else error)).rstrip(".")
