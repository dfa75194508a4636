"""What is audited, and its FHIR R4 AuditEvent after IHE BALP 1.1 (launch.md R38).

A record holds who, which patient, which study, what, outcome; never a token, a
picture or free text: its fields are references, identifiers and stable words.
`open` follows BALP PatientRead and `query` PatientQuery; the others have DICOM's
event types (PS3.15 A.5). Each also carries our own word as a subtype. Where a token
was used, the user is as in BALP OAUTHaccessTokenUse.Opaque, but for one thing: that
records the end of the token, which of a short token is all of it; we a fingerprint.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias, get_args

Action = Literal[
    "launch",
    "refuse",
    "query",
    "open",
    "block",
    "override",
    "outside",
    "export",
    "logout",
]
Outcome = Literal["success", "failed", "refused"]
ACTIONS: tuple[Action, ...] = get_args(Action)
Json: TypeAlias = dict[str, Any]

ACTION_SYSTEM = "urn:uuid:6b1de3c1-4c55-5a2c-9c02-2d5a3c7d9a51"  # our own words
BALP = "https://profiles.ihe.net/ITI/BALP"
DCM = "http://dicom.nema.org/resources/ontology/DCM"
_HL7 = "http://terminology.hl7.org/CodeSystem"

_WORD = re.compile(r"[a-z0-9_]{0,64}")
LOGIN_NAME = re.compile(r"[A-Za-z0-9._@\\-]{1,64}")
_CORRELATION = re.compile(r"[A-Za-z0-9_-]{1,64}")
_REFERENCE = re.compile(
    r"(https?://[A-Za-z0-9._~:/%-]{1,400}/)?[A-Z][A-Za-z]{1,40}/[A-Za-z0-9._-]{1,128}"
)
_TOKEN = re.compile(r"ni:///sha-256;[A-Za-z0-9_-]{43}")
_UID = re.compile(r"[0-9.]{1,64}")

_OUTCOMES: dict[Outcome, str] = {"success": "0", "failed": "4", "refused": "8"}

_REST = (f"{_HL7}/audit-event-type", "rest", "RESTful Operation")
_ALERT = (DCM, "110113", "Security Alert")
_AUTHENTICATION = (DCM, "110114", "User Authentication")
_LOGIN = (DCM, "110122", "Login")

# action → event type, standard subtype, AuditEvent.action
_Code: TypeAlias = tuple[str, str, str]
_KINDS: dict[Action, tuple[_Code, _Code | None, str]] = {
    "launch": (_AUTHENTICATION, _LOGIN, "E"),
    "refuse": (_AUTHENTICATION, _LOGIN, "E"),
    "query": (
        _REST,
        ("http://hl7.org/fhir/restful-interaction", "search", "search"),
        "E",
    ),
    "open": (_REST, ("http://hl7.org/fhir/restful-interaction", "read", "read"), "R"),
    "block": (_ALERT, None, "E"),
    "override": (_ALERT, None, "E"),
    "outside": (_ALERT, None, "E"),
    "export": ((DCM, "110106", "Export"), None, "R"),
    "logout": (_AUTHENTICATION, (DCM, "110123", "Logout"), "E"),
}
_PROFILES: dict[Action, str] = {
    "open": f"{BALP}/StructureDefinition/IHE.BasicAudit.PatientRead",
    "query": f"{BALP}/StructureDefinition/IHE.BasicAudit.PatientQuery",
}
_TOKEN_USE = f"{BALP}/StructureDefinition/IHE.BasicAudit.OAUTHaccessTokenUse.Opaque"


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One audited act.

    user: fhirUser; patient: FHIR reference (`Patient/1`); client: OAuth client_id;
    ehr_id: id of the EHR's profile; reason: a stable word (`birth_date_differs`);
    recorded: with time zone; token: `token_name` of the access token that the act is
    done with; administrator: the login name of who did it on the server. None: not
    known at that point. ValueError where a field that our own code writes is not of
    its kind.
    """

    action: Action
    outcome: Outcome
    recorded: datetime
    correlation_id: str
    user: str | None = None
    patient: str | None = None
    study_instance_uid: str | None = None
    client: str | None = None
    ehr_id: str | None = None
    reason: str = ""
    token: str | None = None
    administrator: str | None = None

    def __post_init__(self) -> None:
        if self.action not in ACTIONS or self.outcome not in _OUTCOMES:
            raise ValueError("an audit record has an action and outcome of the lists")
        if not _WORD.fullmatch(self.reason):
            raise ValueError("an audit reason is a word in lower case, not a text")
        if not _CORRELATION.fullmatch(self.correlation_id):
            raise ValueError("a correlation id has 1 to 64 letters, digits, - or _")
        if self.token and not _TOKEN.fullmatch(self.token):
            raise ValueError("an audit record holds a token's fingerprint at most")
        if self.administrator and not LOGIN_NAME.fullmatch(self.administrator):
            raise ValueError("an audit record names an administrator by a login name")
        if self.recorded.tzinfo is None:
            raise ValueError("the time of an audit record needs its zone")


@dataclass(frozen=True, slots=True)
class AuditSite:
    """Where the events are made: our public URL, and each EHR's `iss` by its id."""

    public_url: str
    ehr_urls: Mapping[str, str] = field(default_factory=dict)


