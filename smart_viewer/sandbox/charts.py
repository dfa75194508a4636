"""What the sandbox EHR holds on its people: frozen, made up, and not yet FHIR.

`people.py` makes them; `resources.py` writes them as FHIR R4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Gender = Literal["male", "female", "other", ""]
Representation = Literal["IDE", "SYL"]


class NameInScript(NamedTuple):
    """A name in another script; representation as in iso21090-EN-representation."""

    representation: Representation
    family: str
    given: str


class SandboxAllergy(NamedTuple):
    """An entry of the allergy list; snomed is empty where it has words only."""

    text: str
    criticality: Literal["low", "high", ""] = ""
    snomed: str = ""


@dataclass(frozen=True, slots=True)
class SandboxPatient:
    """A patient of the EHR. birth_date: FHIR date, or empty where unknown.

    other_mrns: (system URI, number) of further record numbers. replaced_by: FHIR id
    of the record that this one was merged into, empty for a record in use.
    scripts: the name in other scripts.
    """

    id: str
    mrn: str
    family: str
    given: tuple[str, ...]
    birth_date: str
    gender: Gender
    other_mrns: tuple[tuple[str, str], ...] = ()
    replaced_by: str = ""
    scripts: tuple[NameInScript, ...] = ()
    allergies: tuple[SandboxAllergy, ...] = ()

    @property
    def display(self) -> str:
        """`FAMILY, Given`, as a chart shows it."""
        given = " ".join(self.given)
        return ", ".join(part for part in (self.family.upper(), given) if part) or (
            "(no name)"
        )


@dataclass(frozen=True, slots=True)
class SandboxPractitioner:
    """A clinician; the first one of `People` is signed in."""

    id: str
    number: str
    prefix: str
    family: str
    given: tuple[str, ...]

    @property
    def display(self) -> str:
        """`Dr. Given Family`."""
        return " ".join(p for p in (self.prefix, *self.given, self.family) if p)


@dataclass(frozen=True, slots=True)
class SandboxEncounter:
    """A visit. started: FHIR date, or empty where unknown."""

    id: str
    patient_id: str
    practitioner_id: str
    started: str


@dataclass(frozen=True, slots=True)
class SandboxOrder:
    """An imaging order. accession_number and loinc are empty where there is none.

    body_site: (SNOMED CT code, display), or empty strings. compares_with: FHIR ids of
    the earlier studies that the request names for comparison.
    """

    id: str
    patient_id: str
    encounter_id: str
    requester_id: str
    placer_number: str
    accession_number: str
    text: str
    loinc: str
    status: Literal["active", "completed"]
    priority: Literal["routine", "urgent"]
    reason: str
    authored_on: str
    body_site: tuple[str, str] = ("", "")
    compares_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SandboxSeries:
    """A series as ImagingStudy.series lists it."""

    uid: str
    number: int
    modality: str
    description: str
    instances: int


@dataclass(frozen=True, slots=True)
class SandboxStudy:
    """An imaging study that the EHR knows of."""

    id: str
    patient_id: str
    encounter_id: str
    order_id: str
    study_instance_uid: str
    accession_number: str
    started: str
    description: str
    modalities: tuple[str, ...]
    series: tuple[SandboxSeries, ...]


@dataclass(frozen=True, slots=True)
class SandboxReport:
    """A diagnostic report. code: LOINC. issued: FHIR instant.

    order_id: the order it answers. study_instance_uid: what it was read from.
    """

    id: str
    patient_id: str
    order_id: str
    status: Literal["preliminary", "final"]
    code: str
    text: str
    conclusion: str
    issued: str
    study_instance_uid: str


@dataclass(frozen=True, slots=True)
class People:
    """Everyone and everything in the EHR. notice: what its pages call them."""

    patients: tuple[SandboxPatient, ...]
    practitioners: tuple[SandboxPractitioner, ...]
    encounters: tuple[SandboxEncounter, ...]
    orders: tuple[SandboxOrder, ...]
    studies: tuple[SandboxStudy, ...]
    notice: str = "Synthetic patients, not a real EHR"
    reports: tuple[SandboxReport, ...] = ()

    def patient(self, patient_id: str) -> SandboxPatient | None:
        """The patient of that FHIR id."""
        return next((p for p in self.patients if p.id == patient_id), None)

    def order(self, order_id: str) -> SandboxOrder | None:
        """The order of that FHIR id."""
        return next((o for o in self.orders if o.id == order_id), None)

    @property
    def signed_in(self) -> SandboxPractitioner:
        """The one clinician who uses this EHR."""
        return self.practitioners[0]
