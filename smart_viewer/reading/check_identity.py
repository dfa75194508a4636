"""Could the identity gate compare what this archive tells with this EHR's patients?

The gate blocks what it cannot compare (launch.md 10.2): better seen here than at the
first launch. Nothing that identifies anybody is repeated. Pure.
"""

from __future__ import annotations

from smart_viewer.dicom.identity import PatientIdentity
from smart_viewer.reading.check_advice import ARCHIVES_FILE, ehr_file
from smart_viewer.reading.check_steps import Advice, Finding, fail, ok, warn
from smart_viewer.settings import EhrProfile

ASKED = "could the gate compare its patients with"


def identity_finding(
    profile: EhrProfile, archive_id: str, found: PatientIdentity
) -> Finding:
    """found: of one study of the archive, which stands for the others."""
    if not found.patient_id or found.assigned:
        text = "studies without PatientID are blocked; see that others have one"
        advice = Advice(ARCHIVES_FILE, f"[{archive_id}]", text)
        return warn("its study has no patient id", advice)
    unfit = _unfit_issuer(profile, archive_id, found)
    if unfit is not None:
        return unfit
    missing = [
        word
        for word, value in (
            ("birth date", found.patient_birth_date),
            ("name", found.patient_name),
        )
        if not value
    ]
    if missing:
        told = f"its study has no {' and no '.join(missing)}: shown with a warning"
        return warn(told if len(missing) == 1 else "too little to compare: blocked")
    return ok("patient id, issuer, birth date and name can be compared")


def _unfit_issuer(
    profile: EhrProfile, archive_id: str, found: PatientIdentity
) -> Finding | None:
    """A record number without its issuer is nobody's, unless there is one alone."""
    if profile.single_domain_pacs:
        return None
    key = "single_domain_pacs"
    if not found.issuer_of_patient_id:
        text = (
            "true, where all archives hold one domain of record numbers; else "
            f"issuer_of_patient_id in {ARCHIVES_FILE}: [{archive_id}]"
        )
        told = "its study does not say whose patient id it is: it would be blocked"
        return fail(told, Advice(ehr_file(profile), key, text))
    issuers = {system.issuer for system in profile.mrn_systems} - {""}
    if not issuers:
        text = f"the IssuerOfPatientID of {archive_id}'s studies, or {key} = true"
        told = "no system of record numbers is tied to an issuer: all would be blocked"
        return fail(told, Advice(ehr_file(profile), "[[mrn_systems]] issuer", text))
    if found.issuer_of_patient_id not in issuers:
        text = f"as {archive_id}'s studies spell it, unless this one is of others"
        told = "its study has another issuer than those of mrn_systems"
        return warn(told, Advice(ehr_file(profile), "[[mrn_systems]] issuer", text))
    return None
