"""`smart-viewer check`: every step works here; each fault names its line (issue 3, 7).

Every run also searches its own output for names, ids, UIDs and secrets.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from check_world import (
    CheckWorld,
    check_world,
    nobody_there,
    to_mend,
    verdicts,
    write_images,
)
from joserfc.jwk import ECKey
from pydantic import SecretStr

from smart_viewer.errors import SettingsInvalid
from smart_viewer.reading.check_filters import PROBES
from smart_viewer.sandbox.dicomweb_faults import ArchiveLog
from smart_viewer.sandbox.requestlog import RequestLog

FILTERS = [probe.name for probe in PROBES]
CONFIGURATION = "/fhir/.well-known/smart-configuration"
EHR = "sandbox.toml"
HTML = (200, "<!doctype html><title>Sign in</title>", "text/html")
NOT_FOUND = (404, "", "text/plain")


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "dicom"
    folder.mkdir()
    write_images(folder)
    return folder


@pytest.fixture
def world(tmp_path: Path, images: Path) -> Iterator[CheckWorld]:
    with check_world(tmp_path, images) as made:
        yield made


@pytest.mark.requirement("R45")
def test_every_step_works_where_everything_is_right(world):
    steps = world.run()
    assert {step.verdict for step in steps} == {"ok"}, steps
    assert list(verdicts(steps, "sandbox")) == [
        "registration",
        "discovery",
        "scopes",
        "authorize",
        "keys",
        "token",
        "client",
        "FHIR",
    ]
    whole = ["archive", "study", *FILTERS, "metadata", "frame", "identity"]
    assert list(verdicts(steps, "images")) == whole
    assert list(verdicts(steps, "remote")) == whole


def test_the_redirect_uri_is_printed_for_the_registration(world):
    told = world.run()[0].finding.answered
    assert f"{world.settings.public_url}/app/sandbox/callback" in told
    assert f"{world.settings.public_url}/launch" in told


def test_nothing_is_stored_in_an_archive(world):
    world.run()
    log: ArchiveLog = world.archive.extensions["sandbox_dicomweb_log"]
    assert log.count("stow") == 0


@pytest.mark.requirement("R45")
def test_the_ehr_is_sent_no_secret_and_no_token(world):
    secret = SecretStr("the-secret-of-the-client")
    world.change_ehr(client_auth="client_secret_basic", client_secret=secret)
    world.run()
    log: RequestLog = world.ehr.extensions["sandbox_log"]
    assert {call.has_authorization for call in log.entries} == {False}
    (form,) = world.interference.forms
    assert secret.get_secret_value() not in str(form)
    assert {"client_assertion", "client_secret", "launch"}.isdisjoint(form)


def test_every_filter_we_send_is_asked_for(world):
    world.run()
    log: ArchiveLog = world.archive.extensions["sandbox_dicomweb_log"]
    asked = {key for call in log.calls("qido") for key in call.query_keys}
    assert set(FILTERS) <= asked


def test_one_ehr_is_asked_with_its_own_archives_only(world):
    world.change_ehr(archives=("images",))
    assert {step.subject for step in world.run("sandbox")} == {"sandbox", "images"}


def test_an_ehr_that_is_not_there_is_a_sentence_with_those_that_are(world):
    with pytest.raises(SettingsInvalid, match="there are: sandbox"):
        world.run("epic")


def test_an_ehr_that_is_switched_off_says_so(world):
    world.change_ehr(enabled=False)
    assert to_mend(world.run("sandbox")) == ("sandbox", "profile", EHR, "enabled")


def test_a_configuration_without_any_ehr_or_archive_says_so(world):
    world.change_ehr(enabled=False)
    world.settings = world.settings.model_copy(update={"archives": ()})
    steps = world.run()
    assert [(s.subject, s.verdict) for s in steps] == [
        ("EHRs", "FAIL"),
        ("archives", "warn"),
    ]


def test_an_archive_that_is_not_configured_is_named_in_the_ehrs_file(world):
    world.change_ehr(archives=("images", "nowhere"))
    assert to_mend(world.run("sandbox")) == ("sandbox", "archives", EHR, "archives")


@pytest.mark.parametrize(
    ("instead", "step", "key"),
    [
        ({CONFIGURATION: NOT_FOUND, "/fhir/metadata": NOT_FOUND}, "discovery", "iss"),
        ({CONFIGURATION: HTML}, "discovery", "iss"),
        ({CONFIGURATION: (500, "", "text/plain")}, "discovery", "iss"),
        ({"/oauth/jwks": NOT_FOUND}, "keys", "scopes"),
        ({"/oauth/jwks": HTML}, "keys", "scopes"),
        ({"/oauth/jwks": (200, '{"keys": []}', "application/json")}, "keys", "scopes"),
        ({"/oauth/token": HTML}, "token", "iss"),
        ({"/oauth/token": NOT_FOUND}, "token", "iss"),
        ({"/oauth/token": (503, "", "text/plain")}, "token", "iss"),
        ({"/oauth/token": (200, "{}", "application/json")}, "token", "iss"),
        (
            {
                "/oauth/token": (
                    401,
                    '{"error": "invalid_client"}',
                    "application/json",
                )
            },
            "token",
            "client_id",
        ),
        ({"/fhir/metadata": HTML}, "FHIR", "iss"),
        ({"/fhir/metadata": (200, "{}", "application/json")}, "FHIR", "iss"),
    ],
)
def test_a_wrong_answer_of_the_ehr_names_step_and_key(world, instead, step, key):
    world.interference.instead = instead
    assert to_mend(world.run("sandbox")) == ("sandbox", step, EHR, key)


@pytest.mark.parametrize(
    ("path", "members", "step", "key"),
    [
        (
            CONFIGURATION,
            {"code_challenge_methods_supported": ["plain"]},
            "discovery",
            "iss",
        ),
        (
            CONFIGURATION,
            {"token_endpoint": "https://elsewhere.example/token"},
            "discovery",
            "allowed_hosts",
        ),
        (CONFIGURATION, {"token_endpoint": None}, "discovery", "iss"),
        (CONFIGURATION, {"capabilities": ["client-public"]}, "discovery", "iss"),
        (CONFIGURATION, {"jwks_uri": None}, "keys", "scopes"),
        ("/fhir/metadata", {"fhirVersion": "3.0.2"}, "FHIR", "iss"),
        ("/fhir/metadata", {"rest": []}, "FHIR", "iss"),
        (
            "/fhir/metadata",
            {"rest": [{"resource": [{"type": "Patient"}]}]},
            "FHIR",
            "scopes",
        ),
    ],
)
def test_a_wrong_word_of_the_ehr_names_step_and_key(world, path, members, step, key):
    world.interference.members = {path: members}
    assert to_mend(world.run("sandbox")) == ("sandbox", step, EHR, key)


def test_an_ehr_that_is_down_is_told_by_its_iss(world):
    world.change_ehr(iss=f"{nobody_there()}/fhir")
    steps = world.run("sandbox")
    assert to_mend(steps) == ("sandbox", "discovery", EHR, "iss")
    assert "token" not in verdicts(steps, "sandbox")  # not asked, so not judged


def test_an_iss_that_differs_by_a_slash_is_told_before_the_first_launch(world):
    world.change_ehr(iss=world.settings.ehrs[0].iss + "/")
    steps = world.run("sandbox")
    assert to_mend(steps) == ("sandbox", "authorize", EHR, "iss")
    assert verdicts(steps, "sandbox")["FHIR"] == "warn"  # the EHR has the last word
    assert {s.rule for s in steps if s.name == "FHIR"} == {"R1"}


def test_a_method_that_the_ehr_does_not_take_is_told(world):
    methods = {"token_endpoint_auth_methods_supported": ["private_key_jwt"]}
    world.interference.members = {CONFIGURATION: methods}
    world.change_ehr(client_auth="client_secret_basic")
    steps = world.run("sandbox")
    assert to_mend(steps) == ("sandbox", "client", EHR, "client_auth")


BASIC_ONLY = {"token_endpoint_auth_methods_supported": ["client_secret_basic"]}
WITHOUT_PUBLIC = {**BASIC_ONLY, "capabilities": ["launch-ehr"]}


@pytest.mark.parametrize(
    ("members", "verdict"),
    [
        ({"token_endpoint_auth_methods_supported": None}, "ok"),
        (BASIC_ONLY, "ok"),  # "client-public" is among its capabilities
        (WITHOUT_PUBLIC, "warn"),
    ],
)
def test_a_public_client_may_be_taken_without_being_listed(world, members, verdict):
    world.interference.members = {CONFIGURATION: members}
    assert verdicts(world.run("sandbox"), "sandbox")["client"] == verdict


def test_metadata_behind_a_token_is_no_failure(world):
    world.interference.instead = {"/fhir/metadata": (401, "", "text/plain")}
    assert verdicts(world.run("sandbox"), "sandbox")["FHIR"] == "warn"


def test_no_keys_are_needed_without_an_id_token(world):
    world.interference.members = {CONFIGURATION: {"jwks_uri": None}}
    world.change_ehr(scopes=("launch", "patient/Patient.r"), standalone_scopes=())
    assert verdicts(world.run("sandbox"), "sandbox")["keys"] == "ok"


def test_our_own_keys_are_checked_and_their_address_is_told(world):
    keys = SecretStr(json.dumps(ECKey.generate_key("P-384").as_dict(private=True)))
    world.change_ehr(client_auth="private_key_jwt", client_keys=keys)
    told = world.run("sandbox")[0].finding.answered
    assert f"{world.settings.public_url}/.well-known/jwks.json" in told
    world.change_ehr(client_keys=SecretStr("no-key-at-all"))
    steps = world.run("sandbox")
    name = "SMART_VIEWER_CLIENT_KEYS_SANDBOX"
    assert to_mend(steps) == ("sandbox", "registration", "the environment", name)
    assert "no-key-at-all" not in repr(steps)
