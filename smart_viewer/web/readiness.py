"""Whether this replica lives, and whether it should be sent launches.

An archive or an EHR that is down does not make a replica unready: the others would
be no better off, and a reading says so itself.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from flask import Blueprint, Response, jsonify

from smart_viewer.errors import SmartViewerError

log = logging.getLogger(__name__)

Checks = Mapping[str, Callable[[], bool]]


def readiness_routes(checks: Checks) -> Blueprint:
    """The blueprint; what fails is named by its key alone."""
    routes = Blueprint("readiness", __name__)

    @routes.get("/healthz")
    def live() -> Response:
        return jsonify(status="live")

    @routes.get("/readyz")
    def ready() -> Response:
        found = {name: _word(name, check) for name, check in checks.items()}
        good = set(found.values()) <= {"ok"}
        response = jsonify(status="ready" if good else "not ready", checks=found)
        response.status_code = 200 if good else 503
        return response

    return routes


def _word(name: str, check: Callable[[], bool]) -> str:
    try:
        return "ok" if check() else "failed"
    except SmartViewerError as error:
        log.warning("not ready: %s: %s", name, error.code)
        return "failed"
