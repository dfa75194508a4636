"""What a launch's context is made of: orders, reports, studies, endpoints, trace.

Plain values, frozen, without FHIR JSON. Identifiers never stand in a `repr`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from smart_viewer.fhir.patient import EhrPatient

Outcome = Literal["found", "none", "skipped", "refused", "failed"]
Coding = tuple[str, str, str]  # system, code, display
Source = Literal["ServiceRequest", "ImagingStudy", "DiagnosticReport"]


class LaunchedItem(Protocol):
    """One entry of fhirContext, as the launch read it (SMART 2.2, fhirContext)."""

    @property
    def reference(self) -> str | None:
        """`Type/id` in this FHIR base."""
        ...

    @property
    def canonical(self) -> str | None:
        """A canonical URL."""
        ...

    @property
    def identifier_system(self) -> str | None:
        """Identifier.system."""
        ...

    @property
    def identifier_value(self) -> str | None:
        """Identifier.value."""
        ...

    @property
    def identifier_type(self) -> str | None:
        """A code of v2-0203, as ACSN."""
        ...

    @property
    def type(self) -> str | None:
        """The resource type that canonical or identifier point to."""
        ...

    @property
    def role(self) -> str:
        """`launch` for what the launch is about."""
        ...


class GrantFacts(Protocol):
    """What the launch said, as far as reading the context needs it."""

    @property
    def patient(self) -> str:
        """The patient's FHIR id."""
        ...

    @property
    def encounter(self) -> str | None:
        """The visit's FHIR id."""
        ...

    @property
    def fhir_context(self) -> Sequence[LaunchedItem]:
        """What the launch is about, in order."""
        ...

    def allows(self, resource: str, verbs: str) -> bool:
        """The granted scopes cover these verbs ("r", "s", "rs") on a type."""
        ...


@dataclass(frozen=True, slots=True)
class Order:
    """A ServiceRequest. text, codings: of its code, what to image.

    compares_with: ids of ImagingStudy resources that it names (supportingInfo).
    """

    id: str
    text: str
    codings: tuple[Coding, ...]
    accession_numbers: tuple[str, ...] = field(repr=False)
    status: str
    priority: str
    reason_texts: tuple[str, ...] = field(default=(), repr=False)
    body_sites: tuple[str, ...] = ()
    authored_on: str = ""
    body_site_codings: tuple[Coding, ...] = ()
    reason_codings: tuple[Coding, ...] = field(default=(), repr=False)
    compares_with: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderCoding:
    """One code of what is to be shown, with what stands beside it in its resource.

    code is empty where the resource has words only; they are then `display`.
    modalities: DICOM codes (CT, MR), of an ImagingStudy only.
    """

    system: str
    code: str
    display: str
    source: Source
    body_sites: tuple[Coding, ...] = ()
    reasons: tuple[Coding, ...] = field(default=(), repr=False)
    modalities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """The Encounter of the launch. class_code: of v3-ActCode, as AMB, EMER, IMP."""

    id: str
    class_code: str
    status: str
    started: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A DiagnosticReport of this order or of its studies.

    issued: FHIR instant, else the effective date. study_uids: of imagingStudy.
    """

    id: str
    status: str
    issued: str
    text: str
    codings: tuple[Coding, ...]
    study_uids: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class NamedComparison:
    """An earlier study that an order or a report names for comparison.

    study_instance_uid or date (YYYY-MM-DD) may be empty, not both.
    """

    source: Source
    study_instance_uid: str = field(default="", repr=False)
    date: str = ""


@dataclass(frozen=True, slots=True)
class StudyHint:
    """An ImagingStudy of the patient that is not of this order.

    date: YYYY-MM-DD, or less where the EHR says less. codings: procedureCode.
    """

    study_instance_uid: str = field(repr=False)
    date: str
    modalities: tuple[str, ...]
    description: str
    codings: tuple[Coding, ...] = ()
    accession_numbers: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class ImagingEndpoint:
    """A WADO-RS base of SMART Imaging Access, on a configured origin.

    address: without a slash at its end; a credential where it is a capability URL.
    requires_access_token: send this launch's token; else send none at all.
    """

    address: str = field(repr=False)
    requires_access_token: bool
    study_uids: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Allergy:
    """One that holds today. high: the EHR calls its criticality high."""

    text: str = field(repr=False)
    high: bool = False


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One step of the resolution, in words for the user. No PHI, no identifiers."""

    text: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Context:
    """Everything that the EHR says about this launch.

    patient: MRNs and former names of merged records included.
    order: the leading one of `orders`. study_uids: Study Instance UIDs that the
    launch is about. accession_numbers: of the launch, its orders, those studies.
    patient_level: neither is known, only the list of the patient's studies is
    left; study_uids stays empty, `prior_hints` holds what the EHR lists.
    reports: of these orders and studies. merged: two records were joined in the EHR.
    linked_patients: FHIR ids of the records joined with the launch's.
    announced: (Study Instance UID, how many instances the EHR says that it has).
    allergies: None where the EHR was not asked or gave no answer.
    """

    patient: EhrPatient
    order: Order | None
    study_uids: tuple[str, ...] = field(repr=False)
    accession_numbers: tuple[str, ...] = field(repr=False)
    trace: tuple[TraceStep, ...]
    warnings: tuple[str, ...]
    orders: tuple[Order, ...] = ()
    order_codings: tuple[OrderCoding, ...] = ()
    reports: tuple[Report, ...] = ()
    encounter: Visit | None = None
    named_comparisons: tuple[NamedComparison, ...] = ()
    prior_hints: tuple[StudyHint, ...] = ()
    imaging_endpoints: tuple[ImagingEndpoint, ...] = ()
    patient_level: bool = False
    merged: bool = False
    linked_patients: tuple[str, ...] = ()
    announced: tuple[tuple[str, int], ...] = field(default=(), repr=False)
    allergies: tuple[Allergy, ...] | None = None

    @property
    def encounter_class(self) -> str:
        """Encounter.class of the visit, empty where unknown."""
        return self.encounter.class_code if self.encounter else ""
