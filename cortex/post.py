"""A request over HTTP that a sense on the server is handed. Knows no web framework."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from cortex.errors import RefusedError

MAX_POST = 256 * 1024
"""Bytes of a body; the server refuses larger ones with 413."""


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """What was sent to `POST /senses/<sense>/<name>`."""

    headers: Mapping[str, str]
    """By names in lower case."""
    body: bytes

    def json(self) -> Any:
        """Return the body, read as JSON.

        Raises:
            RefusedError: it is no JSON (400).
        """
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise RefusedError(400, f"the body is no JSON: {error}") from error
