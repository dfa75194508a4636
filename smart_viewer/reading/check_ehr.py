"""`check` asks an EHR: registration, discovery, authorize, keys, token, metadata.

Nothing secret is sent but where it is wished: no client secret, no assertion.
"""

from __future__ import annotations

from collections.abc import Mapping

from smart_viewer.errors import SettingsInvalid, SmartViewerError, UpstreamUnavailable
from smart_viewer.fhir.reader import FhirReader
from smart_viewer.launch.discovery import Endpoints, announced, discover
from smart_viewer.launch.id_token import JWKS_MAX_AGE_S, signing_keys
from smart_viewer.launch.keys import client_keys
from smart_viewer.launch.lenient import objects_of, text_of, texts_of
from smart_viewer.launch.scopes import parse
from smart_viewer.net.answer import JsonObject
from smart_viewer.net.outbound import Outbound
from smart_viewer.reading.check_advice import (
    advise_ehr,
    advise_keys,
    advise_token,
    ehr_file,
)
from smart_viewer.reading.check_asking import Checklist
from smart_viewer.reading.check_ear import Ear
from smart_viewer.reading.check_oauth import AuthorizationServer
from smart_viewer.reading.check_scopes import scopes_finding
from smart_viewer.reading.check_steps import Advice, Finding, Step, fail, ok, warn
from smart_viewer.settings import EhrProfile, Settings

R4 = "4."
_DENIED = frozenset({401, 403})


def check_ehr(
    settings: Settings,
    profile: EhrProfile,
    outbound: Outbound,
    ear: Ear,
    authenticate: bool = False,
) -> tuple[Step, ...]:
    """Every step of one EHR. What needs its endpoints waits for discovery.

    ear: hears what `outbound` is answered. authenticate: prove at its token endpoint
    who we are, as a launch does.
    """
    check = _EhrCheck(settings, profile, outbound, ear)
    return check.run(authenticate)


