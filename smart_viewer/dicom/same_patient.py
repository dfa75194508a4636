"""Whether two instances of one study say that they are of one patient (H30)."""

from __future__ import annotations

from smart_viewer.dicom.identity import PatientIdentity


def same_patient(a: PatientIdentity, b: PatientIdentity) -> bool:
    """Whether nothing in the two identities contradicts.

    PatientID must agree, also where both are empty. Issuer and birth date must
    agree where both are given; the name only where no PatientID tells.
    """
    if a.patient_id != b.patient_id:
        return False
    pairs = [
        (a.issuer_of_patient_id, b.issuer_of_patient_id),
        (a.patient_birth_date, b.patient_birth_date),
    ]
    if not a.patient_id:
        pairs.append((a.patient_name, b.patient_name))
    return all(x == y or not x or not y for x, y in pairs)
