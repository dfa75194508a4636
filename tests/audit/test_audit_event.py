"""AuditEvents (launch.md R38).

Oracles: fhirclient's model of FHIR R4 AuditEvent, and IHE BALP 1.1 Read and Query
(ITI.BasicAudit, PatientRead.fsh and PatientQuery.fsh) written out by hand below.
"""

import base64
import hashlib
import json
from datetime import datetime

import pytest
from audit_children import SITE, a_record
from fhirclient.models.auditevent import AuditEvent

from smart_viewer.audit.event import ACTIONS, audit_event, token_name

DCM = "http://dicom.nema.org/resources/ontology/DCM"
PROFILE = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit."


def _codes(codings):
    return [(coding["system"], coding["code"]) for coding in codings]


def _agents(event):
    return {agent["type"]["coding"][0]["code"]: agent for agent in event["agent"]}


def _entities(event):
    roles = [entity.get("role", {}).get("display", "-") for entity in event["entity"]]
    return dict(zip(roles, event["entity"], strict=True))


def test_the_actions_are_those_of_the_requirement():
    assert set(ACTIONS) == {
        "launch",
        "query",
        "open",
        "block",
        "override",
        "export",
        "logout",
        "refuse",
        "outside",
    }


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("outcome", ["success", "failed", "refused"])
@pytest.mark.requirement("R38")
def test_every_event_is_valid_fhir(action, outcome):
    event = audit_event(a_record(action=action, outcome=outcome, reason="word"), SITE)

    assert AuditEvent(event, strict=True).as_json() == event
    words = [coding["code"] for coding in event["subtype"]]
    assert words[-1] == action


@pytest.mark.parametrize("action", ACTIONS)
def test_an_event_about_which_nothing_is_known_yet_is_valid_fhir(action):
    unknown = dict.fromkeys(("user", "patient", "study_instance_uid", "client"))

    event = audit_event(a_record(action=action, ehr_id=None, **unknown), SITE)

    assert AuditEvent(event, strict=True).as_json() == event
    assert "meta" not in event


@pytest.mark.requirement("R38")
def test_an_opened_study_follows_balp_patient_read():
    event = audit_event(a_record(), SITE)

    assert event["meta"]["profile"] == [PROFILE + "PatientRead"]
    rest = "http://terminology.hl7.org/CodeSystem/audit-event-type"
    assert _codes([event["type"]]) == [(rest, "rest")]
    read = ("http://hl7.org/fhir/restful-interaction", "read")
    assert read in _codes(event["subtype"])
    assert (event["action"], event["outcome"]) == ("R", "0")
    assert event["recorded"] == "2026-11-22T15:30:01.250+00:00"
    agents = _agents(event)
    client, server, user = agents["110152"], agents["110153"], agents["IRCP"]
    assert client["who"]["identifier"]["value"] == "smart-viewer"
    assert client["network"] == {"address": "https://viewer.example", "type": "5"}
    assert server["who"]["identifier"]["value"] == "sandbox"
    assert server["network"] == {"address": "https://ehr.example/fhir", "type": "5"}
    assert user["who"]["reference"] == "https://ehr.example/fhir/Practitioner/7"
    assert [one["requestor"] for one in (client, server, user)] == [False, False, True]
    entities = _entities(event)
    assert entities["Patient"]["type"]["code"] == "1"
    assert entities["Patient"]["role"]["code"] == "1"
    assert entities["Patient"]["what"] == {"reference": "Patient/77"}
    study = entities["Domain Resource"]
    assert (study["type"]["code"], study["role"]["code"]) == ("2", "4")
    identifier = {"system": "urn:dicom:uid", "value": "urn:oid:2.999.3.1"}
    assert study["what"]["identifier"] == identifier
    request = entities["-"]
    assert request["type"]["code"] == "XrequestId"
    assert request["what"]["identifier"]["value"] == "c0ffee-1"


@pytest.mark.requirement("R38")
def test_a_query_follows_balp_patient_query():
    event = audit_event(a_record(action="query", study_instance_uid=None), SITE)

    assert event["meta"]["profile"] == [PROFILE + "PatientQuery"]
    search = ("http://hl7.org/fhir/restful-interaction", "search")
    assert search in _codes(event["subtype"])
    assert (event["action"], event["outcome"]) == ("E", "0")
    agents = _agents(event)  # the other way round than in a read
    assert agents["110153"]["who"]["identifier"]["value"] == "smart-viewer"
    assert agents["110152"]["who"]["identifier"]["value"] == "sandbox"
    entities = _entities(event)
    assert entities["Patient"]["what"] == {"reference": "Patient/77"}
    query = entities["Query"]
    assert (query["type"]["code"], query["role"]["code"]) == ("2", "24")
    assert not {"what", "lifecycle", "detail", "name"} & set(query)
    assert base64.b64decode(query["query"]) == b"ImagingStudy?patient=Patient/77"


