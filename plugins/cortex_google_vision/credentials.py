"""The credentials of this machine for Google Cloud, as Google's own library finds them. It blocks. Knows no picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cortex_google_vision.failure import locked_out

if TYPE_CHECKING:
    from collections.abc import Sequence

# What a file that is no key, or not a whole one, makes google-auth raise besides errors of its own.
BROKEN = (AttributeError, LookupError, OSError, TypeError, ValueError)


def find(scopes: Sequence[str], quota_project: str) -> Any:
    """Return the application default credentials. It may ask the machine's own metadata server.

    Raises:
        ServiceError: there are none, or they are broken.
    """
    import google.auth
    from google.auth import exceptions
    from google.oauth2 import service_account

    try:
        found, _ = google.auth.default(default_scopes=scopes, quota_project_id=quota_project or None)
        if isinstance(found, service_account.Credentials):
            found = found.with_always_use_jwt_access(True)  # type: ignore[no-untyped-call] # as Google's clients do
    except (exceptions.GoogleAuthError, *BROKEN) as error:
        raise locked_out(error) from error
    return found


def refresh(credentials: Any) -> None:
    """Have a fresh token, so that what goes wrong is told as what it is; gRPC would call it a server that is away.

    Raises:
        ServiceError: Google refuses them, or cannot be reached.
    """
    from google.auth import exceptions
    from google.auth.transport.requests import Request

    try:
        if not credentials.valid:
            credentials.refresh(Request())
    except (exceptions.GoogleAuthError, *BROKEN) as error:
        raise locked_out(error) from error
