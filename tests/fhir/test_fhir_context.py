"""From the launch to identifiers, with its trace (R10, R15, R16, R19)."""

from __future__ import annotations

import pytest
from fhir_cases import Facts, acsn, bundle, launched_context, order, study

from smart_viewer.errors import UpstreamUnavailable
from smart_viewer.fhir.context import TraceStep
from smart_viewer.sandbox.identity import CHEST_PATIENT


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
        TraceStep("Encounter of the launch", "found"),
        TraceStep("ImagingStudy by its order: 1", "found"),
        TraceStep("Chosen by the order of the launch", "found"),
        TraceStep("ImagingStudy of the patient: 2", "found"),
    )


def test_an_order_without_images_keeps_its_accession(ehr):
    context = launched_context(ehr, "order-3")
    assert context.study_uids == ()
    assert len(context.accession_numbers) == 1
    assert context.trace[-3:] == (
        TraceStep("ImagingStudy by its order: 0", "none"),
        TraceStep("ImagingStudy of the patient: 0", "none"),
        TraceStep(ACCESSIONS_LEFT, "found"),
    )


@pytest.mark.requirement("R10")
def test_a_narrowed_grant_makes_no_imaging_study_request(ehr):
    # R10
    ehr.faults.grant = "launch openid patient/Patient.r patient/ServiceRequest.r"
    context = launched_context(ehr, "order-1")
    assert ehr.log.count("/fhir/ImagingStudy") == 0
    assert context.accession_numbers == (CHEST_PATIENT.accession_number,)
    skipped = TraceStep("ImagingStudy is not among the granted scopes", "skipped")
    assert skipped in context.trace
    assert context.trace[-1] == TraceStep(ACCESSIONS_LEFT, "found")


@pytest.mark.requirement("R10")
def test_a_grant_for_the_patient_alone_asks_for_nothing_else(ehr):
    ehr.faults.grant = "launch openid patient/Patient.r"
    context = launched_context(ehr, "order-1")
    assert [entry.path for entry in ehr.log.entries] == ["/fhir/Patient/patient-1"]
    assert context.order is None
    assert context.patient_level
    assert context.trace[-2:] == (
        TraceStep("ServiceRequest is not among the granted scopes", "skipped"),
        TraceStep("Only the list of the patient’s studies is left", "none"),
    )


BY_ORDER = "ImagingStudy?patient=p1&basedon=ServiceRequest%2Fo1"
BY_PATIENT = "ImagingStudy?patient=p1"
ACCESSIONS_LEFT = "Left to the archives: accession numbers with the patient’s MRNs: 1"


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


def test_without_an_order_the_trace_says_so(read):
    context = read(Facts(references=()))
    assert context.order is None
    assert context.study_uids == ()
    assert context.patient_level
    assert [hint.study_instance_uid for hint in context.prior_hints] == ["1.2.1"]
    assert [(step.text, step.outcome) for step in context.trace[-3:]] == [
        ("The launch names no order (ServiceRequest)", "none"),
        ("ImagingStudy of the patient: 1", "found"),
        ("Only the list of the patient’s studies is left", "none"),
    ]


@pytest.mark.parametrize("status", [404, 403, 405, 501])
def test_an_ehr_without_imaging_study_leaves_the_accession(read, status):
    # R16
    context = read(**{BY_ORDER: status, BY_PATIENT: status})
    assert context.study_uids == ()
    assert context.accession_numbers == ("A1",)
    assert not context.patient_level
    said = f"status {status}"
    refused = [step.text for step in context.trace if step.outcome == "refused"]
    assert refused == [
        f"ImagingStudy by its order: {said}",
        f"ImagingStudy of the patient: {said}",
    ]
    assert context.trace[-1] == TraceStep(ACCESSIONS_LEFT, "found")


def test_a_search_that_is_not_offered_is_tried_by_patient(read):
    # Oracle: 400 on unsupported combinations of search parameters
    other = study(2, basedOn=[{"reference": "ServiceRequest/o2"}])
    context = read(**{BY_ORDER: 400, BY_PATIENT: bundle(study(1), other)})
    assert context.study_uids == ("1.2.1",)
    said = [(step.text, step.outcome) for step in context.trace]
    assert said[said.index(("ImagingStudy by its order: status 400", "failed")) :] == [
        ("ImagingStudy by its order: status 400", "failed"),
        ("ImagingStudy of the patient: 2", "found"),
        ("Of these, of this order: 1", "found"),
        ("Chosen by the order of the launch", "found"),
        ("DiagnosticReport of the order: 0", "none"),
    ]


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
    said = [step.text for step in context.trace if step.outcome == "refused"]
    assert said == ["ServiceRequest of the launch belongs to another patient"]


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
    assert f"ServiceRequest of the launch: status {status}" in {
        step.text for step in context.trace
    }


def test_several_orders_are_said_and_the_first_is_used(read):
    facts = Facts(references=("ServiceRequest/o1", "ServiceRequest/o2"))
    context = read(facts, **{"ServiceRequest/o2": order(2)})
    assert context.order is not None
    assert context.order.id == "o1"
    assert [one.id for one in context.orders] == ["o1", "o2"]
    assert context.accession_numbers == ("A1", "A2")
    assert any("several orders" in warning for warning in context.warnings)


def test_no_step_and_no_warning_holds_phi(read):
    context = read(**{BY_ORDER: 500, BY_PATIENT: bundle(study(1, unknown=1))})
    said = " ".join([step.text for step in context.trace] + list(context.warnings))
    for secret in ("Phantom", "M1", "A1", "1.2.1", "p1", "o1"):
        assert secret not in said
