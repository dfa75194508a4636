"""How the authorization server says no (RFC 6749 4.1.2.1 and 5.2)."""

from __future__ import annotations


class OAuthError(Exception):
    """An OAuth error: a registered code, and words for the integrator.

    status: the HTTP status, where the error is a JSON answer.
    """

    def __init__(self, code: str, description: str, status: int = 400) -> None:
        super().__init__(f"{code}: {description}")
        self.code = code
        self.description = description
        self.status = status


class NoRedirect(Exception):
    """The request names no app that the error could be sent to."""
