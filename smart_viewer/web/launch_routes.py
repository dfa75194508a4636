"""From the EHR's click to a reading: /launch and each EHR's callback."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Response,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
)

from smart_viewer.errors import LaunchRefused, SmartViewerError
from smart_viewer.launch.authorize import AuthorizeRequest, begin_launch, profile_for
from smart_viewer.launch.grant import complete
from smart_viewer.launch.keys import public_jwks
from smart_viewer.reading.forget import forget_grant
from smart_viewer.reading.house import House
from smart_viewer.reading.open import open_reading
from smart_viewer.settings import EhrProfile
from smart_viewer.web import security

log = logging.getLogger(__name__)

JWKS_AGE_S = 300  # short: a rotated key is seen soon


def launch_routes(house: House) -> Blueprint:
    """The blueprint of the launch; `house` is closed over, nothing is global."""
    routes = Blueprint("launch", __name__)

    @routes.get("/launch")
    def launch() -> Response:
        """Only `iss` and `launch` are read: nothing else may influence it (R14)."""
        try:
            profile = profile_for(house.settings, request.args.get("iss", ""))
            _let_frame(profile)
            browser_id = security.browser_of(request) or security.new_browser_id()
            asked = begin_launch(
                profile,
                request.args.get("launch"),
                browser_id,
                house.settings.public_url,
                house.outbound,
                house.store.transactions,
                house.clock(),
            )
        except Exception as error:  # audited whatever it is, then handled as any other
            _report_refusal(house, "", error)
            raise
        response = _to_authorize(asked)
        security.remember_browser(response, browser_id, house.settings.public_path)
        return response

    @routes.get("/app/<ehr_id>/callback")
    def callback(ehr_id: str) -> Response:
        profile = house.settings.ehr(ehr_id)
        try:
            if profile is None:
                raise LaunchRefused(
                    "This EHR is not configured here.", "ehr_not_listed"
                )
            _let_frame(profile)
            reading_id = _open(house, profile, request.args)
        except Exception as error:  # audited whatever it is, then handled as any other
            _report_refusal(house, ehr_id if profile else "", error)
            raise
        return make_response(redirect(_page_of(house, reading_id), code=303))

    @routes.get("/.well-known/jwks.json")
    def jwks() -> Response:
        """The public keys of private_key_jwt, for the EHR (SMART 2.2 asymmetric)."""
        response = jsonify(public_jwks(house.settings))
        response.headers["Cache-Control"] = f"public, max-age={JWKS_AGE_S}"
        return response

    return routes


def _open(house: House, profile: EhrProfile, query: Mapping[str, str]) -> str:
    browser_id = security.browser_of(request)
    launched = complete(
        house.settings,
        profile.id,
        query,
        browser_id,
        house.outbound,
        house.store,
        house.clock(),
    )
    try:
        correlation_id = security.correlation_id()
        return open_reading(house, profile, launched, browser_id, correlation_id)
    except Exception:
        forget_grant(house, launched.grant_id)  # no reading will ever end it
        raise


def _to_authorize(asked: AuthorizeRequest) -> Response:
    if asked.method == "GET":
        return make_response(redirect(asked.url, code=302))
    parts = urlsplit(asked.url)
    security.allow_form_to(f"{parts.scheme}://{parts.netloc}")
    return make_response(render_template("launch_post.html", asked=asked))


def _let_frame(profile: EhrProfile) -> None:
    security.allow_frames(profile.frame_origins)


def _page_of(house: House, reading_id: str) -> str:
    return f"{house.settings.public_url}/r/{reading_id}"


def _report_refusal(house: House, ehr_id: str, error: Exception) -> None:
    code = error.code if isinstance(error, SmartViewerError) else "unforeseen"
    reason = error.reason if isinstance(error, LaunchRefused) else code
    told = error.integrator if isinstance(error, LaunchRefused) else ""
    where = f"(EHR {ehr_id or 'unknown'}) {told}".strip()
    log.warning("%s launch refused: %s %s", security.correlation_id(), reason, where)
    house.report("refuse", "refused", ehr_id=ehr_id or None, reason=reason)
