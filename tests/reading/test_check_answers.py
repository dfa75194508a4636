"""`check` tells the server's answer, the requirement it breaks, the line (R45)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from check_world import CheckWorld, check_world, to_mend, verdicts, write_images

from smart_viewer.cli_check import as_json, as_text
from smart_viewer.dicom.identity import PatientIdentity
from smart_viewer.errors import LaunchRefused, RequestForbidden
from smart_viewer.net.answer import Answer
from smart_viewer.reading.check_ear import Ear
from smart_viewer.reading.check_identity import identity_finding
from smart_viewer.reading.check_rules import RULES, rule_of
from smart_viewer.reading.check_steps import Step, first_to_mend
from smart_viewer.sandbox.faults import Faults
from smart_viewer.settings import IdentifierSystem

CONFIGURATION = "/fhir/.well-known/smart-configuration"
EHR = "sandbox.toml"
JSON, HTML = "application/json", "text/html"
pytestmark = pytest.mark.requirement("R45")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[CheckWorld]:
    folder = tmp_path / "dicom"
    folder.mkdir()
    write_images(folder)
    with check_world(tmp_path, folder) as made:
        yield made


def switches(world: CheckWorld) -> Faults:
    return world.ehr.extensions["sandbox_faults"]


def mended(steps: tuple[Step, ...]) -> Step:
    first = first_to_mend(steps)
    assert first is not None
    return first


def test_every_step_names_a_requirement_that_it_explains(world):
    steps = world.run()
    assert {step.rule for step in steps} <= set(RULES)
    document = json.loads(as_json(steps))
    assert all(step["rule"] for step in document["steps"])
    asked = {s.name for s in steps if s.heard}
    assert {"discovery", "authorize", "keys", "token", "FHIR", "study"} <= asked
    assert {s.heard for s in steps if s.name == "registration"} == {""}


@pytest.mark.parametrize(
    ("instead", "step", "rule", "heard"),
    [
        (
            {CONFIGURATION: (200, "<html><title>Sign\n in</title>", HTML)},
            "discovery",
            "R2",
            "HTTP 200 text/html, 29 bytes: a page, “Sign in”",
        ),
        ({CONFIGURATION: (500, "", "text/plain")}, "discovery", "R2", "HTTP 500"),
        ({"/oauth/jwks": (404, "", "text/plain")}, "keys", "R8", "HTTP 404"),
        (
            {"/oauth/token": (401, '{"error": "invalid_client"}', JSON)},
            "token",
            "R7",
            "HTTP 401 application/json, 27 bytes: invalid_client",
        ),
        ({"/oauth/authorize": (503, "", HTML)}, "authorize", "R4", "HTTP 503"),
        (
            {
                "/fhir/metadata": (
                    500,
                    '{"resourceType": "OperationOutcome", "issue": [{"code": '
                    '"exception", "diagnostics": "token=s3cret of Patient/77"}]}',
                    "application/fhir+json",
                )
            },
            "FHIR",
            "R15",
            "HTTP 500 application/fhir+json, ",
        ),
    ],
)
def test_the_answer_and_the_rule_are_told(world, instead, step, rule, heard):
    world.interference.instead = instead
    steps = world.run("sandbox")
    first = mended(steps)
    assert (first.name, first.rule) == (step, rule)
    assert first.heard.startswith(heard)
    assert "s3cret" not in first.heard
    assert "77" not in first.heard
    told = as_text(steps)
    assert (
        f"\nThe server answered {first.heard}\nBreaks {rule}: {RULES[rule]}\n" in told
    )


@pytest.mark.parametrize(
    ("members", "rule"),
    [
        ({"code_challenge_methods_supported": ["plain"]}, "R3"),
        ({"token_endpoint": "https://elsewhere.example/token"}, "R18"),
        ({"token_endpoint": None}, "R2"),
    ],
)
def test_the_rule_follows_the_reason(world, members, rule):
    world.interference.members = {CONFIGURATION: members}
    assert mended(world.run("sandbox")).rule == rule


def test_of_an_archive_no_word_is_quoted(world):
    world.faults.status = 403
    first = mended(world.run())
    assert (first.name, first.rule) == ("study", "R16")
    assert re.fullmatch(r"HTTP 403( [a-z+./-]+)?, \d+ bytes", first.heard)


@pytest.mark.parametrize(
    ("error", "step", "rule"),
    [
        (RequestForbidden("x"), "discovery", "R1"),
        (LaunchRefused("x", "pkce_without_s256"), "discovery", "R3"),
        (LaunchRefused("x", "discovery_incomplete"), "discovery", "R2"),
        (None, "IssuerOfPatientID", "R23"),
        (None, "AccessionNumber", "R16"),
    ],
)
def test_every_error_has_its_rule(error, step, rule):
    assert rule_of(step, error) == rule


@pytest.mark.requirement("R4")
@pytest.mark.parametrize(
    ("error", "key", "rule"),
    [
        ("unauthorized_client", "client_id", "R4"),
        ("invalid_scope", "scopes", "R10"),
        ("unsupported_response_type", "iss", "R4"),
    ],
)
def test_how_the_ehr_refuses_tells_the_line(world, error, key, rule):
    switches(world).auth_error = error
    steps = world.run("sandbox")
    assert to_mend(steps) == ("sandbox", "authorize", EHR, key)
    assert mended(steps).rule == rule


@pytest.mark.requirement("R4")
def test_another_aud_than_the_ehr_wants_is_told_in_its_words(world):
    world.change_ehr(aud_override="https://another.example")
    steps = world.run("sandbox")
    assert to_mend(steps) == ("sandbox", "authorize", EHR, "aud_override")
    assert "byte for byte" in mended(steps).finding.answered


@pytest.mark.requirement("R4")
def test_a_client_that_is_not_registered_is_seen_before_the_token(world):
    world.change_ehr(client_id="nobody")
    steps = world.run("sandbox")
    assert verdicts(steps, "sandbox")["authorize"] == "warn"
    assert to_mend(steps) == ("sandbox", "token", EHR, "client_id")


@pytest.mark.parametrize(
    ("status", "body"), [(200, "<title>Sign in</title>"), (302, "")]
)
def test_a_sign_in_is_no_failure(world, status, body):
    world.interference.instead = {"/oauth/authorize": (status, body, HTML)}
    assert verdicts(world.run("sandbox"), "sandbox")["authorize"] == "ok"


def test_no_launch_is_kept_by_what_was_asked(world):
    world.run("sandbox")
    assert not (world.settings.state_folder / "state.sqlite").exists()


@pytest.mark.requirement("R10")
@pytest.mark.parametrize(
    ("capabilities", "scopes", "verdict"),
    [
        (["launch-ehr", "permission-v1"], ("launch", "patient/Patient.rs"), "FAIL"),
        (["launch-ehr", "permission-v2"], ("launch", "patient/Patient.read"), "FAIL"),
        (["launch-ehr", "permission-v1"], ("launch", "patient/Patient.read"), "ok"),
        (["launch-ehr"], ("launch", "patient/Patient.rs"), "ok"),
        (["launch-ehr"], ("patient/Patient.rs",), "FAIL"),
        (["launch-ehr"], ("launch", "patient/Patient.sr"), "FAIL"),
        (["launch-ehr"], ("launch", "patient/Patient.rs?status=final"), "ok"),
        (["launch-ehr"], ("launch", "unheard_of", "patient/Patient.rs"), "warn"),
    ],
)
def test_scopes_that_do_not_suit_are_told(world, capabilities, scopes, verdict):
    world.interference.members = {CONFIGURATION: {"capabilities": capabilities}}
    world.change_ehr(scopes=scopes, standalone_scopes=())
    steps = world.run("sandbox")
    assert verdicts(steps, "sandbox")["scopes"] == verdict
    if verdict != "ok":
        step = next(step for step in steps if step.name == "scopes")
        assert step.finding.advice is not None
        assert (step.rule, step.finding.advice.key) == ("R10", "scopes")


FULL = PatientIdentity("1", "HOSPITAL", "A^B", "19470613", "O")
TIED = (IdentifierSystem(type_code="MR", issuer="HOSPITAL"),)


@pytest.mark.requirement("R25")
@pytest.mark.parametrize(
    ("changes", "found", "verdict", "key"),
    [
        ({}, FULL, "FAIL", "[[mrn_systems]] issuer"),
        ({"mrn_systems": TIED}, FULL, "ok", None),
        ({"single_domain_pacs": True}, FULL, "ok", None),
        (
            {"mrn_systems": TIED},
            PatientIdentity("1", "OTHER", "A^B", "19470613"),
            "warn",
            "[[mrn_systems]] issuer",
        ),
        (
            {"mrn_systems": TIED},
            PatientIdentity("1", "", "A^B", "19470613"),
            "FAIL",
            "single_domain_pacs",
        ),
        ({}, PatientIdentity("", "HOSPITAL"), "warn", "[pacs]"),
        ({}, PatientIdentity("1", "HOSPITAL", assigned=True), "warn", "[pacs]"),
        (
            {"single_domain_pacs": True},
            PatientIdentity("1", "", "A^B", ""),
            "warn",
            None,
        ),
        ({"single_domain_pacs": True}, PatientIdentity("1"), "warn", None),
    ],
)
def test_what_the_gate_could_not_compare_is_told(world, changes, found, verdict, key):
    profile = world.settings.ehrs[0].model_copy(
        update={"single_domain_pacs": False, "mrn_systems": (), **changes}
    )
    finding = identity_finding(profile, "pacs", found)
    assert finding.verdict == verdict
    assert (finding.advice.key if finding.advice else None) == key
    assert "A^B" not in finding.answered


@pytest.mark.requirement("R25")
def test_an_archive_that_the_gate_would_block_is_seen_before_the_first_launch(world):
    world.change_ehr(single_domain_pacs=False)
    steps = world.run("sandbox")
    assert to_mend(steps) == ("images", "identity", EHR, "[[mrn_systems]] issuer")
    assert mended(steps).rule == "R25"


@pytest.mark.requirement("R37")
@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"content-type": JSON}, b'{"error": "x", "error_description": "of s3cret"}'),
        ({"content-type": HTML}, b"<title>s3cret</title>"),
        ({"content-type": JSON}, b'{"error": {"s3cret": 1}}'),
        ({"content-type": JSON}, b'{"error": "s3cret'),
        ({"content-type": JSON}, b'["s3cret"]'),
        ({"content-type": "s3cret"}, b"s3cret"),
        ({}, b"\xff\xfe s3cret"),
        ({"content-type": JSON}, b'{"issue": [{"details": "s3cret"}], "s3cret": 2}'),
        ({"content-type": JSON}, b'{"error": "' + b"s3cret" * 2000 + b'"}'),
    ],
)
def test_our_secrets_are_struck_out_of_what_a_server_says(headers, body):
    ear = Ear(("s3cret",))
    ear.hear(Answer(400, headers, body))
    told: Any = ear.told(quotes=True)
    assert told.startswith("HTTP 400")
    assert "s3cret" not in told
    assert len(told) < 300
    ear.forget()
    assert ear.told(quotes=True) == ""
