"""From the launch to identifiers, with its trace (R10, R15, R16, R19)."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from ehr_walk import make_profile

from smart_viewer.errors import UpstreamUnavailable
from smart_viewer.fhir.context import Context, TraceStep, read_context
from smart_viewer.fhir.reader import FhirReader
from smart_viewer.launch.refresh import bearer
from smart_viewer.sandbox.identity import CHEST_PATIENT
from smart_viewer.settings import IdentifierSystem

V2 = "http://terminology.hl7.org/CodeSystem/v2-0203"


def launched_context(ehr, order: str) -> Context:
    handle = ehr.launch(order)
    token = bearer(
        handle.grant_id, ehr.store.grants, ehr.outbound, ehr.settings, ehr.clock
    )
    ehr.log.clear()
    reader = FhirReader(ehr.profile.iss, token, ehr.outbound)
    return read_context(reader, ehr.profile, handle.grant)


def test_the_order_of_a_launch_leads_to_its_study(ehr):
    # oracle: the identity from which the sandbox makes both chart and images
    context = launched_context(ehr, "order-1")
    assert context.patient.names == (CHEST_PATIENT.patient_name,)
    birth_date = context.patient.birth_date.replace("-", "")
    assert birth_date == CHEST_PATIENT.birth_date
    assert context.patient.mrns == ((CHEST_PATIENT.patient_id, ""),)
    assert context.order is not None
    assert context.order.text == "CT Chest"
    assert context.order.codings[0][:2] == ("http://loinc.org", "24627-2")
    assert context.study_uids == (CHEST_PATIENT.study_instance_uid,)
    assert context.accession_numbers == (CHEST_PATIENT.accession_number,)
    assert context.warnings == ()
    assert context.trace == (
        TraceStep("Patient of the launch", "found"),
        TraceStep("MRNs by the configured systems: 1", "found"),
        TraceStep("ServiceRequest of the launch", "found"),
        TraceStep("Accession numbers of the order: 1", "found"),
        TraceStep("ImagingStudy by its order: 1", "found"),
    )


def test_an_order_without_images_keeps_its_accession(ehr):
    context = launched_context(ehr, "order-3")
    assert context.study_uids == ()
    assert len(context.accession_numbers) == 1
    assert context.trace[-1] == TraceStep("Of these, of this order: 0", "none")


def test_a_narrowed_grant_makes_no_imaging_study_request(ehr):
    # R10
    ehr.faults.grant = "launch openid patient/Patient.r patient/ServiceRequest.r"
    context = launched_context(ehr, "order-1")
    assert ehr.log.count("/fhir/ImagingStudy") == 0
    assert context.accession_numbers == (CHEST_PATIENT.accession_number,)
    assert context.trace[-1] == TraceStep(
        "ImagingStudy is not among the granted scopes", "skipped"
    )


def test_a_grant_for_the_patient_alone_asks_for_nothing_else(ehr):
    ehr.faults.grant = "launch openid patient/Patient.r"
    context = launched_context(ehr, "order-1")
    assert [entry.path for entry in ehr.log.entries] == ["/fhir/Patient/patient-1"]
    assert context.order is None
    assert context.trace[-1].outcome == "skipped"


@dataclass(frozen=True)
class Facts:
    """A launch, without a launch."""

    references: tuple[str, ...] = ("ServiceRequest/o1",)
    patient: str = "p1"
    denied: frozenset[str] = frozenset()

    def allows(self, resource: str, verbs: str) -> bool:
        return resource not in self.denied


PATIENT = {
    "resourceType": "Patient",
    "id": "p1",
    "name": [{"family": "Phantom", "given": ["Amber"]}],
    "identifier": [{"system": "urn:mr", "value": "M1"}],
}


def acsn(value: str) -> dict[str, object]:
    return {"value": value, "type": {"coding": [{"system": V2, "code": "ACSN"}]}}


def order(**changes: object) -> dict[str, object]:
    return {
        "resourceType": "ServiceRequest",
        "id": "o1",
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/p1"},
        "identifier": [acsn("A1")],
        **changes,
    }


def study(number: int, **changes: object) -> dict[str, object]:
    return {
        "resourceType": "ImagingStudy",
        "id": f"s{number}",
        "status": "available",
        "subject": {"reference": "Patient/p1"},
        "basedOn": [{"reference": "ServiceRequest/o1"}],
        "identifier": [{"system": "urn:dicom:uid", "value": f"urn:oid:1.2.{number}"}],
        **changes,
    }


def bundle(*resources: object) -> dict[str, object]:
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "searchset", "entry": entries}


BY_ORDER = "ImagingStudy?patient=p1&basedon=ServiceRequest%2Fo1"
BY_PATIENT = "ImagingStudy?patient=p1"


@pytest.fixture
def read(scripted):
    """Reads a context from the scripted server, a good one unless changed."""
    scripted.answers |= {"Patient/p1": PATIENT, "ServiceRequest/o1": order()}
    scripted.answers |= {BY_ORDER: bundle(study(1)), BY_PATIENT: bundle(study(1))}

    def run(facts: Facts | None = None, **answers: object) -> Context:
        scripted.answers |= answers
        profile = make_profile(
            scripted.base, mrn_systems=(IdentifierSystem(system="urn:mr"),)
        )
        return read_context(scripted.reader(), profile, facts or Facts())

    return run


def outcomes(context: Context) -> list[str]:
    return [step.outcome for step in context.trace]


def test_an_imaging_study_of_the_launch_wins(read, scripted):
    # R15
    facts = Facts(references=("ImagingStudy/s7", "ServiceRequest/o1"))
    context = read(
        facts,
        **{
            "ImagingStudy/s7": study(
                7,
                identifier=[
                    {"system": "urn:dicom:uid", "value": "urn:oid:1.2.7"},
                    acsn("A7"),
                ],
            )
        },
    )
    assert context.study_uids == ("1.2.7",)
    assert context.accession_numbers == ("A1", "A7")
    assert BY_ORDER not in scripted.asked


def test_without_an_order_the_trace_says_so(read, scripted):
    context = read(Facts(references=()))
    assert context.order is None
    assert context.study_uids == ()
    assert context.trace[-1] == TraceStep(
        "The launch names no order (ServiceRequest)", "none"
    )
    assert scripted.asked == ["Patient/p1"]


@pytest.mark.parametrize("status", [404, 403, 405, 501])
def test_an_ehr_without_imaging_study_leaves_the_accession(read, scripted, status):
    # R16
    context = read(**{BY_ORDER: status})
    assert context.study_uids == ()
    assert context.accession_numbers == ("A1",)
    assert context.trace[-1] == TraceStep(
        f"ImagingStudy by its order: status {status}", "refused"
    )
    assert BY_PATIENT not in scripted.asked


def test_a_search_that_is_not_offered_is_tried_by_patient(read):
    # Oracle: 400 on unsupported combinations of search parameters
    other = study(2, basedOn=[{"reference": "ServiceRequest/o2"}])
    context = read(**{BY_ORDER: 400, BY_PATIENT: bundle(study(1), other)})
    assert context.study_uids == ("1.2.1",)
    assert outcomes(context)[-3:] == ["failed", "found", "found"]


def test_a_server_that_ignores_the_order_does_not_add_other_studies(read):
    other = study(2, basedOn=[{"reference": "ServiceRequest/o2"}])
    assert read(**{BY_ORDER: bundle(study(1), other)}).study_uids == ("1.2.1",)


def test_a_study_without_reference_is_found_by_its_accession(read):
    mine = study(
        3,
        basedOn=None,
        identifier=[{"system": "urn:dicom:uid", "value": "urn:oid:1.2.3"}, acsn("A1")],
    )
    through = study(4, basedOn=[{"identifier": acsn("A1")}])
    other = study(5, basedOn=None)
    context = read(**{BY_ORDER: bundle(), BY_PATIENT: bundle(mine, through, other)})
    assert context.study_uids == ("1.2.3", "1.2.4")


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/p2"},
        {"reference": "https://evil.example/Patient/p1"},
        None,
    ],
)
def test_a_study_of_another_patient_is_skipped_aloud(read, subject):
    context = read(**{BY_ORDER: bundle(study(1), study(2, subject=subject))})
    assert context.study_uids == ("1.2.1",)
    assert "an ImagingStudy of another patient was skipped" in context.warnings


def test_an_order_of_another_patient_is_refused(read):
    context = read(**{"ServiceRequest/o1": order(subject={"reference": "Patient/p2"})})
    assert context.order is None
    assert context.accession_numbers == ()
    assert context.trace[-1].outcome == "refused"


@pytest.mark.parametrize(
    "dirt",
    [
        {"unknownKey": 1},
        {"status": None},
        {"started": "2026-01-01T00:00:00"},  # no zone
        {"modality": {"code": "CT"}},  # scalar for a list
        {"series": "x"},
        {
            "identifier": [
                {"system": "urn:x", "period": {"start": "yesterday"}},
                {"system": "urn:dicom:uid", "value": "urn:oid:1.2.9"},
            ]
        },
    ],
)
def test_a_dirty_study_is_read_and_hides_no_other(read, dirt):
    # R19
    dirty = study(9, **dirt)
    context = read(**{BY_ORDER: bundle(study(1), dirty, study(2))})
    assert context.study_uids == ("1.2.1", "1.2.9", "1.2.2")
    assert context.warnings == tuple(
        warning for warning in context.warnings if "ImagingStudy" in warning
    )
    assert len(context.warnings) == 1


@pytest.mark.parametrize("value", ["urn:oid:x", "urn:uuid:1", "", None, "1" * 65])
def test_a_study_without_a_valid_uid_is_skipped_aloud(read, value):
    bad = study(2, identifier=[{"system": "urn:dicom:uid", "value": value}])
    context = read(**{BY_ORDER: bundle(bad, study(1))})
    assert context.study_uids == ("1.2.1",)
    assert "an ImagingStudy without valid UID was skipped" in context.warnings


def test_an_accession_number_with_a_wildcard_is_ignored_aloud(read):
    # R21
    wild = order(identifier=[acsn("*"), acsn("A1")])
    context = read(**{"ServiceRequest/o1": wild})
    assert context.accession_numbers == ("A1",)
    assert any("accession number" in warning for warning in context.warnings)


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_a_patient_that_cannot_be_read_ends_the_launch(read, status):
    with pytest.raises(UpstreamUnavailable) as refused:
        read(**{"Patient/p1": status})
    assert refused.value.status == status


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_an_order_that_cannot_be_read_is_a_step_of_the_trace(read, status):
    context = read(**{"ServiceRequest/o1": status})
    assert context.order is None
    assert context.trace[-1].text == f"ServiceRequest of the launch: status {status}"


def test_several_orders_are_said_and_the_first_is_used(read):
    facts = Facts(references=("ServiceRequest/o1", "ServiceRequest/o2"))
    context = read(facts)
    assert context.order is not None
    assert context.order.id == "o1"
    assert any("several orders" in warning for warning in context.warnings)


def test_no_step_and_no_warning_holds_phi(read):
    context = read(**{BY_ORDER: 500, BY_PATIENT: bundle(study(1, unknown=1))})
    said = " ".join([step.text for step in context.trace] + list(context.warnings))
    for secret in ("Phantom", "M1", "A1", "1.2.1", "p1", "o1"):
        assert secret not in said
