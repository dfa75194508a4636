"""Orders, visits, reports and what a launch points to. Oracle: FHIR R4 by hand."""

from __future__ import annotations

import pytest
from fhir_cases import Facts, acsn, bundle, order, report, steps, study

from smart_viewer.fhir.launched import read_named
from smart_viewer.fhir.orders import is_imaging, read_visit
from smart_viewer.fhir.reports import comparisons_of_report, studies_of_report
from smart_viewer.launch.fhir_context import ContextItem
from smart_viewer.settings import IdentifierSystem

SYSTEMS = (IdentifierSystem(system="urn:acc", type_code="ACSN"),)
BASES = ("https://ehr.example/fhir/",)
EVERYTHING = "ImagingStudy?patient=p1"
OF_VISIT = "ServiceRequest?patient=p1&encounter=Encounter%2Fe1"
VISIT = {
    "resourceType": "Encounter",
    "id": "e1",
    "subject": {"reference": "Patient/p1"},
}


def named(*items: ContextItem):
    return read_named(items, SYSTEMS)


def of_order(number: int) -> str:
    return f"ImagingStudy?patient=p1&basedon=ServiceRequest%2Fo{number}"


@pytest.mark.parametrize(
    ("item", "tokens", "accessions"),
    [
        (
            ContextItem(identifier_system="urn:acc", identifier_value="A1"),
            ("urn:acc|A1",),
            ("A1",),
        ),
        (
            ContextItem(identifier_value="A1", identifier_type="ACSN"),
            ("A1",),
            ("A1",),
        ),
        (
            ContextItem(
                identifier_system="urn:plac",
                identifier_value="P",
                type="ServiceRequest",
            ),
            ("urn:plac|P",),
            (),
        ),
        (
            ContextItem(
                identifier_system="urn:acc",
                identifier_value="A1",
                identifier_type="PLAC",
                type="ServiceRequest",
            ),
            ("urn:acc|A1",),
            (),
        ),
        (ContextItem(identifier_system="urn:x", identifier_value="A1"), (), ()),
        (
            ContextItem(identifier_system="urn:acc", identifier_value="*"),
            (r"urn:acc|*",),
            (),
        ),
        (
            ContextItem(identifier_system="urn:acc", identifier_value="A,B|C"),
            (r"urn:acc|A\,B\|C",),
            ("A,B|C",),
        ),
    ],
)
def test_an_identifier_of_the_launch_is_an_order_or_a_number(item, tokens, accessions):
    # R14, R21: values are escaped (R4 search 3.1.1.4.14), wildcards never queried
    found = named(item)
    assert found.tokens["ServiceRequest"] == tokens
    assert found.accession_numbers == accessions


@pytest.mark.parametrize(
    ("item", "others"),
    [
        (ContextItem(reference="Observation/1"), {"Observation": 1}),
        (ContextItem(canonical="urn:c", type="Questionnaire"), {"Questionnaire": 1}),
        (ContextItem(identifier_value="x"), {"identifier": 1}),
        (
            ContextItem(identifier_system="urn:dicom:uid", identifier_value="x"),
            {"identifier": 1},
        ),
        (ContextItem(reference="ServiceRequest/1", role="urn:other"), {}),
        (ContextItem(reference="Patient/2", role="urn:other"), {}),
    ],
)
def test_what_leads_to_no_study_is_counted_or_about_something_else(item, others):
    # R14
    found = named(item)
    assert not found.anything
    assert found.others == others


def test_an_item_that_leads_nowhere_is_a_step_of_the_trace(read):
    # R14
    context = read(Facts(references=("Observation/1", "ServiceRequest/o1")))
    said = "The launch also names what leads to no study (Observation): 1"
    assert (said, "skipped") in steps(context)
    assert context.study_uids == ("1.2.1",)


def test_a_number_of_the_launch_that_the_ehr_cannot_look_up_is_left_to_archives(read):
    # R15, R16: accession numbers of a vendor's member
    item = ContextItem(identifier_value="A77", identifier_type="ACSN")
    context = read(Facts(references=(), items=(item,)))
    assert context.accession_numbers == ("A77",)
    assert not context.patient_level


