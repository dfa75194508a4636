"""Discovery in all its variants (R2, R3). Oracle: SMART 2.2, Conformance."""

from __future__ import annotations

import pytest
from ehr_walk import make_profile

from smart_viewer.errors import LaunchRefused, SettingsInvalid, UpstreamUnavailable
from smart_viewer.launch.discovery import MAX_AGE_S, discover
from smart_viewer.launch.hosts import check_endpoint, origins_of

ISS = "https://ehr.example/api/fhir"
DOCUMENT: dict[str, object] = {
    "issuer": "https://ehr.example/oauth2",
    "jwks_uri": "https://ehr.example/jwks",
    "authorization_endpoint": "https://ehr.example/authorize",
    "token_endpoint": "https://ehr.example/token",
    "revocation_endpoint": "https://ehr.example/revoke",
    "code_challenge_methods_supported": ["S256"],
    "capabilities": ["launch-ehr", "authorize-post"],
}


class Documents:
    """Stands for Outbound: the documents of an EHR by URL, an int is a status."""

    def __init__(self, **by_name: object) -> None:
        self.by_name = by_name
        self.asked: list[str] = []
        self.max_age_s = 0.0

    def remembered_json(self, url, *, max_age_s, again=False):
        self.asked.append(url)
        self.max_age_s = max_age_s
        found = self.by_name.get(
            "metadata" if url.endswith("metadata") else "smart", 404
        )
        if isinstance(found, int):
            raise UpstreamUnavailable("no", found or None)
        return found


def found(profile_changes: dict[str, object] | None = None, **changes: object):
    merged = {**DOCUMENT, **changes}
    document = {name: value for name, value in merged.items() if value is not None}
    profile = make_profile(ISS, **(profile_changes or {}))
    return discover(profile, Documents(smart=document))


def reason_of(**changes: object) -> str:
    with pytest.raises(LaunchRefused) as refused:
        found(**changes)
    return refused.value.reason


@pytest.mark.requirement("R2")
def test_the_document_lies_under_the_fhir_base_and_is_kept_an_hour():
    outbound = Documents(smart=DOCUMENT)
    endpoints = discover(make_profile(ISS), outbound)
    assert outbound.asked == [f"{ISS}/.well-known/smart-configuration"]
    assert outbound.max_age_s == MAX_AGE_S == 3600
    assert endpoints.token_endpoint == "https://ehr.example/token"
    assert endpoints.revocation_endpoint == "https://ehr.example/revoke"
    assert endpoints.capabilities == {"launch-ehr", "authorize-post"}
    assert not endpoints.iss_parameter


def test_a_base_with_a_slash_is_not_doubled():
    outbound = Documents(smart=DOCUMENT)
    discover(make_profile(ISS + "/"), outbound)
    assert outbound.asked == [f"{ISS}/.well-known/smart-configuration"]


@pytest.mark.parametrize(
    ("spelled", "absolute"),
    [
        ("auth/token", "https://ehr.example/api/fhir/auth/token"),
        ("/token", "https://ehr.example/token"),
        ("../token", "https://ehr.example/api/token"),
    ],
)
@pytest.mark.requirement("R2")
def test_relative_urls_are_resolved_against_the_fhir_base(spelled, absolute):
    assert found(token_endpoint=spelled).token_endpoint == absolute


@pytest.mark.parametrize(
    "name",
    ["authorization_endpoint", "token_endpoint", "revocation_endpoint", "jwks_uri"],
)
@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://evil.example/x", "endpoint_not_allowed"),
        ("//evil.example/x", "endpoint_not_allowed"),
        ("http://ehr.example/x", "endpoint_not_allowed"),
        ("https://ehr.example:8443/x", "endpoint_not_allowed"),
        ("https://user@ehr.example/x", "bad_endpoint"),
        ("javascript:alert(1)", "bad_endpoint"),
    ],
)
@pytest.mark.requirement("R2")
def test_an_endpoint_on_a_host_that_is_not_configured_is_refused(name, url, reason):
    assert reason_of(**{name: url}) == reason


def test_a_configured_host_is_good_for_endpoints():
    changes = {"allowed_hosts": ("https://auth.example",)}
    endpoints = found(changes, token_endpoint="https://auth.example/token")
    assert endpoints.token_endpoint == "https://auth.example/token"


@pytest.mark.parametrize("methods", [["plain"], ["plain", "S512"], ["s256"]])
@pytest.mark.requirement("R3")
def test_pkce_without_s256_is_refused(methods):
    # R3
    assert reason_of(code_challenge_methods_supported=methods) == "pkce_without_s256"


@pytest.mark.parametrize("methods", [None, [], ["S256"], ["plain", "S256"], "S256"])
@pytest.mark.requirement("R3")
def test_a_missing_or_empty_list_of_pkce_methods_is_forgiven(methods):
    assert found(code_challenge_methods_supported=methods)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint"])
@pytest.mark.parametrize("value", [None, "", 7, []])
@pytest.mark.requirement("R2")
def test_without_its_endpoints_a_discovery_ends_the_launch(name, value):
    # R14: there is no manual configuration to go on with
    assert reason_of(**{name: value}) == "discovery_incomplete"


STATEMENT = {
    "resourceType": "CapabilityStatement",
    "rest": [
        {
            "security": {
                "extension": [
                    {"url": "https://unknown.example/extension"},
                    {
                        "url": "http://fhir-registry.smarthealthit.org/"
                        "StructureDefinition/oauth-uris",
                        "extension": [
                            {"url": "authorize", "valueUri": "/authorize"},
                            {"url": "token", "valueUri": "https://ehr.example/token"},
                            {"url": "manage", "valueUri": "https://evil.example/"},
                        ],
                    },
                ]
            }
        }
    ],
}


@pytest.mark.parametrize("status", [404, 403, 401, 410])
@pytest.mark.requirement("R2")
def test_an_older_ehr_tells_its_endpoints_in_the_capability_statement(status):
    outbound = Documents(smart=status, metadata=STATEMENT)
    endpoints = discover(make_profile(ISS), outbound)
    assert endpoints.authorization_endpoint == "https://ehr.example/authorize"
    assert endpoints.token_endpoint == "https://ehr.example/token"
    assert outbound.asked[1] == f"{ISS}/metadata"


@pytest.mark.parametrize(
    "statement",
    [{}, {"rest": 7}, {"rest": [{"security": None}]}, {"rest": {"security": []}}],
)
def test_a_statement_without_endpoints_ends_the_launch(statement):
    with pytest.raises(LaunchRefused) as refused:
        discover(make_profile(ISS), Documents(smart=404, metadata=statement))
    assert refused.value.reason == "discovery_incomplete"


@pytest.mark.parametrize("status", [500, 503, 302, 0])
@pytest.mark.requirement("R2")
def test_an_ehr_that_fails_is_not_asked_further(status):
    outbound = Documents(smart=status, metadata=STATEMENT)
    with pytest.raises(UpstreamUnavailable):
        discover(make_profile(ISS), outbound)
    assert len(outbound.asked) == 1


def test_a_host_that_cannot_be_read_stops_the_start():
    with pytest.raises(SettingsInvalid, match="sandbox: allowed_hosts"):
        origins_of(make_profile(ISS, allowed_hosts=("auth.example",)))


def test_another_ehrs_host_is_not_good_enough():
    with pytest.raises(LaunchRefused):
        check_endpoint(make_profile(ISS), "token_endpoint", "https://other.example/")
