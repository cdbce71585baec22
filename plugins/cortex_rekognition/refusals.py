"""What AWS or its library says where it does not answer, in plain words that say what to do. Never a secret."""

from __future__ import annotations

import re
import time
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Any

from cortex import ServiceError

SET = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run `aws configure`"
NO_CREDENTIALS = f"there are no AWS credentials: {SET}"
MISSING = {"MissingAuthenticationToken", "MissingAuthenticationTokenException"}
WRONG = {"UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId", "AuthFailure", "401", "403"}
MISSIGNED = {"InvalidSignatureException", "SignatureDoesNotMatch", "IncompleteSignature"}
EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired"}
DENIED = {"AccessDenied", "AccessDeniedException", "NotAuthorized", "OptInRequired"}
BUSY = {
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "429",
}
PASSWORD = re.compile(r"//[^/@\s]*@")  # in the address of an endpoint
LONGEST = 200  # characters of what AWS itself says


class RefusalError(ServiceError):
    """AWS answers that it will not, by a code that the caller may know better about."""

    def __init__(self, message: str, *, code: str, retry_after: float | None = None) -> None:
        super().__init__(message, retry_after=retry_after)
        self.code = code
        """Such as `InvalidParameterException`."""


def explain(error: Exception, operation: str, name: str, patience: float) -> ServiceError:
    """Return what a failed call of `operation` means; `name` is what the service is called."""
    from botocore import exceptions as boto

    if isinstance(error, boto.ClientError):
        return _refusal(error.response, operation, name)
    if isinstance(error, boto.NoCredentialsError):
        return ServiceError(NO_CREDENTIALS)
    if isinstance(error, boto.PartialCredentialsError):
        return ServiceError(f"the AWS credentials are incomplete, {error.kwargs.get('cred_var')} is missing: {SET}")
    if isinstance(error, boto.SSOError | boto.TokenRetrievalError | boto.LoginError):
        return ServiceError("the AWS sign-in has expired: run `aws sso login` or `aws login`")
    if isinstance(error, boto.CredentialRetrievalError):
        return ServiceError(f"the AWS credentials cannot be had from {error.kwargs.get('provider')}: {SET}")
    if isinstance(error, boto.ConnectTimeoutError | boto.ReadTimeoutError):
        return ServiceError(f"{name} does not answer within {patience:g} s")
    if isinstance(error, boto.ConnectionError | boto.HTTPClientError):
        return ServiceError(f"{name} cannot be reached: {_first_line(error)}")
    if isinstance(error, boto.BotoCoreError):
        return ServiceError(f"{name} cannot be asked: {_first_line(' '.join(str(error).split()))}")
    return nonsense(name, operation)  # a parser that could make nothing of it


def nonsense(name: str, operation: str) -> ServiceError:
    """Return that an answer is none."""
    return ServiceError(f"{name} answers {operation} with nonsense, or only in part")


def _refusal(response: dict[str, Any], operation: str, name: str) -> RefusalError:
    about = response.get("Error", {})
    meta = response.get("ResponseMetadata", {})
    status = meta.get("HTTPStatusCode", 0)
    code = str(about.get("Code") or status)
    retry_after = None
    if code in MISSING:
        text = f"{name} was shown no AWS credentials: {SET}"
    elif code in WRONG:
        text = f"{name} does not know the AWS access key, or no longer: {SET}"
    elif code in MISSIGNED:
        text = f"{name} refuses the signature: AWS_SECRET_ACCESS_KEY is not the one of the access key; {SET}"
    elif code in EXPIRED:
        text = f"the AWS credentials have expired: {SET}, or run `aws sso login`"
    elif code in DENIED:
        text = f"the AWS credentials may not do rekognition:{operation}: allow it in IAM"
    elif code in BUSY or status == 429:
        retry_after = _seconds(meta.get("HTTPHeaders", {}))
        text = f"{name} is too busy for more calls ({code}): set max_rate, or ask AWS for a higher quota"
    elif code == "ResourceNotFoundException":
        text = f"{_first_line(about.get('Message', ''))}: `cortex rekognition enrol NAME IMAGE` makes a collection"
    else:
        text = f"{name} fails at {operation}: {code}: {_first_line(about.get('Message', ''))}"
        retry_after = _seconds(meta.get("HTTPHeaders", {})) if status >= 500 else None
    return RefusalError(text, code=code, retry_after=retry_after)


def _seconds(headers: dict[str, str]) -> float | None:
    """Return after how many seconds to try again, where that is said: in seconds, as a date, or AWS' own way."""
    if (own := headers.get("x-amz-retry-after", "")).isdigit():
        return int(own) / 1000
    said = headers.get("retry-after", "").strip()
    if not said:
        return None
    try:
        seconds = float(said)
    except ValueError:
        pass
    else:
        return seconds if isfinite(seconds) and seconds > 0 else None
    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    except ValueError:
        return None


def _first_line(text: object) -> str:
    line, *more = PASSWORD.sub("//", str(text)).strip().splitlines() or [""]
    return f"{line[:LONGEST]}…" if more or len(line) > LONGEST else line