@pytest.mark.requirement("R38")
def test_a_token_is_named_by_its_hash_as_in_balp_opaque_token_use():
    token = "a-token-of-forty-characters-or-so-it-says"

    event = audit_event(a_record(token=token_name(token)), SITE)

    assert AuditEvent(event, strict=True).as_json() == event
    opaque = PROFILE + "OAUTHaccessTokenUse.Opaque"
    assert event["meta"]["profile"] == [PROFILE + "PatientRead", opaque]
    user = _agents(event)["IRCP"]
    types = "https://profiles.ihe.net/ITI/BALP/CodeSystem/UserAgentTypes"
    assert (types, "UserOauthAgent") in _codes(user["type"]["coding"])
    assert user["requestor"] is True
    hashed = base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest())
    assert user["policy"] == ["ni:///sha-256;" + hashed.decode().rstrip("=")]
    assert token[-32:] not in json.dumps(event)


def test_an_administrator_is_an_agent_of_their_own():
    event = audit_event(a_record(action="override", administrator="it.admin"), SITE)

    assert AuditEvent(event, strict=True).as_json() == event
    human = _agents(event)["humanuser"]
    assert human["who"] == {"identifier": {"value": "it.admin"}}
    assert human["requestor"] is True


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": "failed"},
        {"patient": None},
        {"client": None},
        {"ehr_id": None},
        {"ehr_id": "not_of_this_site"},
        {"study_instance_uid": None},
    ],
)
def test_a_profile_is_not_claimed_where_it_is_not_met(change):
    assert "meta" not in audit_event(a_record(**change), SITE)


@pytest.mark.parametrize(
    ("action", "code", "subtype"),
    [
        ("launch", "110114", (DCM, "110122")),
        ("refuse", "110114", (DCM, "110122")),
        ("logout", "110114", (DCM, "110123")),
        ("block", "110113", None),
        ("override", "110113", None),
        ("outside", "110113", None),
        ("export", "110106", None),
    ],
)
def test_other_acts_carry_dicoms_event_types(action, code, subtype):
    event = audit_event(a_record(action=action), SITE)

    assert _codes([event["type"]]) == [(DCM, code)]
    standard = _codes(event["subtype"])[:-1]
    assert standard == ([subtype] if subtype else [])


@pytest.mark.parametrize(
    ("outcome", "code"), [("success", "0"), ("failed", "4"), ("refused", "8")]
)
def test_outcomes_have_fhirs_codes_and_the_reason_is_a_word(outcome, code):
    event = audit_event(a_record(outcome=outcome, reason="birth_date_differs"), SITE)

    assert (event["outcome"], event["outcomeDesc"]) == (code, "birth_date_differs")


@pytest.mark.parametrize("field", ["user", "patient", "study_instance_uid"])
@pytest.mark.parametrize("action", ["open", "query"])
def test_what_is_no_reference_or_uid_is_recorded_by_fingerprint_only(field, action):
    text = "Jane Doe, born 1970"

    event = audit_event(a_record(action=action, **{field: text}), SITE)

    assert AuditEvent(event, strict=True).as_json() == event
    shown = json.dumps(event)
    queries = [entity.get("query", "") for entity in event["entity"]]
    shown += "".join(base64.b64decode(query).decode() for query in queries)
    assert "Jane" not in shown
    assert hashlib.sha256(text.encode()).hexdigest() in shown


@pytest.mark.parametrize(
    "change",
    [
        {"reason": "The patient said so."},
        {"reason": "w" * 65},
        {"correlation_id": ""},
        {"correlation_id": "with space"},
        {"action": "peek"},
        {"outcome": "maybe"},
        {"recorded": datetime(2026, 11, 22)},  # no zone, on purpose
        {"token": "the token itself"},
        {"administrator": "two words"},
    ],
)
def test_a_record_that_our_code_would_write_wrongly_cannot_be_made(change):
    with pytest.raises(ValueError, match="audit|correlation"):
        a_record(**change)
