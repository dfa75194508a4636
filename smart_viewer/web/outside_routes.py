"""What is outside every reading: 404 and a line in the trail (launch.md R29)."""

from __future__ import annotations

from flask import Blueprint, Response

from smart_viewer.errors import OutsideReading, SmartViewerError
from smart_viewer.reading.house import House
from smart_viewer.web import problems
from smart_viewer.web.limits import Limits, client_address

OTHER_METHODS = ["OPTIONS", "POST", "PUT", "PATCH", "DELETE"]
ALL_METHODS = ["GET", "HEAD", *OTHER_METHODS]


def outside_routes(house: House, limits: Limits) -> Blueprint:
    """The blueprint that refuses; what it is given is closed over."""
    routes = Blueprint("outside", __name__)

    @routes.route("/r/<reading_id>", methods=OTHER_METHODS)
    @routes.route("/r/<reading_id>/", methods=ALL_METHODS)
    @routes.route("/r/<reading_id>/<path:rest>", methods=ALL_METHODS)
    def anything_else(reading_id: str, rest: str = "") -> Response:
        """No pass-through exists: what no other route names is outside a reading."""
        raise OutsideReading("There is nothing of this name in a reading.")

    @routes.app_errorhandler(OutsideReading)
    def outside(error: OutsideReading) -> Response:
        try:
            limits.count("outside", client_address(house.settings.operation))
            house.report("outside", "refused", reason=error.code)
        except SmartViewerError as failed:  # no trail: still refused, and said so
            return problems.refusal(failed)
        return problems.refusal(error)

    return routes
