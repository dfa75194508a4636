"""The pages of the sandbox EHR: patients, a chart with the app in it, the picker.

No script, one stylesheet, everything from this origin.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode, urlsplit

from flask import (
    Flask,
    Response,
    abort,
    redirect,
    render_template,
    request,
    send_from_directory,
)

from smart_viewer.sandbox.charts import SandboxOrder, SandboxPatient, SandboxStudy
from smart_viewer.sandbox.launchforms import context_form
from smart_viewer.sandbox.oautherror import NoRedirect
from smart_viewer.sandbox.registration import AppRegistration, EhrConfig
from smart_viewer.sandbox.vault import AuthorizeRequest, Launch, LaunchContext, Vault

Display = Literal["tab", "frame"]


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order on the page, with the images that the EHR knows of."""

    order: SandboxOrder
    study: SandboxStudy | None

    @property
    def images(self) -> str:
        """`CT · 2 series · 320 images`, or empty where there are none."""
        if self.study is None:
            return ""
        series = len(self.study.series)
        instances = sum(item.instances for item in self.study.series)
        modalities = "/".join(self.study.modalities)
        return f"{modalities} · {series} series · {instances} images"


@dataclass(frozen=True, slots=True)
class PatientCard:
    """A patient on the page, with the orders."""

    patient: SandboxPatient
    orders: tuple[OrderRow, ...]


class Pages:
    """The routes `/`, `/chart/<order>` and `/launch/<order>`."""

    def __init__(self, config: EhrConfig, vault: Vault) -> None:
        self._config = config
        self._vault = vault
        self._studies = {study.order_id: study for study in config.people.studies}

    def register(self, app: Flask) -> None:
        """Add the routes."""
        app.add_url_rule("/", view_func=self.patients)
        app.add_url_rule("/sandbox.css", view_func=self.stylesheet)
        app.add_url_rule("/chart/<order_id>", view_func=self.chart)
        app.add_url_rule("/launch/<order_id>", view_func=self.launch)
        app.register_error_handler(NoRedirect, self.refusal)

    def patients(self) -> Response:
        """The list of patients, narrowed by `?q=` to a name or number."""
        query = request.args.get("q", "").strip()
        cards = [self._card(person) for person in self._config.people.patients]
        shown = [card for card in cards if _found(card, query)]
        return self._page(
            "sandbox_patients.html",
            cards=shown,
            total=len(cards),
            query=query,
            apps=self._config.apps,
            standalone={a.client_id: self._standalone(a) for a in self._config.apps},
        )

    def chart(self, order_id: str) -> Response:
        """The patient's header with the app in a frame below it."""
        order = self._order(order_id)
        return self._page(
            "sandbox_chart.html",
            frames=_origins(self._config.apps),
            row=OrderRow(order, self._studies.get(order.id)),
            patient=self._config.people.patient(order.patient_id),
            app=self._app(),
        )

    def launch(self, order_id: str) -> Response:
        """Mint a launch value and send the browser to the app (SMART, Launch App).

        `?context=` chooses the form in which the token response names the order.
        """
        order, app = self._order(order_id), self._app()
        display: Display = "frame" if request.args.get("display") == "frame" else "tab"
        form = context_form(request.args.get("context", "order")) or abort(404)
        context = LaunchContext(
            order.patient_id, order.encounter_id, order.id, display, form
        )
        value = self._vault.add_launch(Launch(app.client_id, context))
        query = urlencode({"iss": self._config.fhir_base, "launch": value})
        answer = redirect(f"{app.launch_url}?{query}", 302)
        answer.headers["Cache-Control"] = "no-store"
        assert isinstance(answer, Response)
        return answer

    def picker(self, transaction: str, asked: AuthorizeRequest) -> Response:
        """The page on which the user of a standalone launch chooses a patient."""
        app = self._config.app(asked.client_id)
        return self._page(
            "sandbox_picker.html",
            forms=_origin(asked.redirect_uri),
            transaction=transaction,
            app=app,
            scopes=asked.scopes.order,
            patients=self._config.people.patients,
        )

    def refusal(self, error: NoRedirect) -> Response:
        """The page for a request that cannot be sent back to any app."""
        answer = self._page("sandbox_error.html", reason=str(error))
        answer.status_code = 400
        return answer

    def stylesheet(self) -> Response:
        """The one stylesheet."""
        folder = self._config.templates.parent / "static" / "css"
        return send_from_directory(folder, "sandbox.css")

    def _card(self, person: SandboxPatient) -> PatientCard:
        orders = self._config.people.orders
        rows = [
            OrderRow(order, self._studies.get(order.id))
            for order in orders
            if order.patient_id == person.id
        ]
        return PatientCard(person, tuple(rows))

    def _order(self, order_id: str) -> SandboxOrder:
        return self._config.people.order(order_id) or abort(404)

    def _app(self) -> AppRegistration:
        """The app that the link names, or the first one."""
        client_id = request.args.get("app")
        if client_id is None and self._config.apps:
            return self._config.apps[0]
        return self._config.app(client_id or "") or abort(404)

    def _standalone(self, app: AppRegistration) -> str:
        return f"{app.launch_url}?{urlencode({'iss': self._config.fhir_base})}"

    def _page(
        self, template: str, *, frames: str = "", forms: str = "", **values: object
    ) -> Response:
        """A page with its headers. frames, forms: origins beside our own."""
        people = self._config.people
        html = render_template(
            template, clinician=people.signed_in, notice=people.notice, **values
        )
        answer = Response(html, content_type="text/html; charset=utf-8")
        answer.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'self'; img-src 'self' data:; "
            f"frame-src 'self' {frames}; form-action 'self' {forms}; "
            "frame-ancestors 'self'; base-uri 'none'"
        )
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Referrer-Policy"] = "no-referrer"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer


def _found(card: PatientCard, query: str) -> bool:
    words = [card.patient.display, card.patient.mrn]
    for row in card.orders:
        words += [row.order.text, row.order.accession_number]
    return query.casefold() in " ".join(words).casefold()


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _origins(apps: tuple[AppRegistration, ...]) -> str:
    urls = [url for app in apps for url in (app.launch_url, *app.redirect_uris)]
    return " ".join(dict.fromkeys(_origin(url) for url in urls))
