"""The sandbox EHR on loopback beside our launch code; a session plays the browser."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import requests

from smart_viewer.launch.authorize import AuthorizeRequest, begin_launch, profile_for
from smart_viewer.launch.grant import GrantHandle, complete
from smart_viewer.launch.hosts import policy_of
from smart_viewer.net.outbound import Outbound
from smart_viewer.sandbox.ehr import AppRegistration, EhrConfig, create_ehr
from smart_viewer.sandbox.faults import Faults
from smart_viewer.sandbox.people import default_people
from smart_viewer.sandbox.requestlog import RequestLog
from smart_viewer.sandbox.serve import listen, start_server
from smart_viewer.settings import EhrProfile, IdentifierSystem, Settings, asset_root
from smart_viewer.store.opening import Store, open_store

PUBLIC_URL = "http://127.0.0.1:9"
CALLBACK = f"{PUBLIC_URL}/app/sandbox/callback"
BROWSER = "browser-1"
SCOPES = (
    "launch",
    "openid",
    "fhirUser",
    "online_access",
    "patient/Patient.r",
    "patient/ServiceRequest.rs",
    "patient/ImagingStudy.rs",
    "patient/Encounter.r",
)


@dataclass
class Clock:
    """Time that a test may push on; it starts at the real one, in whole seconds."""

    now: float = field(default_factory=lambda: float(int(time.time())))

    def __call__(self) -> float:
        return self.now


@dataclass
class Ehr:
    """A running sandbox EHR and everything of ours that a launch from it needs."""

    url: str
    log: RequestLog
    faults: Faults
    settings: Settings
    outbound: Outbound
    store: Store
    clock: Clock
    session: requests.Session

    @property
    def profile(self) -> EhrProfile:
        return self.settings.ehrs[0]

    def click(self, order: str = "order-1") -> dict[str, str]:
        """What the EHR sends to our launch URL: iss and launch."""
        return self._query_of_redirect(f"{self.url}/launch/{order}")

    def begin(self, launch: str | None, browser: str = BROWSER) -> AuthorizeRequest:
        return begin_launch(
            self.profile,
            launch,
            browser,
            PUBLIC_URL,
            self.outbound,
            self.store.transactions,
            self.clock(),
        )

    def authorize(self, order: str = "order-1", browser: str = BROWSER):
        """Up to the redirect back to us: its query."""
        sent = self.click(order)
        profile_for(self.settings, sent["iss"])
        return self.follow(self.begin(sent["launch"], browser))

    def follow(self, asked: AuthorizeRequest) -> dict[str, str]:
        return self._query_of_redirect(asked.url, asked.method, asked.form)

    def pick(self, asked: AuthorizeRequest, choice: dict[str, str]) -> dict[str, str]:
        """Standalone: choose on the EHR's picker page."""
        page = self.session.get(asked.url, timeout=10).text
        found = re.search(r'name="transaction"\s+value="([^"]+)"', page)
        assert found, page
        form = {"transaction": found[1], **choice}
        return self._query_of_redirect(f"{self.url}/oauth/pick", "POST", form)

    def finish(
        self, query: dict[str, str], browser: str = BROWSER, ehr_id: str = "sandbox"
    ) -> GrantHandle:
        return complete(
            self.settings,
            ehr_id,
            query,
            browser,
            self.outbound,
            self.store,
            self.clock(),
        )

    def launch(self, order: str = "order-1") -> GrantHandle:
        """A whole EHR launch."""
        return self.finish(self.authorize(order))

    def _query_of_redirect(self, url, method="GET", form=None) -> dict[str, str]:
        answer = self.session.request(
            method, url, data=form, allow_redirects=False, timeout=10
        )
        assert answer.status_code in {302, 303}, answer.text
        return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


@contextmanager
def running_ehr(
    folder: Path,
    jwks: dict[str, object] | None = None,
    secret: str | None = None,
    dicomweb_url: str | None = None,
    jwks_url: str | None = None,
    **changes: object,
) -> Iterator[Ehr]:
    """The EHR served on loopback. jwks, jwks_url, secret: how our client is registered.

    dicomweb_url: where its Endpoint points.
    changes: fields of our profile.
    """
    door, clock = listen("localhost"), Clock()
    app = AppRegistration(
        client_id="smart-viewer",
        label="Smart Viewer",
        launch_url=f"{PUBLIC_URL}/launch",
        redirect_uris=(CALLBACK,),
        client_secret=secret,
        jwks=jwks,
        jwks_url=jwks_url,
    )
    config = EhrConfig(
        base_url=door.url,
        people=default_people(),
        apps=(app,),
        templates=asset_root() / "templates",
        dicomweb_url=dicomweb_url,
        clock=clock,
    )
    ehr = create_ehr(config)
    settings = make_settings(folder, f"{door.url}/fhir", **changes)
    store = open_store(settings.database_url, settings.key_bytes, clock)
    session = requests.Session()
    session.trust_env = False
    try:
        with start_server(ehr, listener=door), session:
            yield Ehr(
                door.url,
                ehr.extensions["sandbox_log"],
                ehr.extensions["sandbox_faults"],
                settings,
                Outbound(policy_of(settings)),
                store,
                clock,
                session,
            )
    finally:
        store.close()


def make_profile(iss: str, **changes: object) -> EhrProfile:
    """A valid profile; each test changes one thing."""
    values: dict[str, object] = {
        "id": "sandbox",
        "label": "Sandbox",
        "iss": iss,
        "client_id": "smart-viewer",
        "scopes": SCOPES,
        "standalone_scopes": ("launch/patient", *SCOPES[1:]),
        "mrn_systems": (IdentifierSystem(system="urn:oid:2.999.1.1", type_code="MR"),),
        **changes,
    }
    return EhrProfile.model_validate(values)


def make_settings(folder: Path, iss: str, **changes: object) -> Settings:
    """Settings with that one EHR."""
    return Settings.model_validate(
        {
            "public_url": PUBLIC_URL,
            "key": secrets.token_hex(32),
            "state_folder": folder,
            "database_url": f"sqlite:///{folder / 'state.sqlite'}",
            "ehrs": (make_profile(iss, **changes),),
            "archives": (),
        }
    )
