"""One reading: its page, its news, its end. Anything else of it is 404."""

from __future__ import annotations

import json

from flask import Blueprint, Response, make_response, render_template, request

from smart_viewer.errors import OutsideReading
from smart_viewer.reading.end import end_reading
from smart_viewer.reading.follow import follow
from smart_viewer.reading.holder import Holder, holder_by_cookie
from smart_viewer.reading.house import House
from smart_viewer.reading.page import open_page
from smart_viewer.web import security, wire
from smart_viewer.web.image_routes import holder_of

WIPE = '"cache", "storage"'  # not "cookies": that would reach the sites beside ours


def reading_routes(house: House) -> Blueprint:
    """The blueprint of readings; `house` is closed over, nothing is global."""
    routes = Blueprint("reading", __name__)

    @routes.get("/r/<reading_id>", provide_automatic_options=False)
    def page(reading_id: str) -> Response:
        if request.method == "HEAD":  # a secret is handed out to a page only
            raise OutsideReading("There is nothing of this name in a reading.")
        browser_id = security.browser_of(request)
        opened = open_page(house, holder_by_cookie(house, reading_id, browser_id))
        profile = house.settings.ehr(opened.holder.plan.ehr_id)
        security.allow_frames(profile.frame_origins if profile else ())
        boot = wire.boot(f"{_prefix(house)}/r/{reading_id}", opened)
        return make_response(
            render_template(
                "viewer.html", boot=_for_script(boot), prefix=_prefix(house)
            )
        )

    @routes.get("/r/<reading_id>/events")
    def events(reading_id: str) -> Response:
        after = request.args.get("after", default=-1, type=int)
        news = follow(house, holder_of(house, reading_id), after)
        response = Response(map(_event, news), mimetype="text/event-stream")
        response.headers["X-Accel-Buffering"] = "no"
        return response

    @routes.post("/r/<reading_id>/end")
    def end(reading_id: str) -> Response:
        was_last = end_reading(house, holder_of(house, reading_id))
        response = make_response("", 204)
        if was_last:
            response.headers["Clear-Site-Data"] = WIPE
        return response

    return routes


def _event(news: Holder | None) -> str:
    """One server-sent event; a comment where there is nothing new."""
    if news is None:
        return ": still asking\n\n"
    plan = json.dumps(wire.plan(news.plan, news.revision), allow_nan=False)
    return f"event: plan\ndata: {plan}\n\n"


def _for_script(boot: wire.Json) -> str:
    """JSON that can stand inside a script element: no `<` can end it."""
    text = json.dumps(boot, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028")


def _prefix(house: House) -> str:
    return house.settings.public_path
