"""A connection to a model server: kept open, asked with patience, its refusals told in one line. Knows no protocol."""

from __future__ import annotations

import json
import logging
import os
import ssl
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from cortex import ServiceError
from cortex_classifier.deadline import Adapter, left, within
from cortex_classifier.model import first_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from urllib3.connectionpool import ConnectionPool
    from urllib3.response import BaseHTTPResponse

    from cortex import Place

    # What a request is to have among its headers to be let in.
    Login = Callable[[], Mapping[str, str]]

AGAIN = 2
"""How often a request is sent again where that can help."""
BACKOFF = 0.1  # seconds, doubled each time
LONGEST = 2.0
"""Seconds of `Retry-After` that a frame waits for; where it is more, it is the plugin that pauses."""
BUSY = frozenset({429, 502, 503})
MOST = 64 * 2**20
"""Bytes of an answer."""
CHUNK = 2**16
POOL = 64
ELSEWHERE = range(300, 400)
REFUSED = range(300, 600)
TOO_MUCH = frozenset({400, 413})
logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)  # that it tries again is no news
BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
KNOWN = {
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    429: "Too Many Requests",
    500: "Internal Server Error",
}


class MissingError(ServiceError):
    """What is asked for is not at the address."""


class ElsewhereError(ServiceError):
    """What is asked for is said to be at another address."""


class TooMuchError(ServiceError):
    """What is asked is refused, perhaps only because it is too much at once."""


class CountedError(ServiceError):
    """There is no answer that can be used, though the server may have worked for it."""


class Answer(NamedTuple):
    """What a server answers."""

    headers: Mapping[str, str]
    content: bytes


class Patience(urllib3.Retry):
    """Which requests are sent again: what never arrived, or came too early; never what was too slow."""

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: ConnectionPool | None = None,
        _stacktrace: TracebackType | None = None,
    ) -> Self:
        """Count a try; raise what ends it."""
        if isinstance(error, (urllib3.exceptions.ReadTimeoutError, urllib3.exceptions.SSLError)):
            raise error
        pause = (self.get_retry_after(response) or 0) if response is not None else 0
        if _pool is not None and (pause > LONGEST or pause >= left()):
            raise urllib3.exceptions.MaxRetryError(_pool, url or "", error)  # a response is handed back
        return super().increment(method, url, response, error, _pool, _stacktrace)

    def parse_retry_after(self, retry_after: str) -> float:
        """Return the seconds of a header, or until the moment that it names; 0 where it is neither."""
        try:
            seconds = float(retry_after)
        except ValueError:
            try:
                return super().parse_retry_after(retry_after)
            except (urllib3.exceptions.InvalidHeader, ValueError, OverflowError):
                return 0
        return seconds if isfinite(seconds) and seconds > 0 else 0


class Straight(requests.Session):
    """Goes nowhere else, whatever an answer says."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return none."""


def session(place: Place) -> requests.Session:
    """Return what asks servers at a place: through a proxy only on the internet, as the environment has it."""
    made = Straight()
    made.trust_env = place.where == "internet"
    made.verify = next((file for name in BUNDLES if (file := os.environ.get(name))), True)
    for scheme in ("http://", "https://"):
        made.mount(scheme, Adapter())
    return made


