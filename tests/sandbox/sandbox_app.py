"""The app's side of a launch, by hand: what a test sends, and what came back."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from joserfc.jwk import ECKey, KeySet, RSAKey
from werkzeug.test import TestResponse

from smart_viewer.sandbox.ehr import AppRegistration, EhrConfig
from smart_viewer.sandbox.people import default_people

BASE = "http://localhost:9999"
FHIR = f"{BASE}/fhir"
TEMPLATES = Path(__file__).parents[2] / "templates"
CALLBACK = "http://127.0.0.1:9998/callback"
SECRET = "s3cret: with colon"
SCOPES = "launch openid fhirUser patient/*.rs user/Practitioner.r"
STANDALONE = "launch/patient openid fhirUser patient/*.rs"
VERIFIER = "v" * 64
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest())
    .rstrip(b"=")
    .decode()
)
RSA = RSAKey.generate_key(2048, parameters={"kid": "rsa-1"})
EC = ECKey.generate_key("P-384", parameters={"kid": "ec-1"})
KEYS = KeySet([RSA, EC]).as_dict(private=False)


@dataclass
class Clock:
    """A clock that a test moves."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def registrations() -> tuple[AppRegistration, ...]:
    """A public app, one with a secret, one with keys, and one that may do little."""

    def app(client_id: str, **how: Any) -> AppRegistration:
        launch_url = "http://127.0.0.1:9998/launch"
        return AppRegistration(client_id, client_id, launch_url, (CALLBACK,), **how)

    return (
        app("public"),
        app("secretive", client_secret=SECRET),
        app("keyed", jwks=KEYS),
        app("narrow", scopes="launch/patient patient/Patient.r patient/Encounter.s"),
    )


def ehr_config(clock: Clock, base_url: str = BASE) -> EhrConfig:
    return EhrConfig(
        base_url=base_url,
        people=default_people(),
        apps=registrations(),
        templates=TEMPLATES,
        clock=clock,
    )


@dataclass
class Smart:
    """One app talking to the EHR through Flask's test client."""

    ehr: Flask
    clock: Clock
    client_id: str = "public"
    token: str = field(default="", repr=False)

    def launch_value(self, order: str = "order-1", display: str = "tab") -> str:
        link = f"/launch/{order}?app={self.client_id}&display={display}"
        answer = self.ehr.test_client().get(link)
        return query_of(answer)["launch"]

    def request(self, **changes: str | None) -> dict[str, str]:
        """A conforming authorize request; None takes a parameter out."""
        valid = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": CALLBACK,
            "scope": SCOPES,
            "state": "state-of-at-least-122-bits",
            "aud": FHIR,
            "nonce": "nonce-1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        changed = {**valid, **changes}
        return {name: value for name, value in changed.items() if value is not None}

    def authorize(self, **changes: str | None) -> TestResponse:
        parameters = self.request(**changes)
        return self.ehr.test_client().get("/oauth/authorize", query_string=parameters)

    def code(self, order: str = "order-1", **changes: str | None) -> str:
        """The code of an EHR launch."""
        answer = self.authorize(launch=self.launch_value(order), **changes)
        return query_of(answer)["code"]

    def post(self, path: str, form: dict[str, str], **how: Any) -> TestResponse:
        return self.ehr.test_client().post(path, data=form, **how)

    def exchange(self, code: str, **changes: str | None) -> TestResponse:
        valid = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
            "client_id": self.client_id,
        }
        changed = {**valid, **changes}
        return self.post("/oauth/token", {k: v for k, v in changed.items() if v})

    def refresh(self, value: str, **more: str) -> TestResponse:
        form = {"grant_type": "refresh_token", "refresh_token": value}
        return self.post("/oauth/token", {**form, "client_id": self.client_id, **more})

    def launched(self, order: str = "order-1", **changes: str | None) -> Any:
        """The token response of a whole EHR launch; keeps its access token."""
        answer = self.exchange(self.code(order, **changes))
        assert answer.status_code == 200, answer.text
        self.token = answer.json["access_token"]
        return answer.json

    def get(self, path: str, token: str | None = None) -> TestResponse:
        """GET under the FHIR base, or of an absolute URL, with the token."""
        value = self.token if token is None else token
        headers = {"Authorization": f"Bearer {value}"} if value else {}
        local = path.removeprefix(FHIR).lstrip("/")
        return self.ehr.test_client().get(f"/fhir/{local}", headers=headers)


def query_of(answer: TestResponse) -> dict[str, str]:
    """The query of the redirect's Location."""
    assert answer.status_code == 302, answer.text
    pairs = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: values[0] for name, values in pairs.items()}
