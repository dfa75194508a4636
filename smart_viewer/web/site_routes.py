"""What is not about one reading: the front page."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template

from smart_viewer.reading.house import House


def site_routes(house: House) -> Blueprint:
    """The blueprint of the site; `house` is closed over, nothing is global."""
    routes = Blueprint("site", __name__)

    @routes.get("/")
    def home() -> Response:
        ehrs = [ehr for ehr in house.settings.ehrs if ehr.enabled]
        page = render_template(
            "home.html", ehrs=ehrs, prefix=house.settings.public_path
        )
        return make_response(page)

    return routes
