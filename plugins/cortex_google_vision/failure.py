"""What went wrong with Google, in one line that says what to do. Knows no connection and no picture."""

from __future__ import annotations

import re
from typing import Any

from cortex import CortexError, ServiceError, StimulusError
from cortex_google_vision.options import NAME

INVALID_ARGUMENT = 3  # of google.rpc.Code
LONGEST = 240  # characters of what Google says
CONNECTING = re.compile(r"^failed to connect to all addresses; last error: \w+: (?:ipv\d:)?")
LOG_IN = "set GOOGLE_APPLICATION_CREDENTIALS to a key file, or run `gcloud auth application-default login`"


def locked_out(error: Exception) -> ServiceError:
    """Return why there are no credentials that could be used, of an error of google-auth or of what it reads."""
    from google.auth import exceptions

    told = _told(error.args[0] if error.args else error)
    if not isinstance(error, exceptions.GoogleAuthError):
        told = f"{type(error).__name__}: {told}"
    if isinstance(error, exceptions.TransportError) or getattr(error, "retryable", False):
        return ServiceError(f"{NAME}: Google's accounts cannot be reached: {told}")
    if isinstance(error, exceptions.RefreshError | exceptions.OAuthError):
        return ServiceError(f"{NAME}: Google refuses the credentials: {told}; {LOG_IN}")
    if "default credentials were not found" in told:  # all the rest of it is the address of a page
        return ServiceError(f"{NAME} has no credentials: {LOG_IN}")
    return ServiceError(f"{NAME}: the credentials cannot be used: {told}; {LOG_IN}")


def refused(error: Exception, patience: float) -> ServiceError:
    """Return why a request came to nothing, of an error of google-api-core."""
    from google.api_core import exceptions

    if isinstance(error, exceptions.RetryError) and error.cause is not None:
        error = error.cause
    told = _told(getattr(error, "message", None) or error)
    if isinstance(error, exceptions.Unauthenticated | exceptions.Unauthorized):
        return ServiceError(f"{NAME} does not accept the credentials: {told}; {LOG_IN}")
    if isinstance(error, exceptions.Forbidden):
        return ServiceError(
            f"{NAME} refuses: {told}; see that the project has the Cloud Vision API and billing enabled, "
            "and that the credentials may use it"
        )
    if isinstance(error, exceptions.TooManyRequests):
        return ServiceError(f"{NAME} is over its quota: {told}", retry_after=retry_after(error))
    if isinstance(error, exceptions.GatewayTimeout):
        return ServiceError(f"{NAME} does not answer within {patience:g} s")
    if isinstance(error, exceptions.ServiceUnavailable):
        return ServiceError(f"{NAME} cannot be reached: {told}", retry_after=retry_after(error))
    if isinstance(error, exceptions.BadRequest):
        return ServiceError(f"{NAME} does not take the picture: {told}")
    return ServiceError(f"{NAME} has failed: {told}")


def of_picture(status: Any, patience: float) -> CortexError | None:
    """Return what the answer says of one picture, a `google.rpc.Status`; `None`: nothing is wrong with it.

    A picture that Google cannot use is that picture's fault: a `StimulusError`.
    """
    from google.api_core import exceptions

    if not status.code:
        return None
    if status.code == INVALID_ARGUMENT:
        return StimulusError("bad-image", f"{NAME} cannot use the picture: {_told(status.message)}")
    error = exceptions.from_grpc_status(status.code, status.message or "it does not say why")  # type: ignore[no-untyped-call]
    return refused(error, patience)


def retry_after(error: Any) -> float | None:
    """Return the seconds of Google's `RetryInfo`, where it sends one."""
    details = getattr(error, "details", None) or ()
    delays = [detail.retry_delay for detail in details if type(detail).__name__ == "RetryInfo"]
    return next((delay.seconds + delay.nanos / 1e9 for delay in delays), None)


def _told(what: object) -> str:
    """Return what somebody says in one line, not for ever."""
    line = CONNECTING.sub("", " ".join(str(what).split())).rstrip(".")
    return line if len(line) <= LONGEST else line[:LONGEST].rstrip() + "…"
