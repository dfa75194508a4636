"""Headers of every answer, and the cookie that names a browser."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable

from flask import Flask, Request, Response, g, has_request_context, request

COOKIE = "sv_browser"
BROWSER_ID = re.compile(r"[A-Za-z0-9_-]{43}")
COOKIE_DAYS = 30
SECONDS_PER_DAY = 86400

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval'",
    "worker-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' blob: data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
}


def install(app: Flask) -> None:
    """A correlation id before each request, headers after it."""
    app.before_request(_name_request)
    app.after_request(_add_headers)


def browser_of(asked: Request) -> str:
    """The opaque id in the browser's cookie, empty where there is none."""
    value = asked.cookies.get(COOKIE, "")
    return value if BROWSER_ID.fullmatch(value) else ""


def new_browser_id() -> str:
    """256 bits, URL-safe."""
    return secrets.token_urlsafe(32)


def remember_browser(response: Response, browser_id: str, path: str = "") -> None:
    """Set the cookie so that it also comes back inside a cross-site frame (R31).

    path: under which this app is reached; what else the host has never gets it.
    """
    response.set_cookie(
        COOKIE,
        browser_id,
        path=f"{path}/",
        max_age=COOKIE_DAYS * SECONDS_PER_DAY,
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )


def correlation_id() -> str:
    """The id of the request under way, `none` outside of one."""
    return str(g.correlation_id) if has_request_context() else "none"


def allow_frames(origins: Iterable[str]) -> None:
    """Let these origins frame the answer to this request (R32)."""
    g.frame_ancestors = " ".join(["'self'", *origins])


def allow_form_to(origin: str) -> None:
    """Let the page of this answer post a form to this origin."""
    g.form_action = f"'self' {origin}"


def _name_request() -> None:
    g.correlation_id = secrets.token_hex(6)


def _add_headers(response: Response) -> Response:
    policy = {
        **_POLICY,
        "form-action": g.get("form_action", _POLICY["form-action"]),
        "frame-ancestors": g.get("frame_ancestors", "'none'"),
    }
    text = "; ".join(f"{name} {value}" for name, value in policy.items())
    headers = response.headers
    headers["Content-Security-Policy"] = text
    headers["Referrer-Policy"] = "no-referrer"
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    headers["X-Correlation-Id"] = g.get("correlation_id", "")
    if not request.path.startswith("/static/"):
        headers.setdefault("Cache-Control", "no-store")
    return response
