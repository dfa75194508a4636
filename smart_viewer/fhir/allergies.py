"""AllergyIntolerance: what the banner warns of (R4; tolerant, R19).

No part of the resolution: it stands in no trace, and its failure ends nothing.
"""

from __future__ import annotations

from smart_viewer.fhir.desk import Desk, Pending
from smart_viewer.fhir.json_reading import (
    Resource,
    codings_of,
    label_of,
    object_of,
    objects_of,
    text_of,
)
from smart_viewer.fhir.nouns import Allergy

KIND = "AllergyIntolerance"
_PATIENCE_S = 1.0
_PAST = frozenset({"inactive", "resolved"})
_WITHDRAWN = frozenset({"refuted", "entered-in-error"})
_SNOMED = "http://snomed.info/sct"
# "No known allergy", of drugs, food, the environment: statements, not allergies.
_NONE_KNOWN = frozenset(
    (_SNOMED, code) for code in ("716186003", "409137002", "429625007", "428607008")
)


def ask_allergies(desk: Desk) -> Pending:
    """Ask for the patient's, where the scopes cover it."""
    return desk.search(KIND, {}, f"{KIND} of the patient")


def take_allergies(desk: Desk, pending: Pending) -> tuple[Allergy, ...] | None:
    """Those of high criticality first; None where the EHR was not asked or is silent.

    Empty: the EHR answered and lists none that holds. What is not there when the
    resolution is done is waited for a moment only: no launch is late for it.
    """
    if pending.future is None:
        return None
    try:
        reply = pending.future.result(_PATIENCE_S)
    except TimeoutError:
        return None
    if reply.failure is not None:
        return None
    own = [r for r in reply.resources if r.get("resourceType") == KIND]
    found = [a for r in own if desk.is_own(r) for a in read_allergy(r)]
    return tuple(sorted(dict.fromkeys(found), key=lambda one: not one.high))


def read_allergy(resource: Resource) -> tuple[Allergy, ...]:
    """One that holds, or nothing. Where the status is not told it holds."""
    if _status(resource, "clinicalStatus") & _PAST:
        return ()
    if _status(resource, "verificationStatus") & _WITHDRAWN:
        return ()
    code = resource.get("code")
    if any(coding[:2] in _NONE_KNOWN for coding in codings_of(code)):
        return ()
    substances = (
        label_of(one.get("substance")) for one in objects_of(resource.get("reaction"))
    )
    text = label_of(code) or next(filter(None, substances), "")
    high = text_of(resource.get("criticality")) == "high"
    return (Allergy(text, high),)


def _status(resource: Resource, element: str) -> frozenset[str]:
    concept = object_of(resource.get(element))
    return frozenset(code for _, code, _ in codings_of(concept))