def test_a_uid_of_the_launch_survives_an_ehr_without_imaging_study(read):
    # R16: the archive and the identity gate decide
    item = ContextItem(identifier_system="urn:dicom:uid", identifier_value="1.2.77")
    context = read(
        Facts(references=(), items=(item,)), **{EVERYTHING: 404, "ImagingStudy": 404}
    )
    assert context.study_uids == ("1.2.77",)
    assert ("Chosen by the ImagingStudy of the launch", "found") in steps(context)


def test_a_uid_that_is_another_patients_is_not_used(read):
    # R18: the server ignored the patient of the search
    item = ContextItem(identifier_system="urn:dicom:uid", identifier_value="1.2.77")
    other = study(77, subject={"reference": "Patient/p2"})
    asked = "ImagingStudy?patient=p1&identifier=urn%3Adicom%3Auid%7Curn%3Aoid%3A1.2.77"
    context = read(Facts(references=(), items=(item,)), **{asked: bundle(other)})
    assert context.study_uids == ()
    assert "an ImagingStudy of another patient was skipped" in context.warnings


def test_orders_that_share_an_accession_number_have_the_same_study(read):
    # accession not one-to-one: two orders, one number, one study
    one = study(1, basedOn=[{"reference": "ServiceRequest/o2"}])
    one["identifier"] = [*one["identifier"], acsn("A1")]
    facts = Facts(references=("ServiceRequest/o1", "ServiceRequest/o2"))
    context = read(
        facts,
        **{
            "ServiceRequest/o2": order(2, identifier=[acsn("A1")]),
            of_order(1): bundle(),
            of_order(2): bundle(one),
            EVERYTHING: bundle(one),
        },
    )
    assert context.study_uids == ("1.2.1",)
    assert context.accession_numbers == ("A1",)
    assert [found.id for found in context.orders] == ["o1", "o2"]


def test_an_order_may_have_several_accession_numbers_and_studies(read):
    # accession not one-to-one
    both = [study(n, basedOn=None) for n in (1, 2)]
    for one, number in zip(both, ("A1", "A2"), strict=True):
        one["identifier"] = [*one["identifier"], acsn(number)]
    several = order(identifier=[acsn("A1"), acsn("A2")])
    context = read(
        **{
            "ServiceRequest/o1": several,
            of_order(1): bundle(),
            EVERYTHING: bundle(*both),
        }
    )
    assert context.accession_numbers == ("A1", "A2")
    assert context.study_uids == ("1.2.1", "1.2.2")


def test_the_newest_imaging_order_of_the_visit_leads(read):
    # R15: orders of the encounter
    blood = order(3, category=[{"text": "Laboratory"}], authoredOn="2024-09-01")
    context = read(
        Facts(references=(), encounter="e1"),
        **{
            "Encounter/e1": {**VISIT, "class": {"code": "EMER"}},
            OF_VISIT: bundle(
                order(1, authoredOn="2024-01-01"),
                order(2, authoredOn="2024-02-01", category=[{"text": "Imaging"}]),
                blood,
            ),
            of_order(2): bundle(study(2, basedOn=[{"reference": "ServiceRequest/o2"}])),
        },
    )
    assert [one.id for one in context.orders] == ["o2", "o1"]
    assert set(context.study_uids) == {"1.2.1", "1.2.2"}
    assert context.encounter_class == "EMER"
    assert any("several imaging orders" in warning for warning in context.warnings)


def test_a_report_that_names_its_study_by_uid_alone_is_enough(read):
    # R15: imagingStudy identifier, no ImagingStudy anywhere
    by_uid = {"identifier": {"system": "urn:dicom:uid", "value": "urn:oid:1.2.5"}}
    context = read(
        Facts(references=("DiagnosticReport/r1",)),
        **{"DiagnosticReport/r1": report(imagingStudy=[by_uid]), EVERYTHING: 404},
    )
    assert context.study_uids == ("1.2.5",)
    assert ("Chosen by the report", "found") in steps(context)


def test_a_study_of_a_report_that_no_list_has_is_read_by_itself(read):
    # R15
    named = report(imagingStudy=[{"reference": "ImagingStudy/s8"}])
    context = read(
        Facts(references=("DiagnosticReport/r1",)),
        **{
            "DiagnosticReport/r1": named,
            "ImagingStudy/s8": study(8, modality={"coding": [{"code": "MR"}]}),
        },
    )
    assert context.study_uids == ("1.2.8",)
    assert ("ImagingStudy of the report", "found") in steps(context)


