"""EHRs on bad days: each upstream variant of the sandbox, and what the trace says."""

from __future__ import annotations

import pytest
from ehr_walk import running_ehr
from fhir_cases import (
    WIDE,
    Facts,
    asked,
    bundle,
    launched_context,
    order,
    steps,
    study,
)

from smart_viewer.errors import UpstreamUnavailable
from smart_viewer.fhir.reader import MAX_PAGE_BYTES
from smart_viewer.launch.hosts import policy_of
from smart_viewer.net.outbound import Outbound
from smart_viewer.sandbox.identity import CHEST_PATIENT, CHEST_PRIOR

NOW = CHEST_PATIENT.study_instance_uid
NUMBER = CHEST_PATIENT.accession_number
LEFT = (
    "Left to the archives: accession numbers with the patient’s MRNs: 1",
    "found",
)


@pytest.fixture
def patient_ehr(tmp_path):
    """The sandbox, with an Outbound that remembers its pauses instead of waiting."""
    pauses: list[float] = []
    with running_ehr(tmp_path, scopes=WIDE) as ehr:
        ehr.outbound = Outbound(policy_of(ehr.settings), pause=pauses.append)
        yield ehr, pauses


def upstream(ehr, *variants: str):
    ehr.faults.upstream = set(variants)
    return launched_context(ehr)


def test_no_imaging_study_in_the_capability_statement_asks_for_none(wide):
    # R16: absent from the CapabilityStatement
    context = upstream(wide, "no_imaging_study")
    assert ("ImagingStudy is not in the CapabilityStatement", "refused") in steps(
        context
    )
    assert not any("ImagingStudy" in path for path in asked(wide))
    assert steps(context)[-1] == LEFT
    assert (context.study_uids, context.accession_numbers) == ((), (NUMBER,))


def test_a_forbidden_imaging_study_leaves_the_accession_number(wide):
    # R16
    context = upstream(wide, "imaging_study_forbidden")
    assert ("ImagingStudy by its order: status 403", "refused") in steps(context)
    assert steps(context)[-1] == LEFT
    assert (context.study_uids, context.accession_numbers) == ((), (NUMBER,))


def test_an_order_without_accession_number_is_found_by_reference(wide):
    # R16
    context = upstream(wide, "no_accession")
    assert ("Accession numbers of the order: 0", "none") in steps(context)
    assert (context.study_uids, context.accession_numbers) == ((NOW,), ())
    assert not context.patient_level


def test_neither_imaging_study_nor_accession_number_leaves_the_list_by_mrn(wide):
    # R16: then the list by MRN
    context = upstream(wide, "no_imaging_study", "no_accession")
    assert context.patient_level
    assert context.patient.mrns == ((CHEST_PATIENT.patient_id, ""),)
    assert context.order is not None
    assert steps(context)[-1] == (
        "Only the list of the patient’s studies is left",
        "none",
    )


def test_a_slow_server_is_asked_again_after_its_retry_after(patient_ehr):
    # R17: 503 with Retry-After (bounded)
    ehr, pauses = patient_ehr
    context = upstream(ehr, "slow")
    assert context.study_uids == (NOW,)
    assert pauses == [1.0, 1.0]  # once for each of two searches


def test_a_server_that_stays_busy_is_not_asked_for_ever(patient_ehr):
    # R17: 429 with Retry-After (bounded)
    ehr, pauses = patient_ehr
    context = upstream(ehr, "busy")
    assert ("ImagingStudy by its order: busy (status 429)", "failed") in steps(context)
    assert pauses == [1.0] * 4
    assert context.accession_numbers == (NUMBER,)


@pytest.mark.parametrize(
    ("variant", "words", "outcome"),
    [
        ("unauthorized", "status 401", "refused"),
        ("broken", "status 500", "failed"),
        ("html", "an answer that cannot be used", "failed"),
    ],
)
def test_an_answer_that_is_none_is_a_word_in_the_trace(wide, variant, words, outcome):
    # R19
    context = upstream(wide, variant)
    assert (f"ImagingStudy by its order: {words}", outcome) in steps(context)
    assert (f"ImagingStudy of the patient: {words}", outcome) in steps(context)
    assert (context.study_uids, context.accession_numbers) == ((), (NUMBER,))


@pytest.mark.parametrize("kind", ["ServiceRequest", "DiagnosticReport", "Encounter"])
@pytest.mark.parametrize("variant", ["unauthorized", "broken", "html"])
def test_any_resource_may_fail_and_the_launch_goes_on(wide, kind, variant):
    # R16, R19
    wide.faults.upstream_types = frozenset({kind})
    context = upstream(wide, variant)
    assert any(text.startswith(kind) for text, outcome in steps(context))
    assert bool(context.study_uids) == (kind != "ServiceRequest")
    assert NOW in context.study_uids + tuple(
        hint.study_instance_uid for hint in context.prior_hints
    )


