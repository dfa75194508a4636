"""The orders of the sandbox's people: what was asked for, of whom, and what was said.

Every row is one exam. Studies go by the keys of `identity.IDENTITIES`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple


class Code(NamedTuple):
    """What an order asks for: LOINC code and text, SNOMED CT body site and text."""

    loinc: str
    text: str
    site: str
    site_text: str


CT_CHEST = Code("24627-2", "CT Chest", "51185008", "Thoracic structure")
CT_HEAD = Code("30799-1", "CT Head WO contrast", "69536005", "Head structure")
MR_BRAIN = Code(
    "24587-8", "MR Brain WO and W contrast IV", "12738006", "Brain structure"
)
XR_CHEST = Code("42272-5", "XR Chest PA and Lateral", "51185008", "Thoracic structure")
MG_SCREENING = Code("24606-6", "MG Breast Screening", "76752008", "Breast structure")
PET_CT = Code(
    "81555-5",
    "PET+CT Whole body for tumor W 18F-FDG IV",
    "38266002",
    "Entire body as a whole",
)
US_ABDOMEN = Code("24558-9", "US Abdomen", "818981001", "Abdomen")


@dataclass(frozen=True, slots=True)
class Exam:
    """One order, with its visit and, where images were made, their study.

    number: in the ids order-, encounter- and imaging-<number>. patient: in patient-
    <number>. study: key of the sample study, empty where there is none. compares:
    numbers of the exams that the order asks to compare with. conclusion: of its
    report, empty where none was written yet.
    """

    number: int
    patient: int
    study: str
    code: Code
    reason: str
    status: Literal["active", "completed"] = "completed"
    priority: Literal["routine", "urgent"] = "routine"
    compares: tuple[int, ...] = ()
    conclusion: str = ""


EXAMS = (
    Exam(1, 1, "chest", CT_CHEST, "Follow-up of nodules", compares=(101,)),
    Exam(2, 2, "mismatch", CT_CHEST, "Persistent cough"),
    Exam(3, 3, "", CT_CHEST, "Staging before therapy", "active", "urgent"),
    Exam(4, 4, "head", CT_HEAD, "Fall with loss of consciousness", priority="urgent"),
    Exam(5, 5, "brain", MR_BRAIN, "First seizure"),
    Exam(
        6,
        6,
        "radiograph",
        XR_CHEST,
        "Pneumonia, follow-up",
        compares=(106, 206),
    ),
    Exam(7, 7, "mammogram", MG_SCREENING, "Screening, no symptoms", compares=(107,)),
    Exam(8, 8, "petct", PET_CT, "Lung cancer, staging"),
    Exam(9, 9, "ultrasound", US_ABDOMEN, "Pain in the right upper abdomen"),
    Exam(
        101,
        1,
        "chest_prior",
        CT_CHEST,
        "Cough for six weeks",
        conclusion=(
            "Solid nodule of 9 mm in the right upper lobe and of 9 mm in the left "
            "lower lobe. Part-solid nodule in the right middle lobe, solid part 4 mm. "
            "Ground glass of 15 mm in the left upper lobe. Follow-up CT advised."
        ),
    ),
    Exam(
        106,
        6,
        "radiograph_prior_1",
        XR_CHEST,
        "Fever and cough",
        conclusion="See the images for the extent. Follow-up in three months advised.",
    ),
    Exam(
        206,
        6,
        "radiograph_prior_2",
        XR_CHEST,
        "Before an operation",
        conclusion="Heart of normal size. No infiltrate, no effusion.",
    ),
    Exam(
        107,
        17,
        "mammogram_prior",
        MG_SCREENING,
        "Screening, no symptoms",
        conclusion="No sign of malignancy in either breast. BI-RADS 1.",
    ),
)
