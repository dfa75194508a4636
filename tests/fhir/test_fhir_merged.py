"""Several numbers and merged records (R23, R24). Oracle: the sandbox's chart."""

from __future__ import annotations

import pytest
from ehr_walk import running_ehr
from fhir_cases import WIDE, bundle, launched_context, order, patient, steps, study

from smart_viewer.fhir.patient import read_patient, with_merged
from smart_viewer.sandbox.identity import MAMMOGRAM_PATIENT, MAMMOGRAM_PRIOR
from smart_viewer.settings import IdentifierSystem

TWO_SYSTEMS = (
    IdentifierSystem(system="urn:oid:2.999.1.1", issuer="SMART-VIEWER-SANDBOX"),
    IdentifierSystem(system="urn:oid:2.999.1.11", issuer="SANDBOX-CLINIC"),
)
NOTICE = "This patient’s record was merged with another one in the EHR"
MERGED = ("Patient record merged with it", "found")


def link(reference: object, kind: str = "replaces") -> dict[str, object]:
    return {"type": kind, "other": {"reference": reference}}


def test_every_mrn_comes_with_its_issuer(tmp_path):
    # R23
    how = {"scopes": WIDE, "mrn_systems": TWO_SYSTEMS}
    with running_ehr(tmp_path, **how) as ehr:
        context = launched_context(ehr, "order-6")
    assert context.patient.mrns == (
        ("SBX-0006", "SMART-VIEWER-SANDBOX"),
        ("CL-77001", "SANDBOX-CLINIC"),
    )
    assert ("MRNs by the configured systems: 2", "found") in steps(context)


@pytest.mark.parametrize(
    ("order_id", "own", "other", "linked"),
    [
        ("order-7", MAMMOGRAM_PATIENT, MAMMOGRAM_PRIOR, "patient-17"),
        ("order-107", MAMMOGRAM_PRIOR, MAMMOGRAM_PATIENT, "patient-7"),
    ],
)
def test_merged_records_are_followed_both_ways(wide, order_id, own, other, linked):
    # R24: launched with the survivor, and with the record that was replaced
    context = launched_context(wide, order_id)
    assert context.merged
    assert context.linked_patients == (linked,)
    assert [mrn for mrn, _ in context.patient.mrns] == [
        own.patient_id,
        other.patient_id,
    ]
    assert MERGED in steps(context)
    assert any(warning.startswith(NOTICE) for warning in context.warnings)
    assert context.accession_numbers == (own.accession_number,)
    assert "ImagingStudy of the merged record" in " ".join(t for t, _ in steps(context))


def test_a_merged_record_that_may_not_be_read_is_a_step_and_still_a_merger(wide):
    # R24
    wide.faults.upstream = {"merged_forbidden"}
    context = launched_context(wide, "order-7")
    assert ("Patient record merged with it: status 403", "refused") in steps(context)
    assert context.merged
    assert [mrn for mrn, _ in context.patient.mrns] == [MAMMOGRAM_PATIENT.patient_id]


def test_nobody_is_merged_without_a_link(wide):
    context = launched_context(wide, "order-1")
    assert (context.merged, context.linked_patients) == (False, ())


@pytest.mark.parametrize(
    "links",
    [
        [link("Patient/p2", "seealso")],
        [link("Patient/p2", "refer")],
        [link("RelatedPerson/p2")],
        [link("https://evil.example/fhir/Patient/p2")],
        [link("Patient/p1")],
        [link("Patient/../p2")],
        [link(7)],
        [{"type": "replaces"}],
        [None, 7],
        "x",
    ],
)
def test_a_link_that_joins_no_two_records_here_is_not_followed(read, scripted, links):
    # R24, R18
    context = read(**{"Patient/p1": patient(link=links)})
    assert not context.merged
    assert "Patient/p2" not in scripted.asked


def test_links_are_followed_one_level_and_no_further(read, scripted):
    # R24
    second = patient(id="p2", link=[link("Patient/p3")])
    second["identifier"] = [{"system": "urn:mr", "value": "M2"}]
    context = read(
        **{"Patient/p1": patient(link=[link("Patient/p2")]), "Patient/p2": second}
    )
    assert context.patient.mrns == (("M1", ""), ("M2", ""))
    assert "Patient/p3" not in scripted.asked


def test_studies_and_orders_of_the_merged_record_are_the_patients_own(read):
    # R24
    mine = {"reference": "Patient/p2"}
    context = read(
        **{
            "Patient/p1": patient(link=[link("Patient/p2", "replaced-by")]),
            "Patient/p2": patient(id="p2"),
            "ServiceRequest/o1": order(subject=mine),
            "ImagingStudy?patient=p1&basedon=ServiceRequest%2Fo1": bundle(),
            "ImagingStudy?patient=p2": bundle(study(1, subject=mine)),
        }
    )
    assert context.order is not None
    assert context.study_uids == ("1.2.1",)


def test_records_that_differ_in_birth_date_are_said():
    # R24: the launch's own birth date stays
    systems = [IdentifierSystem(system="urn:mr")]
    one = read_patient(patient(birthDate="1970-01-01"), systems)
    other = read_patient(
        patient(
            id="p2",
            birthDate="1980-01-01",
            name=[{"family": "Phantom", "given": ["Amber"]}, {"family": "Former"}],
            identifier=[{"system": "urn:mr", "value": "M2"}, {"value": "X"}],
        ),
        systems,
    )
    joined = with_merged(one, [other])
    assert joined.birth_date == "1970-01-01"
    assert joined.mrns == (("M1", ""), ("M2", ""))
    assert joined.names == ("Phantom^Amber",)
    assert joined.variant_names == ("Former",)
    assert joined.other_identifiers == (("X", ""),)


def test_merged_records_with_two_birth_dates_warn(read):
    # R24
    context = read(
        **{
            "Patient/p1": patient(birthDate="1970-01-01", link=[link("Patient/p2")]),
            "Patient/p2": patient(id="p2", birthDate="1980-01-01"),
        }
    )
    assert "The merged records differ in birth date." in context.warnings
    assert context.patient.birth_date == "1970-01-01"
