"""R15: one launch from the sandbox per case, and the whole trace of each.

Oracle: the chart of the sandbox, and the order of resolution of launch.md R15.
"""

from __future__ import annotations

import pytest
from fhir_cases import asked, launched_context, steps

from smart_viewer.sandbox.identity import CHEST_PATIENT, CHEST_PRIOR

NOW, PRIOR = CHEST_PATIENT.study_instance_uid, CHEST_PRIOR.study_instance_uid
LEFT = "Left to the archives: accession numbers with the patient’s MRNs: 1"
PATIENT = [
    ("Patient of the launch", "found"),
    ("MRNs by the configured systems: 1", "found"),
]
NO_ORDER = ("The launch names no order (ServiceRequest)", "none")
VISIT = ("Encounter of the launch", "found")
BY_ORDER = [
    ("ImagingStudy by its order: 1", "found"),
    ("Chosen by the order of the launch", "found"),
]
LISTED = ("ImagingStudy of the patient: 2", "found")
NO_REPORT = ("DiagnosticReport of the order: 0", "none")
NUMBER = ("Accession numbers of the order: 1", "found")
BY_REFERENCE = [
    *PATIENT,
    ("ServiceRequest of the launch", "found"),
    NUMBER,
    VISIT,
    *BY_ORDER,
    LISTED,
    NO_REPORT,
]
BEHIND_STUDY = [
    NO_ORDER,
    VISIT,
    ("ServiceRequest behind the ImagingStudy", "found"),
    ("Chosen by the ImagingStudy of the launch", "found"),
    LISTED,
    NO_REPORT,
]

CASES = {
    "order": BY_REFERENCE,
    "foreign_reference": BY_REFERENCE,
    "patient_role": BY_REFERENCE,
    "imaging_study": [
        *PATIENT,
        ("ImagingStudy of the launch", "found"),
        *BEHIND_STUDY,
    ],
    "imaging_study_identifier": [
        *PATIENT,
        ("ImagingStudy of the launch, by its UID: 1", "found"),
        *BEHIND_STUDY,
    ],
    "order_identifier": [
        *PATIENT,
        ("ServiceRequest of the launch, by identifier: 1", "found"),
        NUMBER,
        VISIT,
        *BY_ORDER,
        LISTED,
        NO_REPORT,
    ],
    "order_canonical": [
        *PATIENT,
        ("ServiceRequest of the launch, by canonical: 2", "found"),
        NUMBER,
        VISIT,
        *BY_ORDER,
        LISTED,
        NO_REPORT,
    ],
    "encounter": [
        *PATIENT,
        NO_ORDER,
        VISIT,
        ("ServiceRequest of the encounter: 1", "found"),
        ("ImagingStudy by its order: 1", "found"),
        ("Chosen by the orders of the encounter", "found"),
        LISTED,
        NO_REPORT,
    ],
}


@pytest.mark.parametrize("form", CASES)
def test_each_way_to_name_an_order_leads_to_its_study_and_says_how(wide, form):
    # R15, R14
    context = launched_context(wide, "order-1", form)
    assert steps(context) == CASES[form]
    assert context.study_uids == (NOW,)
    assert context.accession_numbers == (CHEST_PATIENT.accession_number,)
    assert context.order is not None
    assert (context.order.id, context.patient_level) == ("order-1", False)
    assert context.encounter_class == "AMB"
    assert [hint.study_instance_uid for hint in context.prior_hints] == [PRIOR]
    assert (context.prior_hints[0].date, context.prior_hints[0].modalities) == (
        "2023-01-03",
        ("CT",),
    )


def test_a_report_leads_to_its_study_and_to_the_order_behind_it(wide):
    # R15: DiagnosticReport (imagingStudy, basedOn)
    context = launched_context(wide, "order-101", "diagnostic_report")
    assert steps(context) == [
        *PATIENT,
        NO_ORDER,
        VISIT,
        ("DiagnosticReport of the launch", "found"),
        LISTED,
        ("Studies that the DiagnosticReport names: 1", "found"),
        ("ServiceRequest behind the DiagnosticReport", "found"),
        ("Chosen by the report", "found"),
        ("DiagnosticReport of the order: 1", "found"),
    ]
    assert context.study_uids == (PRIOR,)
    assert context.order is not None
    assert context.order.id == "order-101"
    (report,) = context.reports
    assert (report.id, report.status, report.study_uids) == (
        "report-101",
        "final",
        (PRIOR,),
    )
    assert report.issued == "2023-01-03T16:40:00Z"


def test_a_patient_alone_leaves_the_list(wide):
    # R15: list at patient level
    context = launched_context(wide, "order-1", "patient")
    assert steps(context) == [
        *PATIENT,
        NO_ORDER,
        LISTED,
        ("Only the list of the patient’s studies is left", "none"),
    ]
    assert context.patient_level
    assert (context.study_uids, context.orders, context.encounter) == ((), (), None)
    hints = [hint.study_instance_uid for hint in context.prior_hints]
    assert hints == [NOW, PRIOR]  # the newest first


def test_several_orders_of_one_launch_are_all_shown_and_the_first_leads(wide):
    # R14: the same type may repeat; R15
    context = launched_context(wide, "order-1", "repeats")
    assert [order.id for order in context.orders] == ["order-1", "order-101"]
    assert context.study_uids == (NOW, PRIOR)
    assert len(context.accession_numbers) == 2
    assert context.warnings == ("the launch names several orders; the first one leads",)


def test_an_order_without_images_leaves_its_accession_number(wide):
    # R16
    context = launched_context(wide, "order-3")
    assert steps(context)[-4:] == [
        ("ImagingStudy by its order: 0", "none"),
        ("ImagingStudy of the patient: 0", "none"),
        ("DiagnosticReport of the order: 0", "none"),
        (LEFT, "found"),
    ]


def test_codes_of_order_study_and_report_come_together_for_the_hanging(wide):
    # R22: order code first
    context = launched_context(wide, "order-101")
    facts = [
        (coding.source, coding.code, coding.modalities)
        for coding in context.order_codings
    ]
    assert facts == [
        ("ServiceRequest", "24627-2", ()),
        ("ImagingStudy", "", ("CT",)),
        ("DiagnosticReport", "24627-2", ()),
    ]
    first = context.order_codings[0]
    assert first.body_sites[0][:2] == ("http://snomed.info/sct", "51185008")
    assert context.order_codings[1].display == CHEST_PRIOR.study_description


def test_an_order_names_its_comparison(wide):
    context = launched_context(wide, "order-1")
    (named,) = context.named_comparisons
    assert (named.source, named.date) == ("ServiceRequest", "2023-01-03")
    assert named.study_instance_uid == PRIOR


def test_every_question_is_asked_once_and_none_twice(wide):
    launched_context(wide, "order-1")
    assert asked(wide) == [
        "/fhir/DiagnosticReport",
        "/fhir/Encounter/encounter-1",
        "/fhir/ImagingStudy",
        "/fhir/ImagingStudy",
        "/fhir/Patient/patient-1",
        "/fhir/ServiceRequest/order-1",
    ]


@pytest.mark.parametrize("form", [*CASES, "repeats", "patient"])
def test_no_step_and_no_warning_names_anything(wide, form):
    # R30
    context = launched_context(wide, "order-1", form)
    said = " ".join([s.text for s in context.trace] + list(context.warnings))
    for secret in ("Sandbox", "SBX", "2.25.", "patient-1", "order-1", "imaging-1"):
        assert secret not in said
    assert "2.25." not in repr(context)
    assert "SBX" not in repr(context)
