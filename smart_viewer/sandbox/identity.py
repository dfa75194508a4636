"""Who the sample studies are of, and under which numbers (all of it made up).

The archive's side of the truth: these values stand in the DICOM headers. UIDs are
derived from names with uuid5 under 2.25 (PS3.5 B.2), so every build has the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

ISSUER_OF_PATIENT_ID = "SMART-VIEWER-SANDBOX"
MRN_SYSTEM_OID = "2.999.1.1"
ACCESSION_SYSTEM_OID = "2.999.1.2"

_NAMESPACE = UUID("6f1c2f5e-6a4c-5d0b-9a53-0b1f2c9d7e41")


@dataclass(frozen=True, slots=True)
class SampleIdentity:
    """What the headers of one sample study say about patient, order and study.

    patient_name: PN, Family^Given. birth_date, study_date: DA (YYYYMMDD).
    sex: M, F or O (PS3.3 C.7.1.1).
    """

    patient_id: str
    patient_name: str
    birth_date: str
    sex: str
    accession_number: str
    study_instance_uid: str
    study_date: str
    study_description: str


def uid_of(name: str) -> str:
    """The UID under 2.25 that `name` always gets (PS3.5 B.2)."""
    return f"2.25.{uuid5(_NAMESPACE, name).int}"


CHEST_PATIENT = SampleIdentity(
    patient_id="SBX-0001",
    patient_name="Sandbox^Chest",
    birth_date="19580412",
    sex="M",
    accession_number="SBXA0001",
    study_instance_uid=uid_of("chest/study"),
    study_date="20240305",
    study_description="CT CHEST WITH CONTRAST",
)

OTHER_BIRTH_DATE_PATIENT = SampleIdentity(
    patient_id="SBX-0002",
    patient_name="Sandbox^Mismatch",
    birth_date="19710923",
    sex="F",
    accession_number="SBXA0002",
    study_instance_uid=uid_of("mismatch/study"),
    study_date="20240306",
    study_description="CT CHEST WITH CONTRAST",
)

EHR_BIRTH_DATE_OF_OTHER = "19710929"
"""The birth date (DA) that the EHR holds for the second patient: six days later."""
