"""Who the sample studies are of, and under which numbers (all of it made up).

The archive's side of the truth: these values stand in the DICOM headers. UIDs are
derived from names with uuid5 under 2.25 (PS3.5 B.2), so every build has the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID, uuid5

ISSUER_OF_PATIENT_ID = "SMART-VIEWER-SANDBOX"
MRN_SYSTEM_OID = "2.999.1.1"
ACCESSION_SYSTEM_OID = "2.999.1.2"
OTHER_ISSUER_OF_PATIENT_ID = "SANDBOX-CLINIC"
OTHER_MRN_SYSTEM_OID = "2.999.1.11"
"""A second place that numbers patients; one patient has numbers of both."""

_NAMESPACE = UUID("6f1c2f5e-6a4c-5d0b-9a53-0b1f2c9d7e41")


@dataclass(frozen=True, slots=True)
class SampleIdentity:
    """What the headers of one sample study say about patient, order and study.

    patient_name: PN, Family^Given, with further component groups where it is written
    in several scripts (then SpecificCharacterSet must be `character_set`).
    birth_date, study_date: DA (YYYYMMDD). sex: M, F or O (PS3.3 C.7.1.1).
    issuer_of_patient_id, mrn_system_oid: whose number `patient_id` is.
    """

    patient_id: str
    patient_name: str
    birth_date: str
    sex: str
    accession_number: str
    study_instance_uid: str
    study_date: str
    study_description: str
    issuer_of_patient_id: str = ISSUER_OF_PATIENT_ID
    mrn_system_oid: str = MRN_SYSTEM_OID

    @property
    def character_set(self) -> str:
        """SpecificCharacterSet that can write the name (PS3.3 C.12.1.1.2)."""
        return "ISO_IR 100" if self.patient_name.isascii() else "ISO_IR 192"


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

CHEST_PRIOR = replace(
    CHEST_PATIENT,
    accession_number="SBXA0101",
    study_instance_uid=uid_of("chest_prior/study"),
    study_date="20230103",
    study_description="CT CHEST WITH CONTRAST",
)
"""Fourteen months before the chest, on another scanner."""

HEAD_PATIENT = SampleIdentity(
    patient_id="SBX-0004",
    patient_name="Sandbox^Head=砂箱^頭=すなばこ^あたま",
    birth_date="19490817",
    sex="M",
    accession_number="SBXA0004",
    study_instance_uid=uid_of("head/study"),
    study_date="20240308",
    study_description="CT HEAD WITHOUT CONTRAST",
)
"""The one whose name stands in three scripts (alphabetic, ideographic, phonetic)."""

BRAIN_PATIENT = SampleIdentity(
    patient_id="SBX-0005",
    patient_name="Sandbox^Brain",
    birth_date="19830226",
    sex="F",
    accession_number="SBXA0005",
    study_instance_uid=uid_of("brain/study"),
    study_date="20240311",
    study_description="MR BRAIN WITH AND WITHOUT CONTRAST",
)

RADIOGRAPH_PATIENT = SampleIdentity(
    patient_id="SBX-0006",
    patient_name="Sandbox^Radiograph",
    birth_date="19660705",
    sex="M",
    accession_number="SBXA0006",
    study_instance_uid=uid_of("radiograph/study"),
    study_date="20240312",
    study_description="XR CHEST PA AND LATERAL",
)

RADIOGRAPH_PRIOR_1 = replace(
    RADIOGRAPH_PATIENT,
    accession_number="SBXA0106",
    study_instance_uid=uid_of("radiograph_prior_1/study"),
    study_date="20231002",
)
"""Five months before the radiograph."""

RADIOGRAPH_PRIOR_2 = replace(
    RADIOGRAPH_PATIENT,
    patient_id="CL-77001",
    accession_number="SBXA0206",
    study_instance_uid=uid_of("radiograph_prior_2/study"),
    study_date="20220517",
    issuer_of_patient_id=OTHER_ISSUER_OF_PATIENT_ID,
    mrn_system_oid=OTHER_MRN_SYSTEM_OID,
)
"""Twenty-two months before, under the number of the other place."""

MAMMOGRAM_PATIENT = SampleIdentity(
    patient_id="SBX-0007",
    patient_name="Sandbox^Mammogram",
    birth_date="19690519",
    sex="F",
    accession_number="SBXA0007",
    study_instance_uid=uid_of("mammogram/study"),
    study_date="20240313",
    study_description="MG SCREENING BILATERAL",
)

MAMMOGRAM_PRIOR = replace(
    MAMMOGRAM_PATIENT,
    patient_id="SBX-0017",
    accession_number="SBXA0107",
    study_instance_uid=uid_of("mammogram_prior/study"),
    study_date="20230306",
)
"""A year before, under the number of the record that was merged into SBX-0007."""

PETCT_PATIENT = SampleIdentity(
    patient_id="SBX-0008",
    patient_name="Sandbox^Petct",
    birth_date="19551103",
    sex="M",
    accession_number="SBXA0008",
    study_instance_uid=uid_of("petct/study"),
    study_date="20240314",
    study_description="PET/CT FDG SKULL BASE TO THIGH",
)

ULTRASOUND_PATIENT = SampleIdentity(
    patient_id="SBX-0009",
    patient_name="Sandbox^Ultrasound",
    birth_date="19750612",
    sex="F",
    accession_number="SBXA0009",
    study_instance_uid=uid_of("ultrasound/study"),
    study_date="20240315",
    study_description="US ABDOMEN",
)

IDENTITIES: dict[str, SampleIdentity] = {
    "chest": CHEST_PATIENT,
    "chest_prior": CHEST_PRIOR,
    "mismatch": OTHER_BIRTH_DATE_PATIENT,
    "head": HEAD_PATIENT,
    "brain": BRAIN_PATIENT,
    "radiograph": RADIOGRAPH_PATIENT,
    "radiograph_prior_1": RADIOGRAPH_PRIOR_1,
    "radiograph_prior_2": RADIOGRAPH_PRIOR_2,
    "mammogram": MAMMOGRAM_PATIENT,
    "mammogram_prior": MAMMOGRAM_PRIOR,
    "petct": PETCT_PATIENT,
    "ultrasound": ULTRASOUND_PATIENT,
}
"""Study key -> whose it is."""

EHR_BIRTH_DATE_OF_OTHER = "19710929"
"""The birth date (DA) that the EHR holds for the second patient: six days later."""
