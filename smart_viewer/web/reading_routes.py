"""One reading: its page, its news, its end. Anything else of it is 404."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain

from flask import (
    Blueprint,
    Response,
    jsonify,
    make_response,
    render_template,
    request,
)

from smart_viewer.errors import OutsideReading
from smart_viewer.reading.end import end_reading
from smart_viewer.reading.follow import follow
from smart_viewer.reading.holder import Holder, holder_by_cookie
from smart_viewer.reading.house import House
from smart_viewer.reading.idle import keep_alive
from smart_viewer.reading.page import open_page
from smart_viewer.web import security, wire
from smart_viewer.web.image_routes import holder_of
from smart_viewer.web.limits import Limits

WIPE = '"cache", "storage"'  # not "cookies": that would reach the sites beside ours


def reading_routes(house: House, limits: Limits) -> Blueprint:
    """The blueprint of readings; what it is given is closed over."""
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
        events = chain(map(_event, news), _farewell(house))
        response = Response(events, mimetype="text/event-stream")
        response.headers["X-Accel-Buffering"] = "no"
        return response

    @routes.post("/r/<reading_id>/alive")
    def alive(reading_id: str) -> Response:
        """The user did something in the page; the seconds left of its session."""
        holder = holder_of(house, reading_id)
        limits.count_in_blocks("heartbeats", holder.reading_id)
        left = keep_alive(house, holder.reading_id, holder.expires_at)
        return jsonify(idleSecondsLeft=left.idle_s, secondsLeft=left.total_s)

    @routes.post("/r/<reading_id>/end")
    def end(reading_id: str) -> Response:
        was_last = end_reading(house, holder_of(house, reading_id))
        response = make_response("", 204)
        if was_last:
            response.headers["Clear-Site-Data"] = WIPE
        return response

    return routes


def _farewell(house: House) -> Iterator[str]:
    """Where this replica ends before the plan is complete: ask again, soon."""
    if house.news.is_closing:
        yield "retry: 500\n: this replica ends, another one goes on\n\n"


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