def test_a_named_study_without_scope_leaves_the_order(read):
    # R10, R15
    facts = Facts(
        references=("ImagingStudy/s1", "ServiceRequest/o1"),
        denied=frozenset({"ImagingStudy", "AllergyIntolerance"}),
    )
    context = read(facts)
    assert (context.study_uids, context.accession_numbers) == ((), ("A1",))
    said = ("ImagingStudy is not among the granted scopes", "skipped")
    assert steps(context).count(said) == 1


def test_a_named_study_that_the_ehr_does_not_serve_leaves_the_order(read):
    # R15, R16
    facts = Facts(references=("ImagingStudy/s1", "ServiceRequest/o1"))
    statement = {"rest": [{"resource": [{"type": "Patient"}]}]}
    context = read(facts, metadata=statement)
    assert (context.study_uids, context.accession_numbers) == ((), ("A1",))


def test_a_report_without_study_leads_through_its_order(read):
    # R15: basedOn
    based = report(basedOn=[{"reference": "ServiceRequest/o1"}])
    context = read(
        Facts(references=("DiagnosticReport/r1",)), **{"DiagnosticReport/r1": based}
    )
    assert context.study_uids == ("1.2.1",)
    assert context.order is not None
    assert [one.id for one in context.reports] == ["r1"]


def test_a_report_of_another_patient_leads_nowhere(read):
    # R15
    other = report(
        subject={"reference": "Patient/p2"},
        imagingStudy=[{"reference": "ImagingStudy/s1"}],
    )
    context = read(
        Facts(references=("DiagnosticReport/r1",)), **{"DiagnosticReport/r1": other}
    )
    assert (context.study_uids, context.reports) == ((), ())
    said = "DiagnosticReport of the launch belongs to another patient"
    assert (said, "refused") in steps(context)


@pytest.mark.parametrize(
    ("category", "imaging"),
    [
        (None, True),
        ([], True),
        ([{"text": "Imaging"}], True),
        ([{"text": "Radiology order"}], True),
        ([{"coding": [{"system": "http://loinc.org", "code": "LP29684-5"}]}], True),
        ([{"text": "Laboratory"}], False),
        ([{"coding": [{"system": "http://snomed.info/sct", "code": "1"}]}], False),
        ({"text": "Imaging"}, True),
    ],
)
def test_an_order_is_for_imaging_unless_its_category_says_otherwise(category, imaging):
    assert is_imaging({"category": category}) is imaging


@pytest.mark.parametrize(
    ("held", "code"),
    [
        ({"code": "EMER"}, "EMER"),
        ([{"coding": [{"code": "IMP"}]}], "IMP"),  # R5
        ("AMB", ""),
        (None, ""),
    ],
)
def test_the_class_of_a_visit_is_read_in_r4_and_r5(held, code):
    assert read_visit({"id": "e1", "class": held}).class_code == code


@pytest.mark.parametrize(
    ("words", "dates"),
    [
        ("COMPARISON: CT chest 2023-01-05.", ["2023-01-05"]),
        ("Compared with the CT of 5 January 2023", ["2023-01-05"]),
        ("Comparison: March 5, 2024 and 2 Feb 2023", ["2023-02-02", "2024-03-05"]),
        ("comparison is made to Sept 4, 2020", []),
        ("Comparison: 03/05/2024", []),  # one day or another
        ("Comparison: 2023-02-30", []),
        ("Comparison: none.\nSigned 2024-03-05", []),
        ("Signed 2024-03-05", []),
        ("", []),
    ],
)
def test_only_dates_that_cannot_be_misread_name_a_comparison(words, dates):
    found = comparisons_of_report({"conclusion": words}, [])
    assert [named.date for named in found] == dates


def test_a_uid_in_the_narrative_names_a_comparison_but_not_the_report_own():
    div = "<div><p>Comparison: 1.2.840.113619.2.5 and 1.2.840.113619.2.6</p></div>"
    found = comparisons_of_report({"text": {"div": div}}, ["1.2.840.113619.2.6"])
    assert [named.study_instance_uid for named in found] == ["1.2.840.113619.2.5"]


def test_the_studies_of_a_report_are_read_in_r4_and_r5():
    resource = {
        "imagingStudy": [{"reference": f"{BASES[0]}ImagingStudy/s1"}],
        "study": [{"identifier": {"value": "urn:oid:1.2.3"}}, {"reference": "x"}],
    }
    assert studies_of_report(resource, BASES) == (("s1",), ("1.2.3",))
