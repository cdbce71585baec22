"""What went wrong with the server, in one line that says what to do. Knows no stream."""

from __future__ import annotations

import math
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from cortex import ServiceError

if TYPE_CHECKING:
    from cortex_llm.options import LlmOptions

LONGEST = 200  # characters of what the server says
OLLAMA = "11434"  # the port of Ollama


class Failures:
    """Says what an error of the client library means, for one model at one place."""

    def __init__(self, options: LlmOptions) -> None:
        self._options = options
        self._where = f"{options.model} at {options.host}"
        self._ollama = options.host.endswith(f":{OLLAMA}")

    def of(self, error: Exception, now: float) -> ServiceError:
        """Return what to raise for an error of the library; `now`: seconds since 1970."""
        import openai

        if isinstance(error, openai.APIStatusError):
            return self._status(error, now)
        if isinstance(error, openai.APITimeoutError) and not never_reached(error):
            return self.slow()
        if isinstance(error, openai.APIConnectionError):
            return self.unreachable()
        if isinstance(error, openai.APIError):  # in the middle of a stream
            return ServiceError(f"{self._where} has failed: {self.told(error)}")
        return self.nonsense()

    def nonsense(self) -> ServiceError:
        """Return what to raise where the answer is none."""
        return ServiceError(
            f"{self._where} answers nonsense: is base_url the address of an OpenAI-compatible server, with /v1?"
        )

    def broken(self) -> ServiceError:
        """Return what to raise where an answer breaks off."""
        return ServiceError(f"{self._where} has broken off in the middle of an answer")

    def slow(self) -> ServiceError:
        """Return what to raise where nothing comes."""
        seconds = f"{self._options.patience:g} s"
        return ServiceError(f"{self._where} does not answer within {seconds}; if it only is slow, raise patience")

    def unreachable(self) -> ServiceError:
        """Return what to raise where nobody is there."""
        if self._options.place.where == "internet":
            return ServiceError(f"{self._where} cannot be reached: is this machine online, and base_url right?")
        start = (
            ": is it running? Start it with `ollama serve`" if self._ollama else ": is it running, and base_url right?"
        )
        return ServiceError(f"{self._where} cannot be reached{start}")

    def _status(self, error: Any, now: float) -> ServiceError:
        told, status = self.told(error), error.status_code
        if status == 401 and not self._options.api_key:
            return ServiceError(f"{self._where} wants a key: set api_key: {{$env: NAME}}")
        if status == 401:
            return ServiceError(f"{self._where} does not accept the key that stands in api_key: {{$env: NAME}}")
        if status == 403:
            return ServiceError(f"{self._where} refuses: {told}; see that api_key may use this model")
        if status == 404:
            pull = f"`ollama pull {self._options.model}`" if self._ollama else "the names of its models"
            return ServiceError(f"{self._where} is not there: {told}; see {pull}, and that base_url ends in /v1")
        if status == 429:
            return ServiceError(
                f"{self._where} is asked too often, or its quota is used up: {told}",
                retry_after=_retry_after(error.response.headers.get("retry-after", ""), now),
            )
        if status >= 500:
            wait = _retry_after(error.response.headers.get("retry-after", ""), now)
            return ServiceError(f"{self._where} has failed: {told}", retry_after=wait)
        return ServiceError(f"{self._where} does not take the request: {told}")

    def told(self, error: Any) -> str:
        """Return what the server says, in one line, not for ever, and without the key."""
        body = getattr(error, "body", None)
        said = body.get("message") if isinstance(body, dict) else None
        if not isinstance(said, str) or not said.strip():
            said = body if isinstance(body, str) and not body.lstrip().startswith("<") else ""
        line = next((line.strip() for line in said.splitlines() if line.strip()), "")
        if self._options.api_key:
            line = line.replace(self._options.api_key, "***")
        status = getattr(error, "status_code", None)
        line = line.rstrip(".") or (f"status {status}" if status else "it does not say why")
        return line if len(line) <= LONGEST else line[:LONGEST].rstrip() + "…"


def never_reached(error: Exception) -> bool:
    """Tell whether an error of the library means that nobody was reached, so that nothing was used."""
    return type(error.__cause__).__name__ in ("ConnectError", "ConnectTimeout")


def _retry_after(header: str, now: float) -> float | None:
    """Return the seconds of a header `Retry-After`: a number, or a date; `None`: it is neither."""
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(header).timestamp() - now
        except ValueError:
            return None
    return seconds if math.isfinite(seconds) and seconds > 0 else None
