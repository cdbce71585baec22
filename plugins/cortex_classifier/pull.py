"""Fetching a network of Keras Applications: Keras downloads and checks its weights; what is kept is a .tflite."""

from __future__ import annotations

import base64
import hashlib
import importlib
import os
import shutil
import tempfile
import time
import urllib.error
import urllib.request
import warnings
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from cortex import ModelError
from cortex_classifier.application import FETCHING, being_fetched, checked, file_of, folder, labels_of, preprocessing_of
from cortex_classifier.convert import convert
from cortex_classifier.model import first_line
from cortex_classifier.tensorflow import import_tensorflow

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = "https://storage.googleapis.com"
"""Where Keras keeps the weights of its networks."""
CLASS_INDEX = "/download.tensorflow.org/data/imagenet_class_index.json"
"""Where Keras keeps the names of the thousand things that its networks know."""
STALE = 24 * 3600.0
"""Seconds after which such a folder is what is left of one that was killed."""
CLASS_INDEX_MD5 = "wsN+pRfpTZeVAEo5QxoUyw=="
"""Its MD5 sum in base64, as Keras has it too. What a mirror has is held against the sum that the mirror names."""
UNHASHED = {"MobileNet", "MobileNetV2"}
"""The networks whose weights Keras has no hash of: they are held against the sum that the host names."""


def pull(name: str, mirror: str = HOST, timeout: float = 30.0) -> Path:
    """Fetch a network, convert it, and return its file; on an error nothing is left of it.

    Raises:
        ModelError: there is no such network, its weights do not come or are not the right ones, or cannot be kept.
    """
    target = file_of(checked(name))
    place = being_fetched(os.getpid())  # one for each process: Keras only once asks where to fetch to
    try:
        _sweep()
        shutil.rmtree(place, ignore_errors=True)  # of another that had this number
        place.mkdir(parents=True, exist_ok=True)
        tempfile.tempdir = str(place)  # what TensorFlow leaves behind when it is killed goes with the place
        content, names = _fetch(name, place, Host(mirror, timeout))
        ready = place / target.name
        ready.write_bytes(content)
        labels = place / "labels.txt"
        labels.write_text("\n".join(names) + "\n", encoding="utf-8")
        labels.replace(labels_of(target))
        ready.replace(target)
    except OSError as error:
        raise ModelError(f"{name} cannot be kept in {folder()}: {error.strerror or first_line(error)}") from error
    finally:
        tempfile.tempdir = None
        shutil.rmtree(place, ignore_errors=True)
    return target


def _sweep() -> None:
    """Remove what fetches left that were killed; one that still runs is younger."""
    for left in folder().glob(f"{FETCHING}*"):
        with suppress(FileNotFoundError):  # another sweeps too
            if time.time() - left.stat().st_mtime > STALE:
                shutil.rmtree(left, ignore_errors=True)


def _fetch(name: str, place: Path, host: Host) -> tuple[bytes, list[str]]:
    """Return a network as a .tflite, and the names of what it knows; what is fetched for that is kept in `place`."""
    urllib.request.install_opener(urllib.request.build_opener(host))
    try:
        # First what is small and needs no TensorFlow: offline, that ends here.
        index = place / "models" / Path(CLASS_INDEX).name
        index.parent.mkdir(exist_ok=True)
        with urllib.request.urlopen(HOST + CLASS_INDEX) as answer:  # noqa: S310 - https
            index.write_bytes(answer.read())
        model = _network(name, place)
    except Exception as error:  # Keras raises bare ones where a download fails
        raise ModelError(f"{name} could not be fetched: {_damage(place, host) or _reason(error, host)}") from error
    finally:
        urllib.request.install_opener(urllib.request.build_opener())
    damage = _damage(place, host)
    if index.name not in host.md5 or (name in UNHASHED and len(host.md5) == 1):
        damage = f"neither Keras nor {host.base} names a hash (`x-goog-hash`) to check it by"
    if damage:
        raise ModelError(f"{name} could not be fetched: {damage}")
    try:
        return convert(model, preprocessing_of(name)), _names(index)
    except Exception as error:  # whatever TensorFlow's converter raises
        raise ModelError(f"{name} could not be converted: {first_line(error)}") from error


def _network(name: str, place: Path) -> Any:
    """Have Keras build a network and fetch its weights, all that it keeps in `place`."""
    os.environ["KERAS_HOME"] = str(place)  # read when Keras is imported, which nothing has done yet
    import_tensorflow()
    build = getattr(importlib.import_module("keras.applications"), name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras' remarks on arguments that it chose itself
        return build(weights="imagenet")


def _names(index: Path) -> list[str]:
    """Return the names in Keras' table of the things of ImageNet: `{"0": ["n01440764", "tench"], ...}`."""
    table = msgspec.json.decode(index.read_bytes(), type=dict[int, tuple[str, str]])
    return [table[number][1].replace("_", " ") for number in range(len(table))]


class Host(urllib.request.BaseHandler):
    """The host of the weights, or its mirror, as Python's URL library meets it: with a time limit."""

    handler_order = 100  # before the library's own

    def __init__(self, mirror: str, timeout: float) -> None:
        self.base = mirror.rstrip("/")
        """The address that is really asked."""
        self.timeout = timeout
        self.md5 = {Path(CLASS_INDEX).name: CLASS_INDEX_MD5} if self.base == HOST else {}
        """The MD5 sums that are known, or that the host names, in base64, by the name of the file."""

    def https_request(self, request: urllib.request.Request) -> urllib.request.Request:
        """Set the time limit, and the mirror's address."""
        request.timeout = self.timeout
        if request.full_url.startswith(HOST):
            request.full_url = self.base + request.full_url.removeprefix(HOST)
        return request

    def https_response(self, request: urllib.request.Request, response: Any) -> Any:
        """Take note of the sum that the host names."""
        for part in ",".join(response.headers.get_all("x-goog-hash", [])).split(","):
            kind, _, value = part.strip().partition("=")
            if kind == "md5":
                self.md5.setdefault(Path(request.selector).name, value)
        return response


def _damage(place: Path, host: Host) -> str:
    """Return what is wrong with what arrived, by the sums that the host named, or nothing."""
    for name, md5 in host.md5.items():
        path = place / "models" / name
        if path.is_file():
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "md5").digest()
            if base64.b64encode(found).decode() != md5:
                return f"{name} arrived damaged: its hash is not the one that {host.base} names"
    return ""


def _reason(error: BaseException, host: Host) -> str:
    """Return why a download failed, in words for the person who waits for it."""
    for cause in _causes(error):
        match cause:
            case urllib.error.HTTPError():
                return f"{cause.url} answered {cause.code} {cause.reason}"
            case urllib.error.ContentTooShortError() | ConnectionError():
                return f"{host.base} broke off in the middle"
            case TimeoutError():
                return f"{host.base} was silent for {host.timeout:g} s"
            case urllib.error.URLError(reason=TimeoutError()):
                return f"{host.base} did not answer within {host.timeout:g} s"
            case urllib.error.URLError():
                reason = getattr(cause.reason, "strerror", None) or cause.reason
                return f"{host.base} cannot be reached ({reason}); is this machine offline?"
            case OSError(strerror=str(reason)):
                return f"it cannot be written to {folder()}: {reason}"
            case ValueError() if "hash" in str(cause):
                return f"what {host.base} sent is not what Keras expects: its hash is wrong"
    return first_line(error)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what led to it, the first cause last."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
