"""Whether a request comes from somebody who knows the token. Knows no hook."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cortex import Post

SIGNATURE = "x-hub-signature-256"


def admits(token: str, post: Post) -> bool:
    """Tell whether a request names the token or is signed with it; how long that takes tells nothing of the token."""
    scheme, _, named = post.headers.get("authorization", "").partition(" ")
    bearer = _same(named.strip(), token) and scheme.lower() == "bearer"
    signature = hmac.new(token.encode(), post.body, "sha256").hexdigest()
    signed = _same(post.headers.get(SIGNATURE, "").strip().lower(), f"sha256={signature}")
    return bearer or signed


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), right.encode())