class Connection:
    """Asks a server. For any thread."""

    def __init__(self, name: str, place: Place, patience: float, login: Login, advice: Callable[[], str]) -> None:
        self.name = name
        """What it is called where people read it."""
        self.place = place
        self._patience = patience
        self._login = login
        self._advice = advice
        self._session = session(place)
        retries = Patience(
            total=AGAIN,
            read=1,  # a connection that the server has closed meanwhile
            backoff_factor=BACKOFF,
            status_forcelist=BUSY,
            allowed_methods=None,  # looking changes nothing, also with POST
            raise_on_status=False,
        )
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, Adapter(max_retries=retries, pool_maxsize=POOL))

    def stop(self) -> None:
        """Let go of what is open."""
        self._session.close()

    def read(self, method: str, url: str, body: Any = None) -> Any:
        """Ask something and return the JSON of the answer.

        Raises:
            MissingError: there is no such thing.
            ServiceError: the server is away, refuses, or answers something else.
        """
        content = None if body is None else json.dumps(body).encode()
        return self.parsed(self.ask(method, url, content).content)

    def parsed(self, content: bytes) -> Any:
        """Return the JSON of an answer."""
        try:
            return json.loads(content)
        except (ValueError, RecursionError) as error:
            raise self.nonsense("it is no JSON") from error

    def ask(self, method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask something and return the answer as it is; see `read`. All tries together take `patience` at most."""
        with within(self._patience):
            sent = {"Content-Type": "application/json", **(headers or {})}
            login = dict(self._login())
            try:
                with self._session.request(
                    method,
                    url,
                    data=body,
                    headers=sent,
                    timeout=self._patience,
                    stream=True,
                    auth=lambda request: _with(request, login) if login else request,
                ) as response:
                    content = self._content(response)
                    if response.status_code in REFUSED:
                        raise self._refusal(response, content)
                    return Answer(response.headers, content)
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
                raise self._away(error) from error

    def nonsense(self, what: str) -> CountedError:
        """Return what is told of an answer that is none."""
        return CountedError(f"{self.name} answers nonsense: {what}; is it a model server of this kind?")

    def _content(self, response: requests.Response) -> bytes:
        content = bytearray()
        while chunk := response.raw.read1(CHUNK, decode_content=True):
            content += chunk
            if len(content) > MOST:
                raise self.nonsense(f"it has more than {MOST // 2**20} MB")
        return bytes(content)

    def _refusal(self, response: requests.Response, content: bytes) -> ServiceError:
        status = response.status_code
        words = _words(content)
        said = f": {words}" if words else ""
        called = f"{status} {response.reason or KNOWN.get(status, '')}".strip()
        if status in ELSEWHERE and (to := _origin(response)):
            return ElsewhereError(
                f"{self.name} sends us on to {to}, which is not asked; set that address if you trust it"
            )
        if status in (401, 403):
            return ServiceError(f"{self.name} refuses ({called}){said}; {self._advice()}")
        if status == 404:
            return MissingError(f"{self.name} does not know that model ({called}){said}")
        if status in BUSY:
            retry = Patience().get_retry_after(response.raw) or None
            return ServiceError(f"{self.name} is too busy ({called}){said}", retry_after=retry)
        return (TooMuchError if status in TOO_MUCH else ServiceError)(f"{self.name} fails ({called}){said}")

    def _away(self, error: Exception) -> ServiceError:
        causes = _causes(error)
        connecting = any(isinstance(cause, urllib3.exceptions.ConnectTimeoutError) for cause in causes)
        slow = (TimeoutError, requests.ReadTimeout, urllib3.exceptions.ReadTimeoutError)
        if any(isinstance(cause, slow) for cause in causes) and not connecting:
            return CountedError(f"{self.name} does not answer within {self._patience:g} s")
        for cause in causes:
            if isinstance(cause, ssl.SSLCertVerificationError):
                untold = f"{self.name} has a certificate that is not trusted here: {cause.verify_message.rstrip('.')}"
                return ServiceError(
                    f"{untold}; for one of your own set REQUESTS_CA_BUNDLE to the file that vouches for it"
                )
        if any(isinstance(cause, urllib3.exceptions.ProtocolError) for cause in causes):
            return CountedError(f"{self.name} broke off before its answer was complete")
        told = [cause.strerror for cause in causes if isinstance(cause, OSError) and cause.strerror]
        if not told and connecting:
            told = ["nobody takes the call"]
        return ServiceError(f"{self.name} cannot be reached: {told[-1] if told else first_line(causes[-1])}")


def _with(request: requests.PreparedRequest, login: Mapping[str, str]) -> requests.PreparedRequest:
    request.headers.update(login)
    return request


def _origin(response: requests.Response) -> str:
    """Return where a response sends on to, without what else an address may have in it; empty: nowhere."""
    to = response.headers.get("Location", "")
    try:
        parts = urlsplit(urljoin(response.url, to)) if to else None
    except ValueError:
        return "elsewhere"
    return f"{parts.scheme}://{first_line(ValueError(parts.netloc.rpartition('@')[2]))}" if parts else ""


def _words(content: bytes) -> str:
    """Return what an error says in the server's own words, if it says anything in few."""
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        text = content.decode(errors="replace").strip()
        return "" if text.startswith("<") else first_line(ValueError(text)).rstrip(".") if text else ""
    for key in ("error", "message", "detail"):
        if isinstance(said, dict) and key in said:
            said = said[key]
    return first_line(ValueError(said)).rstrip(".") if isinstance(said, str) and said.strip() else ""


def _causes(error: BaseException) -> list[BaseException]:
    """Return an error and what it came of, the innermost last."""
    found: list[BaseException] = []
    waiting: list[Any] = [error]
    while waiting:
        cause = waiting.pop(0)
        if isinstance(cause, BaseException) and cause not in found:
            found.append(cause)
            waiting += [getattr(cause, "reason", None), *cause.args, cause.__cause__, cause.__context__]
    return found
