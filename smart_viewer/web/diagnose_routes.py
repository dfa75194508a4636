"""`/diagnose`: `smart-viewer check` as an administrator's page (launch.md R45).

Off until the site sets an administrator's secret. The secret comes with each form and
is kept nowhere; a report is made for one EHR at a time and stored nowhere.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, make_response, render_template, request

from smart_viewer.errors import TooManyRequests
from smart_viewer.reading.check_report import conclusion, report
from smart_viewer.reading.check_rules import RULES
from smart_viewer.reading.check_steps import Step, has_failed
from smart_viewer.reading.house import House
from smart_viewer.store.seal import derive_key
from smart_viewer.web import security
from smart_viewer.web.limits import Limits, client_address

log = logging.getLogger(__name__)

Diagnose = Callable[[str, bool], Sequence[Step]]
LIMIT = "diagnoses"
PURPOSE = "diagnose form"
AGAIN_S = 10.0
FORBIDDEN, BAD_REQUEST = 403, 400
WRONG_FORM = "This form is not from this browser, or too old. Send it again."
WRONG_SECRET = "This is not the administrator’s secret."
NO_SUCH_EHR = "There is no EHR of this name."


@dataclass(frozen=True, slots=True)
class DiagnosePage:
    """What templates/diagnose.html is made from.

    ehrs: id and label of each. proof: goes back with the form. said: why nothing was
    asked. steps, conclusion: the report; empty before one.
    """

    ehrs: tuple[tuple[str, str], ...]
    proof: str
    said: str = ""
    chosen: str = ""
    failed: bool = False
    steps: tuple[Step, ...] = ()
    conclusion: tuple[str, ...] = ()

    def rule(self, number: str) -> str:
        """The requirement of that number, in words."""
        return RULES.get(number, "")


def diagnose_routes(house: House, limits: Limits, diagnose: Diagnose) -> Blueprint:
    """The blueprint, without a route where no secret is set.

    diagnose: makes the report of one EHR, by its id; and whether to authenticate.
    """
    routes = Blueprint("diagnose", __name__)
    secret = house.settings.operation.admin_secret.get_secret_value()
    if not secret:
        return routes
    desk = _Desk(house, limits, diagnose, secret)
    routes.get("/diagnose")(desk.form)
    routes.post("/diagnose")(desk.answer)
    return routes


class _Desk:
    def __init__(
        self, house: House, limits: Limits, diagnose: Diagnose, secret: str
    ) -> None:
        self._house = house
        self._limits = limits
        self._diagnose = diagnose
        self._secret = hashlib.sha256(secret.encode()).digest()
        self._key = derive_key(house.settings.key_bytes, PURPOSE)
        self._one_at_a_time = Lock()

    def form(self) -> Response:
        """What to ask, and the secret for it."""
        return self._page(200)

    def answer(self) -> Response:
        """The report. TooManyRequests; refusals are recorded."""
        self._limits.count(LIMIT, client_address(self._house.settings.operation))
        chosen = request.form.get("ehr", "")
        if not self._is_our_form():
            return self._refused("diagnose_form", WRONG_FORM, chosen)
        if not self._knows_secret():
            return self._refused("diagnose_secret", WRONG_SECRET, chosen)
        if chosen not in {ehr.id for ehr in self._house.settings.ehrs}:
            return self._page(BAD_REQUEST, NO_SUCH_EHR)
        return self._report(chosen, "authenticate" in request.form)

    def _report(self, ehr_id: str, authenticate: bool) -> Response:
        if not self._one_at_a_time.acquire(blocking=False):
            raise TooManyRequests("Another report is being made.", AGAIN_S)
        try:
            steps = tuple(self._diagnose(ehr_id, authenticate))
        finally:
            self._one_at_a_time.release()
        failed = has_failed(steps)
        log.info("diagnosed (EHR %s): %s", ehr_id, "failed" if failed else "ok")
        if request.form.get("form") == "json":
            return jsonify(report(steps))
        return self._page(200, "", ehr_id, steps)

    def _refused(self, reason: str, said: str, chosen: str) -> Response:
        log.warning("%s %s refused", security.correlation_id(), reason)
        self._house.report("refuse", "refused", reason=reason)
        return self._page(FORBIDDEN, said, chosen)

    def _page(
        self, status: int, said: str = "", chosen: str = "", steps: Sequence[Step] = ()
    ) -> Response:
        browser_id = security.browser_of(request) or security.new_browser_id()
        page = DiagnosePage(
            ehrs=tuple((ehr.id, ehr.label) for ehr in self._house.settings.ehrs),
            proof=self._proof(browser_id),
            said=said,
            chosen=chosen,
            failed=has_failed(steps),
            steps=tuple(steps),
            conclusion=conclusion(steps) if steps else (),
        )
        response = make_response(render_template("diagnose.html", page=page), status)
        path = self._house.settings.public_path
        security.remember_browser(response, browser_id, path)
        return response

    def _is_our_form(self) -> bool:
        """From a page of ours in this browser (R34).

        Our pages send no Referer, so that browsers may send "null" as Origin: the
        proof decides, which only such a page can hold.
        """
        origin = request.headers.get("Origin", "null")
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        browser_id = security.browser_of(request)
        if origin not in {"null", self._origin()} or site != "same-origin":
            return False
        given = request.form.get("proof", "")
        return bool(browser_id) and _same(given, self._proof(browser_id))

    def _origin(self) -> str:
        parts = urlsplit(self._house.settings.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    def _knows_secret(self) -> bool:
        given = hashlib.sha256(request.form.get("secret", "").encode()).digest()
        return hmac.compare_digest(given, self._secret)

    def _proof(self, browser_id: str) -> str:
        return hmac.new(self._key, browser_id.encode(), hashlib.sha256).hexdigest()


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())