class _EhrCheck:
    def __init__(
        self, settings: Settings, profile: EhrProfile, outbound: Outbound, ear: Ear
    ) -> None:
        self._settings = settings
        self._profile = profile
        self._outbound = outbound
        self._server = AuthorizationServer(settings, profile, outbound, ear)
        self._list = Checklist(profile.id, ear, quotes=True)
        self._scopes = parse(" ".join((*profile.scopes, *profile.standalone_scopes)))

    def run(self, authenticate: bool) -> tuple[Step, ...]:
        self._list.note(
            "registration", "to register there", self._registration, self._advise_keys
        )
        found = self._list.note(
            "discovery",
            "GET <iss>/.well-known/smart-configuration",
            self._discovery,
            self._advise,
        )
        if found is not None:
            self._with_endpoints(found, authenticate)
        self._list.note("FHIR", "GET <iss>/metadata", self._capability, self._advise)
        return tuple(self._list.steps)

    def _with_endpoints(self, found: Endpoints, authenticate: bool) -> None:
        self._list.note(
            "scopes",
            "those of the profile, are they offered",
            lambda: (self._scopes_fit(), None),
            self._advise,
        )
        self._list.note(
            "authorize",
            "GET <authorization_endpoint>, a launch that is none",
            lambda: (self._server.authorize(), None),
            self._advise,
        )
        self._list.note(
            "keys",
            "GET <jwks_uri>",
            lambda: (self._keys(found), None),
            lambda _: advise_keys(self._profile),
        )
        self._list.note(
            "token",
            "POST <token_endpoint>, a code that is none",
            lambda: (self._server.token(found), None),
            lambda _: advise_token(self._profile),
        )
        self._list.note(
            "client",
            f"client_auth {self._profile.client_auth}, is it offered",
            lambda: (self._client(found), None),
            self._advise,
        )
        if self._profile.client_auth != "none":
            self._list.note(
                "authentication",
                f"POST <token_endpoint>, {self._profile.client_auth}",
                lambda: (self._server.authentication(found, authenticate), None),
                lambda _: advise_token(self._profile),
            )

    def _advise(self, error: SmartViewerError) -> Advice:
        return advise_ehr(self._profile, error)

    def _advise_keys(self, _: SmartViewerError) -> Advice:
        name = f"SMART_VIEWER_CLIENT_KEYS_{self._profile.id.upper()}"
        text = "RSA of 2048 bits or more, or EC P-384, as private JWK or JWK Set"
        return Advice("the environment", name, text)

    def _registration(self) -> tuple[Finding, None]:
        """What an integrator types into the EHR's own form."""
        base, profile = self._settings.public_url, self._profile
        told = f"redirect URI {base}{profile.redirect_path}, launch URL {base}/launch"
        if client_keys(profile):
            told += f", JWK Set URL {base}/.well-known/jwks.json"
        return ok(told), None

    def _discovery(self) -> tuple[Finding, Endpoints]:
        found = discover(self._profile, self._outbound)
        missing = {"launch-ehr"} - found.capabilities if found.capabilities else set()
        if missing:
            text = "see that this iss is the one for launches from the EHR"
            return warn("no launch-ehr among its capabilities", self._iss(text)), found
        return ok("authorization and token endpoint, on configured origins"), found

    def _keys(self, found: Endpoints) -> Finding:
        wanted = "openid" in self._scopes
        if found.jwks_uri is None:
            if not wanted:
                return ok("none announced, none needed without openid")
            return fail(
                "openid is asked for, but no jwks_uri is announced",
                advise_keys(self._profile),
            )
        document = self._outbound.remembered_json(
            found.jwks_uri, max_age_s=JWKS_MAX_AGE_S
        )
        keys = len(signing_keys(document, None))
        if not keys:
            return fail("no RSA or EC signing key in it", advise_keys(self._profile))
        return ok(f"{keys} signing key{'s' if keys > 1 else ''}")

    def _scopes_fit(self) -> Finding:
        return scopes_finding(self._profile, announced(self._profile, self._outbound))

    def _client(self, found: Endpoints) -> Finding:
        document = announced(self._profile, self._outbound)
        method = self._profile.client_auth
        offered = texts_of(document.get("token_endpoint_auth_methods_supported"))
        if not offered:
            return ok("the EHR does not say which methods it takes")
        if method in offered:
            return ok("yes")
        if method == "none" and _may_be_public(found):
            return ok("not listed, but public clients are among its capabilities")
        text = "one of those that the EHR lists, as registered there"
        advice = Advice(ehr_file(self._profile), "client_auth", text)
        if method == "none":
            return warn("not listed; some servers leave it out", advice)
        return fail("no, it is not among the methods", advice)

    def _capability(self) -> tuple[Finding, None]:
        reader = FhirReader(
            self._profile.iss, _no_token, self._outbound, self._profile.extra_query
        )
        try:
            statement = reader.document("metadata")
        except UpstreamUnavailable as error:
            if error.status not in _DENIED:
                raise
            return warn(f"status {error.status}: it wants a token even for this"), None
        return self._judged(statement), None

    def _judged(self, statement: JsonObject) -> Finding:
        if statement.get("resourceType") != "CapabilityStatement":
            text = "what stands there is no FHIR server's root"
            return fail("not a CapabilityStatement", self._iss(text))
        if not str(statement.get("fhirVersion")).startswith(R4):
            return fail("not FHIR R4", self._iss("take the R4 base of this EHR"))
        missing = self._missing(statement)
        if "Patient" in missing:
            text = "a base with Patient is needed: who the images are of comes first"
            return fail("R4, but without Patient", self._iss(text), "R25")
        if self._slash_differs(statement):
            text = (
                "the server writes its own base "
                + ("without" if self._profile.iss.endswith("/") else "with")
                + " a slash at its end; iss must be as the EHR sends it, byte for byte"
            )
            told = "R4; its base differs from iss by a slash"
            return warn(told, self._iss(text), "R1")
        if missing:
            return warn(f"R4, but not: {', '.join(missing)}", self._scope(missing))
        return ok(f"R4, every resource that the scopes name; {_security(statement)}")

    def _missing(self, statement: JsonObject) -> list[str]:
        served = {
            text_of(resource.get("type"))
            for rest in objects_of(statement.get("rest"))
            for resource in objects_of(rest.get("resource"))
        }
        wanted = {scope.resource for scope in self._scopes.resources} - {"*"}
        return sorted((wanted | {"Patient"}) - served)

    def _slash_differs(self, statement: JsonObject) -> bool:
        about = statement.get("implementation")
        told = text_of(about.get("url")) if isinstance(about, dict) else None
        iss = self._profile.iss
        return told is not None and told != iss and told.rstrip("/") == iss.rstrip("/")

    def _scope(self, missing: list[str]) -> Advice:
        text = f"leave out those for {', '.join(missing)}, if the EHR has none"
        return Advice(ehr_file(self._profile), "scopes", text)

    def _iss(self, text: str) -> Advice:
        return Advice(ehr_file(self._profile), "iss", text)


def _may_be_public(found: Endpoints) -> bool:
    return "client-public" in found.capabilities


def _security(statement: Mapping[str, object]) -> str:
    """Whether SMART-on-FHIR is named among the security services."""
    named = any(
        coding.get("code") == "SMART-on-FHIR"
        for rest in objects_of(statement.get("rest"))
        for security in objects_of(rest.get("security"))
        for service in objects_of(security.get("service"))
        for coding in objects_of(service.get("coding"))
    )
    return "security SMART-on-FHIR" if named else "security not stated"


def _no_token() -> str:
    raise SettingsInvalid("`check` has no token.")  # and needs none