def token_name(access_token: str) -> str:
    """What stands for a token in the trail: the URI of its SHA-256 (RFC 6920)."""
    digest = hashlib.sha256(access_token.encode()).digest()
    return f"ni:///sha-256;{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def audit_event(record: AuditRecord, site: AuditSite) -> Json:
    """The record as a FHIR R4 AuditEvent; BALP's profile is claimed where it is met."""
    kind, subtype, action = _KINDS[record.action]
    own = _coding(ACTION_SYSTEM, record.action, record.action)
    event: Json = {
        "resourceType": "AuditEvent",
        "type": _coding(*kind),
        "subtype": ([_coding(*subtype)] if subtype else []) + [own],
        "action": action,
        "recorded": record.recorded.astimezone(UTC).isoformat(timespec="milliseconds"),
        "outcome": _OUTCOMES[record.outcome],
        "agent": _agents(record, site),
        "source": _source(site),
        "entity": _entities(record),
    }
    if record.reason:
        event["outcomeDesc"] = record.reason
    profiles = [_PROFILES[record.action]] if _meets_profile(record, site) else []
    if record.user and record.token:
        profiles.append(_TOKEN_USE)
    if profiles:
        event["meta"] = {"profile": profiles}
    return event


def _meets_profile(record: AuditRecord, site: AuditSite) -> bool:
    # BALP's Read and Query are for success, and need patient, client, server, network.
    known = record.patient and record.client and record.ehr_id in site.ehr_urls
    what = record.study_instance_uid or record.action == "query"
    success = record.outcome == "success" and record.action in _PROFILES
    return bool(success and known and what)


def _agents(record: AuditRecord, site: AuditSite) -> list[Json]:
    # A query flows from client to server, a read from server to client: the source
    # of what flows has the Source role (BALP 1.1, Query and Read).
    source = (DCM, "110153", "Source Role ID")
    destination = (DCM, "110152", "Destination Role ID")
    reads = record.action in {"open", "export"}
    client, server = (destination, source) if reads else (source, destination)
    agents = [_user(record.user, record.token)] if record.user else []
    if record.administrator:
        agents.append(_administrator(record.administrator))
    agents.append(_machine(client, record.client or "unknown", site.public_url))
    if record.ehr_id:
        url = site.ehr_urls.get(record.ehr_id)
        agents.append(_machine(server, record.ehr_id, url))
    return agents


def _user(user: str, token: str | None) -> Json:
    recipient = (f"{_HL7}/v3-ParticipationType", "IRCP", "information recipient")
    kind = _concept(*recipient)
    if not token:
        return {"type": kind, "who": _who(user), "requestor": True}
    system = f"{BALP}/CodeSystem/UserAgentTypes"
    oauth = _coding(system, "UserOauthAgent", "User OAuth Agent participant")
    kind["coding"].append(oauth)
    return {"type": kind, "who": _who(user), "requestor": True, "policy": [token]}


def _administrator(login: str) -> Json:
    human = (f"{_HL7}/extra-security-role-type", "humanuser", "human user")
    return {
        "type": _concept(*human),
        "who": {"identifier": {"value": login}},
        "requestor": True,
    }


def _machine(role: _Code, name: str, url: str | None) -> Json:
    agent: Json = {
        "type": _concept(*role),
        "who": {"identifier": {"value": name}},
        "requestor": False,
    }
    if url:
        agent["network"] = {"address": url, "type": "5"}  # 5: a URI
    return agent


def _source(site: AuditSite) -> Json:
    server = (f"{_HL7}/security-source-type", "4", "Application Server")
    return {
        "site": site.public_url,
        "observer": {"display": "Smart Viewer"},
        "type": [_coding(*server)],
    }


def _entities(record: AuditRecord) -> list[Json]:
    transaction = (
        f"{BALP}/CodeSystem/BasicAuditEntityType",
        "XrequestId",
        "XrequestId",
    )
    entities: list[Json] = [
        {
            "type": _coding(*transaction),
            "what": {"identifier": {"value": record.correlation_id}},
        }
    ]
    if record.patient:
        entities.append(_entity("1", "Person", ("1", "Patient"), _who(record.patient)))
    if record.action == "query":
        entities.append(_query(record))
    elif record.study_instance_uid:
        study = _study(record.study_instance_uid)
        entities.append(_entity("2", "System Object", ("4", "Domain Resource"), study))
    return entities


def _entity(code: str, display: str, role: tuple[str, str], what: Json) -> Json:
    return {
        "type": _coding(f"{_HL7}/audit-entity-type", code, display),
        "role": _coding(f"{_HL7}/object-role", *role),
        "what": what,
    }


def _query(record: AuditRecord) -> Json:
    """BALP's query entity: what the search was limited to, rebuilt from the record."""
    limits = {"patient": record.patient, "study": record.study_instance_uid}
    text = "&".join(f"{key}={_safe(value)}" for key, value in limits.items() if value)
    return {
        "type": _coding(f"{_HL7}/audit-entity-type", "2", "System Object"),
        "role": _coding(f"{_HL7}/object-role", "24", "Query"),
        "query": base64.b64encode(f"ImagingStudy?{text}".encode()).decode(),
    }


def _study(uid: str) -> Json:
    if not _UID.fullmatch(uid):
        return {"identifier": {"value": _fingerprint(uid)}}
    return {"identifier": {"system": "urn:dicom:uid", "value": f"urn:oid:{uid}"}}


def _who(reference: str) -> Json:
    """A FHIR reference; what is not shaped like one is recorded by fingerprint only."""
    if _REFERENCE.fullmatch(reference):
        return {"reference": reference}
    return {"identifier": {"value": _fingerprint(reference)}}


def _safe(value: str) -> str:
    fits = _REFERENCE.fullmatch(value) or _UID.fullmatch(value)
    return value if fits else _fingerprint(value)


def _fingerprint(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _coding(system: str, code: str, display: str) -> Json:
    return {"system": system, "code": code, "display": display}


def _concept(system: str, code: str, display: str) -> Json:
    return {"coding": [_coding(system, code, display)]}
