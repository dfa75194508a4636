"""Errors as HTTP: one table, one handler, a page for people and JSON for scripts.

RFC 9457 problem details. Every answer has a correlation id that the log has too;
none holds PHI, a token or a stack trace.
"""

from __future__ import annotations

import logging
import math
import traceback
from dataclasses import dataclass

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import RequestRedirect

from smart_viewer import errors
from smart_viewer.errors import SmartViewerError

log = logging.getLogger(__name__)

STATUS: dict[type[SmartViewerError], int] = {
    errors.SettingsInvalid: 500,
    errors.LaunchRefused: 400,
    errors.GrantExpired: 401,
    errors.NotAuthorized: 403,
    errors.OutsideReading: 404,
    errors.InputInvalid: 422,
    errors.UpstreamUnavailable: 502,
    errors.TooManyRequests: 429,
    errors.RequestForbidden: 502,
    errors.TrailBroken: 500,
    errors.RenderUnavailable: 503,
    errors.NotInStandard: 422,
    errors.NotSupported: 415,
    errors.ImagingError: 422,
    SmartViewerError: 500,
}

AGAIN_FROM_EHR = "Open the viewer again from the EHR."

WORDS: dict[str, tuple[str, str]] = {
    "launch_refused": ("The launch was stopped", AGAIN_FROM_EHR),
    "grant_expired": ("Your sign-in has ended", AGAIN_FROM_EHR),
    "not_authorized": (
        "The EHR did not grant what this needs",
        "Ask the EHR’s administrator which scopes this app was granted.",
    ),
    "outside_reading": (
        "There is nothing here for this browser",
        "A reading opens only in the browser in which it was launched. "
        + AGAIN_FROM_EHR,
    ),
    "input_invalid": (
        "What was sent cannot be kept",
        "Try again; if it stays, reload the page.",
    ),
    "upstream_unavailable": (
        "A system behind the viewer gave no usable answer",
        "Try again in a moment; if it stays, tell the support the correlation id.",
    ),
    "too_many_requests": (
        "Too many requests came at once",
        "Wait a moment and try again; nothing of your reading is lost.",
    ),
    "http_413": ("The request is too large", AGAIN_FROM_EHR),
    "request_forbidden": (
        "A request to a host that is not configured was stopped",
        "Ask the administrator to check this EHR’s launch configuration.",
    ),
    "not_supported": (
        "This image cannot be shown",
        "The other series are not affected; open this one in another viewer.",
    ),
    "not_in_standard": (
        "This image is damaged or breaks the DICOM standard",
        "The other series are not affected; ask for this one to be sent again.",
    ),
    "not_found": ("There is no such page", AGAIN_FROM_EHR),
    "http_405": ("This address does not answer such a request", AGAIN_FROM_EHR),
}
FALLBACK = (
    "Something went wrong in the viewer",
    "Try again; if it stays, tell the support the correlation id.",
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What templates/problem.html and the JSON answer are made from."""

    status: int
    code: str
    title: str
    detail: str
    next_step: str
    correlation_id: str


def install(app: Flask) -> None:
    """Every error leaves through here."""
    app.register_error_handler(SmartViewerError, _on_own_error)
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(Exception, _on_unforeseen)
    app.before_request(_refuse_redirect_of_router)


def problem_of(error: SmartViewerError) -> Problem:
    """The problem that an error of ours becomes."""
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    return _problem(status, error.code, str(error))


def answer(problem: Problem) -> Response:
    """A page where the client asked for one, else application/problem+json."""
    best = request.accept_mimetypes.best_match(
        ["application/problem+json", "text/html"]
    )
    if best == "text/html" and "text/html" in request.headers.get("Accept", ""):
        response = make_response(render_template("problem.html", problem=problem))
    else:
        response = jsonify(
            type="about:blank",
            status=problem.status,
            code=problem.code,
            title=problem.title,
            detail=problem.detail,
            next_step=problem.next_step,
            correlation_id=problem.correlation_id,
        )
        response.mimetype = "application/problem+json"
    response.status_code = problem.status
    response.headers["Cache-Control"] = "no-store"
    return response


def _problem(status: int, code: str, detail: str) -> Problem:
    title, next_step = WORDS.get(code, FALLBACK)
    return Problem(status, code, title, detail, next_step, g.correlation_id)


def _refuse_redirect_of_router() -> None:
    """The router would redirect to what the Host header says (an empty path)."""
    if isinstance(request.routing_exception, RequestRedirect):
        raise NotFound


def _on_own_error(error: SmartViewerError) -> Response:
    problem = problem_of(error)
    log.info("%s %s %s", problem.correlation_id, problem.status, problem.code)
    return refusal(error)


def refusal(error: SmartViewerError) -> Response:
    """The answer that an error of ours becomes."""
    response = answer(problem_of(error))
    if isinstance(error, errors.TooManyRequests):
        response.headers["Retry-After"] = str(math.ceil(error.wait_s))
    return response


def _on_http_error(error: HTTPException) -> Response:
    status = error.code or 500
    code = "not_found" if status == 404 else f"http_{status}"
    return answer(_problem(status, code, error.name))


def _on_unforeseen(error: Exception) -> Response:
    """The one place that catches everything; the log has no value of the error."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s 500 %s\n%s", g.correlation_id, type(error).__name__, frames)
    return answer(_problem(500, "unforeseen", "The server met an unforeseen error."))
