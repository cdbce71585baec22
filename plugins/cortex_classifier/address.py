"""Addresses of model servers: those that cannot be one, and those with a secret in them, are refused."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from cortex import place_of

SECRET = re.compile(r"[@?#]")
ENDPOINT = re.compile(r"https?://[^/@?#\s\\]+(/[^@?#\s\\]*)?")
GOOGLE = (".googleapis.com", ".vertexai.goog")


def check_model(model: str) -> None:
    """Raise `ValueError`, without what it is, where the address of a server is none, or has more in it than that."""
    if "://" not in model:
        return
    if SECRET.search(model):
        more = "no name, no password and nothing after a `?` or `#` in it: set `token` instead"
        raise ValueError(f"model: the address of a model server has {more}")
    try:
        _ = urlsplit(model).port
    except ValueError:
        raise ValueError("model: the address of a model server has a host or a port that can be none") from None


def check_endpoint(endpoint: str) -> None:
    """Raise `ValueError`, without what it is, where it is no address that Google's credentials may go to."""
    if not endpoint:
        return
    try:
        known = ENDPOINT.fullmatch(endpoint) and urlsplit(endpoint).hostname and urlsplit(endpoint).port != 0
    except ValueError:  # a port that is no number
        known = False
    if not known:
        raise ValueError("endpoint is not an address: it is https://HOST, or http://HOST in a network of one's own")
    if endpoint.startswith("http://") and place_of(endpoint).where == "internet":
        raise ValueError("endpoint: http:// is for this machine and for networks of one's own; use https://")


def is_google(endpoint: str) -> bool:
    """Tell whether it is Google who is at an address."""
    return (urlsplit(endpoint).hostname or "").endswith(GOOGLE)
