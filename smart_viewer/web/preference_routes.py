"""What a reader has chosen for himself, read and kept by the page of a reading."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from smart_viewer.reading.house import House
from smart_viewer.reading.preferences import (
    MAX_BYTES,
    keep_preferences,
    read_preferences,
)
from smart_viewer.web.image_routes import holder_of
from smart_viewer.web.wire_preferences import preferences_json


def preference_routes(house: House) -> Blueprint:
    """The blueprint; `house` is closed over, nothing is global."""
    routes = Blueprint("preferences", __name__, url_prefix="/r/<reading_id>")

    @routes.get("/preferences")
    def read(reading_id: str) -> Response:
        kept = read_preferences(house, holder_of(house, reading_id))
        return jsonify(preferences_json(kept))

    @routes.put("/preferences")
    def keep(reading_id: str) -> Response:
        holder = holder_of(house, reading_id)
        body = request.stream.read(MAX_BYTES + 1)
        return jsonify(preferences_json(keep_preferences(house, holder, body)))

    return routes
