"""The pages of the sandbox EHR: patients, a chart with the app in it, the picker.

No script, one stylesheet, everything from this origin.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
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


@dataclass(frozen=True, slots=True)
class Site:
    """The EHR with one personality, and what its authorization server remembers."""

    config: EhrConfig
    vault: Vault


class Pages:
    """The routes `/`, `/chart/<order>` and `/launch/<order>`.

    sites: by name of personality. `?as=` chooses one, else the configured one is it.
    """

    def __init__(self, config: EhrConfig, sites: Mapping[str, Site]) -> None:
        self._config = config
        self._sites = sites
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
            personalities=[site.config.personality for site in self._sites.values()],
            **self._chosen(),
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
            **self._chosen(),
        )

    def launch(self, order_id: str) -> Response:
        """Mint a launch value and send the browser to the app (SMART, Launch App).

        `?context=` chooses the form in which the token response names the order,
        `?as=` the personality.
        """
        order, app, site = self._order(order_id), self._app(), self._site()
        fhir_id = site.config.personality.fhir_id
        display: Display = "frame" if request.args.get("display") == "frame" else "tab"
        form = context_form(request.args.get("context", "order")) or abort(404)
        context = LaunchContext(
            fhir_id(order.patient_id),
            fhir_id(order.encounter_id),
            fhir_id(order.id),
            display,
            form,
        )
        value = site.vault.add_launch(Launch(app.client_id, context))
        query = urlencode({"iss": site.config.fhir_base, "launch": value})
        answer = redirect(f"{app.launch_url}?{query}", 302)
        answer.headers["Cache-Control"] = "no-store"
        assert isinstance(answer, Response)
        return answer

    def picker_of(self, site: Site) -> Callable[[str, AuthorizeRequest], Response]:
        """`picker` for one personality."""
        return lambda transaction, asked: self.picker(site.config, transaction, asked)

    def picker(
        self, config: EhrConfig, transaction: str, asked: AuthorizeRequest
    ) -> Response:
        """The page on which the user of a standalone launch chooses a patient."""
        app = self._config.app(asked.client_id)
        return self._page(
            "sandbox_picker.html",
            forms=_origin(asked.redirect_uri),
            transaction=transaction,
            app=app,
            scopes=asked.scopes.order,
            patients=config.people.patients,
            action=f"{config.personality.oauth_path}/pick",
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

    def _site(self) -> Site:
        """The personality that the link names, or the configured one."""
        name = request.args.get("as", self._config.personality.name)
        return self._sites.get(name) or abort(404)

    def _chosen(self) -> dict[str, Any]:
        """What templates are told of the personality; `link` keeps it in a URL."""
        chosen = self._site().config.personality
        other = chosen is not self._config.personality
        return {"chosen": chosen, "link": {"as": chosen.name} if other else {}}

    def _standalone(self, app: AppRegistration) -> str:
        iss = self._site().config.fhir_base
        return f"{app.launch_url}?{urlencode({'iss': iss})}"

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
