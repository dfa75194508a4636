"""Who an image says it is of (PS3.3 C.7.1.1, Patient Module)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PatientIdentity:
    """The identifying part of a study's Patient Module, as the archive gave it.

    patient_id: PatientID (0010,0020), stripped; empty where the archive has none.
    issuer_of_patient_id: IssuerOfPatientID (0010,0021), empty where absent.
    patient_name: the PN string with its components and groups, empty where absent.
    patient_birth_date: DA (YYYYMMDD) or shorter where partial, empty where absent.
    patient_sex: M, F, O or empty.
    assigned: the folder archive made `patient_id` up because the file had none.
    """

    patient_id: str
    issuer_of_patient_id: str = ""
    patient_name: str = ""
    patient_birth_date: str = ""
    patient_sex: str = ""
    assigned: bool = False
