"""What servers that speak the same language do not all understand. What one refuses is not asked of it again."""

from __future__ import annotations

import re
from typing import Any, Literal

Feature = Literal["usage", "tools", "pictures", "max_tokens", "temperature"]

STATUSES = (400, 404, 415, 422, 500, 501)
REFUSED = re.compile(
    r"support|requires?\b|not (?:permitted|allowed|enabled|an?\b)|un(?:known|recogni[sz]ed|expected)|invalid"
    r"|forbidden|missing|extra",
    re.IGNORECASE,
)
FAILED = re.compile(r"support|requires?\b", re.IGNORECASE)
"""The same of an error of the server's own, which may be about anything that has gone wrong this time."""
REFUSALS: dict[Feature, re.Pattern[str]] = {
    "usage": re.compile(r"stream_options|include_usage"),
    "max_tokens": re.compile(r"max_completion_tokens"),
    "temperature": re.compile(r"temperature"),
    "tools": re.compile(r"\btools?\b|tool_choice|tool[_ ](use|call)|function.?call", re.IGNORECASE),
    "pictures": re.compile(r"image|picture|\bvision\b|multi-?modal|mmproj", re.IGNORECASE),
}


class Manners:
    """What one server was found not to understand."""

    def __init__(self, model: str) -> None:
        self._model = model
        self.without: set[Feature] = set()

    def concede(self, status: int, said: str, request: dict[str, Any]) -> Feature | None:
        """Return what of a request a server has refused, which is done without from now on; `None`: it is not that."""
        if status not in STATUSES:
            return None
        said = said.replace(self._model, "")  # the name of a model may be about tools, too
        if not (FAILED if status == 500 else REFUSED).search(said):
            return None
        there = {
            "usage": "stream_options" in request,
            "max_tokens": "max_tokens" in request,
            "temperature": "temperature" in request,
            "tools": "tools" in request,
            "pictures": has_pictures(request["messages"]),
        }
        for feature, pattern in REFUSALS.items():
            if there[feature] and pattern.search(said):
                self.without.add(feature)
                return feature
        return None

    def adapt(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return a request without what the server does not understand."""
        request = dict(request)
        for feature, field in (("usage", "stream_options"), ("tools", "tools"), ("temperature", "temperature")):
            if feature in self.without:
                request.pop(field, None)
        if "max_tokens" in self.without:
            request["max_completion_tokens"] = request.pop("max_tokens")
        if "pictures" in self.without:
            request["messages"] = [_without_pictures(message) for message in request["messages"]]
        return request


def has_pictures(messages: list[dict[str, Any]]) -> bool:
    """Tell whether pictures go along."""
    return any(isinstance(message["content"], list) for message in messages)


def _without_pictures(message: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(message["content"], list):
        return message
    text = "".join(part["text"] for part in message["content"] if part["type"] == "text")
    return {**message, "content": f"{text}\n(A picture went along, which you cannot see.)"}
