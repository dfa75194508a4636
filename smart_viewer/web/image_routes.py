"""What a page fetches of display sets: frames, tables, overlays, pictures."""

from __future__ import annotations

from flask import Blueprint, Request, Response, jsonify, request

from smart_viewer.archive.port import EncodedFrame
from smart_viewer.reading.extras import read_overlay, read_table
from smart_viewer.reading.holder import Holder, holder_by_secret
from smart_viewer.reading.house import House
from smart_viewer.reading.picture import read_picture
from smart_viewer.reading.pixels import read_frame
from smart_viewer.reading.tags import read_tags
from smart_viewer.web import security
from smart_viewer.web.limits import Limits
from smart_viewer.web.wire_tags import tags_json

MAX_PICTURE_SIDE = 2048  # px


def image_routes(house: House, limits: Limits) -> Blueprint:
    """The blueprint; what it is given is closed over, nothing is global."""
    routes = Blueprint("image", __name__, url_prefix="/r/<reading_id>/d/<int:index>")

    @routes.get("/f/<int:frame>")
    def frame(reading_id: str, index: int, frame: int) -> Response:
        holder = holder_of(house, reading_id)
        limits.count_in_blocks("frames", holder.reading_id)
        return _streamed(read_frame(house, holder, index, frame))

    @routes.get("/f/<int:frame>/tags")
    def tags(reading_id: str, index: int, frame: int) -> Response:
        holder = holder_of(house, reading_id)
        return jsonify(tags_json(read_tags(house, holder, index, frame)))

    @routes.get("/f/<int:frame>/picture")
    def picture(reading_id: str, index: int, frame: int) -> Response:
        holder = holder_of(house, reading_id)
        limits.count_in_blocks("pictures", holder.reading_id)
        png = read_picture(house, holder, index, frame, _size(request))
        return Response(png, mimetype="image/png")

    @routes.get("/t/<int:table>")
    def table(reading_id: str, index: int, table: int) -> Response:
        return _bytes(read_table(holder_of(house, reading_id), index, table))

    @routes.get("/o/<int:overlay>")
    def overlay(reading_id: str, index: int, overlay: int) -> Response:
        holder = holder_of(house, reading_id)
        return _bytes(read_overlay(house, holder, index, overlay))

    return routes


def holder_of(house: House, reading_id: str) -> Holder:
    """The holder that proves possession by cookie and header. OutsideReading."""
    return holder_by_secret(
        house,
        reading_id,
        security.browser_of(request),
        request.headers.get("X-Reading", ""),
    )


def _streamed(frame: EncodedFrame) -> Response:
    response = Response(frame.chunks, mimetype="application/octet-stream")
    response.headers["Content-Length"] = str(frame.length)
    response.headers["Content-Type"] = (
        f"application/octet-stream; transfer-syntax={frame.transfer_syntax_uid}"
    )
    return response


def _size(asked: Request) -> tuple[int, int]:
    """Width and height of the picture asked for, within bounds."""
    width, height = (asked.args.get(side, 256, int) for side in ("width", "height"))
    return _within(width), _within(height)


def _within(side: int) -> int:
    return min(max(side, 16), MAX_PICTURE_SIDE)


def _bytes(data: bytes) -> Response:
    return Response(data, mimetype="application/octet-stream")