@pytest.mark.parametrize("variant", ["unauthorized", "broken", "html"])
def test_without_the_patient_there_is_no_launch(wide, variant):
    wide.faults.upstream_types = frozenset({"Patient"})
    with pytest.raises(UpstreamUnavailable):
        upstream(wide, variant)


def test_a_bundle_of_ten_megabytes_is_read(wide):
    # R19
    assert upstream(wide, "huge").study_uids == (NOW,)


def test_a_bundle_beyond_the_bound_is_refused_aloud(wide):
    # R19
    wide.faults.huge_bytes = MAX_PAGE_BYTES + 1
    context = upstream(wide, "huge")
    words = "an answer that cannot be used"
    assert (f"ImagingStudy by its order: {words}", "failed") in steps(context)
    assert context.accession_numbers == (NUMBER,)


def test_pages_in_a_circle_end_and_are_said(wide):
    # R20
    context = upstream(wide, "loop")
    assert context.study_uids == (NOW,)
    assert context.warnings == ("ImagingStudy: pages that lead in a circle",)


def test_one_entry_a_page_is_read_to_the_end(wide):
    # R20
    context = upstream(wide, "paged")
    assert ("ImagingStudy of the patient: 2", "found") in steps(context)
    assert context.warnings == ()


def test_a_next_page_on_another_server_is_not_asked(wide):
    # R18, R20
    context = upstream(wide, "paged", "paged_foreign")
    assert context.study_uids == (NOW,)
    assert context.warnings == ("a next page on another server was not followed",)


def test_dirty_resources_hide_no_good_one_and_keep_their_identifiers(wide):
    # R19: three good studies beside eight entries that are not
    wide.faults.upstream = {"dirty"}
    context = launched_context(wide, "order-1", "patient")
    uids = {hint.study_instance_uid for hint in context.prior_hints}
    good = {NOW, CHEST_PRIOR.study_instance_uid, "2.999.8.2"}
    dirty = {f"2.999.9.{n}" for n in range(1, 6)}
    assert uids == good | dirty
    assert "an entry without resource was skipped" in context.warnings
    assert any("breaks FHIR R4" in warning for warning in context.warnings)


def test_a_page_that_fails_after_the_first_hides_nothing(read, scripted):
    # R19, R20
    page = bundle(study(1)) | {
        "link": [{"relation": "next", "url": f"{scripted.base}/ImagingStudy?page=2"}]
    }
    answers = {
        "ImagingStudy?patient=p1&basedon=ServiceRequest%2Fo1": page,
        "ImagingStudy?page=2": 500,
    }
    context = read(**answers)
    assert context.study_uids == ("1.2.1",)
    assert "ImagingStudy: a further page could not be read" in context.warnings


@pytest.mark.parametrize("document", ["metadata", ".well-known/smart-configuration"])
@pytest.mark.parametrize(
    "answer", [500, b"<html>", {"rest": 7}, {"rest": [{"resource": None}]}, {}]
)
def test_an_odd_document_is_no_obstacle(read, document, answer):
    # R19
    assert read(**{document: answer}).study_uids == ("1.2.1",)


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": "ServiceRequest", "id": "o1"},
        order(subject={"reference": "https://evil.example/fhir/Patient/p1"}),
        order(subject={"reference": "Patient/p1/../p2"}),
        order(subject={"identifier": {"value": "M1"}}),
    ],
)
def test_an_order_whose_patient_is_not_certain_is_refused(read, resource):
    # R18, R19
    context = read(**{"ServiceRequest/o1": resource})
    assert context.order is None
    said = "ServiceRequest of the launch belongs to another patient"
    assert (said, "refused") in steps(context)


def test_resources_with_only_what_must_be_there_are_enough(read):
    # R19: missing everything optional
    bare = {
        "resourceType": "ImagingStudy",
        "id": "s1",
        "status": "available",
        "subject": {"reference": "Patient/p1"},
        "identifier": [{"system": "urn:dicom:uid", "value": "1.2.1"}],
    }
    facts = Facts(references=("ImagingStudy/s1",))
    context = read(
        facts,
        **{
            "Patient/p1": {"resourceType": "Patient", "id": "p1"},
            "ImagingStudy/s1": bare,
            "ImagingStudy?patient=p1": bundle(bare),
        },
    )
    assert context.study_uids == ("1.2.1",)
    assert context.patient.mrns == ()
    assert (context.orders, context.order_codings, context.prior_hints) == ((), (), ())


def test_a_based_on_elsewhere_is_no_reference_to_our_order(read):
    # R18: the same id on another server is another order
    foreign = {"reference": "https://other.example/fhir/ServiceRequest/o1"}
    only = bundle(study(1, basedOn=[foreign]))
    context = read(
        **{
            "ImagingStudy?patient=p1&basedon=ServiceRequest%2Fo1": only,
            "ImagingStudy?patient=p1": only,
        }
    )
    assert context.study_uids == ()
