"""Each request, once it is over: a number for Prometheus and a line for the log.

The line has the method, the route's template, the status and the milliseconds: no
path, no query, no address.
"""

from __future__ import annotations

import logging
import time

from flask import Flask, Response, g, request

from smart_viewer.web import security
from smart_viewer.web.metrics import Metrics

log = logging.getLogger(__name__)
NO_ROUTE = "(none)"


def install(app: Flask, metrics: Metrics) -> None:
    """Observe every request from its first handler to its last byte."""

    def begin() -> None:
        g.began = time.perf_counter()

    def watch(response: Response) -> Response:
        rule = request.url_rule.rule if request.url_rule else NO_ROUTE
        method, status = request.method, response.status_code
        began, name = g.began, security.correlation_id()

        def end() -> None:
            seconds = time.perf_counter() - began
            metrics.answered(method, rule, status, seconds)
            facts = {
                "request": name,
                "method": method,
                "route": rule,
                "status": status,
                "ms": round(seconds * 1000, 1),
            }
            log.info("answered", extra={"facts": facts})

        response.call_on_close(end)
        return response

    app.before_request(begin)
    app.after_request(watch)
