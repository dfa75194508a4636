"""The identity gate (launch.md 10.2): every one of its 96 cells, by hand."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smart_viewer.dicom.identity import PatientIdentity
from smart_viewer.reading.gate import Expected, Finding, compare, decide
from smart_viewer.reading.likeness import compare_birth_dates, compare_names

IDS = ("equal", "other", "absent")
BIRTH_DATES = ("equal", "partial", "differs", "absent")
NAMES = ("equal", "variant", "disjoint", "absent")
SEXES = ("equal_or_absent", "differs")

# Only an equal id can pass. Rows: birth date; columns: name equal, variant,
# disjoint, absent; per cell: sex equal or absent / sex differs. S show W warn B block.
TABLE = {
    "equal": ("S/W", "W/W", "B/B", "W/W"),
    "partial": ("W/W", "W/W", "B/B", "B/B"),
    "differs": ("B/B", "B/B", "B/B", "B/B"),
    "absent": ("W/W", "W/W", "B/B", "B/B"),
}
ACTION = {"S": "show", "W": "warn", "B": "block"}


def expected_action(finding: Finding) -> str:
    if finding.id != "equal":
        return "block"
    cell = TABLE[finding.birth_date][NAMES.index(finding.name)]
    return ACTION[cell.split("/")[SEXES.index(finding.sex)]]


@pytest.mark.parametrize("cell", list(product(IDS, BIRTH_DATES, NAMES, SEXES)))
@pytest.mark.requirement("R25")
def test_every_cell_of_the_gate_is_decided_as_the_table_says(cell):
    finding = Finding(*cell)
    verdict = decide(finding)
    assert verdict.action == expected_action(finding)
    assert bool(verdict.reasons) == (verdict.action != "show")


def test_the_table_has_96_cells():
    assert len(list(product(IDS, BIRTH_DATES, NAMES, SEXES))) == 96


@pytest.mark.parametrize(
    ("ehr", "dicom", "match"),
    [
        ("1961-04-12", "19610412", "equal"),
        ("1961-04-12", "1961.04.12", "equal"),  # the retired ACR-NEMA form
        ("1961-04", "19610412", "partial"),
        ("1961", "19610412", "partial"),
        ("1961-04-12", "1961", "partial"),
        ("1961-04", "1961", "partial"),
        ("1961-04-12", "19610413", "differs"),
        ("1962", "19610412", "differs"),
        ("1961-04-12", "", "absent"),
        ("", "19610412", "absent"),
        ("1961-04-12", "00010101", "absent"),  # a placeholder is no birth date
        ("1961-04-12", "19611399", "absent"),
        ("1961-04-12", "UNKNOWN", "absent"),
        ("1961-04-12", "١٩٦١٠٤١٢", "absent"),
    ],
)
@pytest.mark.requirement("R25")
def test_birth_dates_are_compared_as_far_as_both_say(ehr, dicom, match):
    assert compare_birth_dates(ehr, dicom) == match


@pytest.mark.parametrize(
    ("ehr", "dicom", "match"),
    [
        (["Müller^Anna"], "MULLER^ANNA", "equal"),
        (["Anna-Lena^Marie"], "ANNA LENA^MARIE^^Dr.^", "equal"),
        (["Yamada^Tarou"], "Yamada^Tarou=山田^太郎=やまだ^たろう", "equal"),
        (["山田^太郎"], "Yamada^Tarou=山田^太郎", "equal"),
        (["Meier^Anna^Lena"], "MEIER^ANNA", "variant"),
        (["Meier^Anna"], "ANNA^MEIER", "variant"),
        (["Meier^Anna", "Huber^Anna"], "HUBER^ANNA", "equal"),
        (["Müller^Jörg"], "Mueller^Joerg", "equal"),
        (["Müller^Jörg"], "Muller^Jorg", "equal"),
        (["Mu\u0308ller^Jörg"], "MUELLER^JOERG", "equal"),
        (["Ødegård^Bjørn"], "Odegard^Bjorn", "equal"),
        (["Ødegård^Bjørn"], "Oedegaard^Bjoern", "equal"),
        (["Żółć^Łukasz"], "ZOLC^LUKASZ", "equal"),
        (["O'Brien^Pat"], "OBRIEN^PAT", "equal"),
        (["Weiß^Anna"], "WEISS^ANNA", "equal"),
        (["de Souza^Maria"], "de Jong^Pieter", "disjoint"),  # a particle is no name
        (["Al Hassan^Omar"], "Al Farsi^Said", "disjoint"),
        (["Meier^Anna"], "HUBER^ANNA", "variant"),
        (["Meier^A"], "HUBER^A", "disjoint"),  # one letter in common says nothing
        (["Meier^Anna"], "HUBER^BERTA", "disjoint"),
        (["Meier^Anna"], "", "absent"),
        (["Meier^Anna"], "^^^", "absent"),
        ([], "HUBER^BERTA", "absent"),
    ],
)
@pytest.mark.requirement("R25")
def test_names_are_compared_without_case_accents_and_order(ehr, dicom, match):
    assert compare_names(ehr, dicom) == match


EHR = Expected(
    mrns=(("M-1", "HOSPITAL"), ("OLD-1", "")),
    names=("Meier^Anna",),
    birth_date="1961-04-12",
    sex="female",
    single_domain=False,
)


def study(**changes: str) -> PatientIdentity:
    values = {
        "patient_id": "M-1",
        "issuer_of_patient_id": "HOSPITAL",
        "patient_name": "MEIER^ANNA",
        "patient_birth_date": "19610412",
        "patient_sex": "F",
    }
    return PatientIdentity(**{**values, **changes})


@pytest.mark.parametrize(
    ("changes", "single_domain", "match"),
    [
        ({}, False, "equal"),
        ({"patient_id": "M-2"}, False, "other"),
        ({"patient_id": "m-1"}, False, "other"),  # ids are compared byte for byte
        ({"issuer_of_patient_id": "ELSEWHERE"}, False, "other"),
        ({"issuer_of_patient_id": "ELSEWHERE"}, True, "other"),
        ({"issuer_of_patient_id": ""}, False, "absent"),
        ({"issuer_of_patient_id": ""}, True, "equal"),
        ({"patient_id": ""}, True, "absent"),
        ({"patient_id": "OLD-1", "issuer_of_patient_id": "X"}, False, "other"),
        ({"patient_id": "OLD-1", "issuer_of_patient_id": ""}, True, "equal"),
    ],
)
@pytest.mark.requirement("R25")
def test_an_id_counts_with_its_issuer_only(changes, single_domain, match):
    ehr = Expected(EHR.mrns, EHR.names, EHR.birth_date, EHR.sex, single_domain)
    assert compare(ehr, study(**changes)).id == match


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("MEIER^ANNA", "equal"),
        ("HUBER^ANNA", "variant"),  # under the name before her marriage
        ("SCHMID^BERTA", "disjoint"),
        ("", "absent"),
    ],
)
def test_a_former_name_is_a_variant_of_todays(name, match):
    ehr = Expected((("M-1", ""),), ("Meier^Anna",), "", "", True, ("Huber^Anna",))
    assert compare(ehr, study(patient_name=name)).name == match


def test_a_former_name_alone_is_never_equal():
    ehr = Expected((("M-1", ""),), (), "", "", True, ("Huber^Anna",))
    assert compare(ehr, study(patient_name="HUBER^ANNA")).name == "variant"


@pytest.mark.parametrize(
    ("ehr_sex", "dicom_sex", "match"),
    [
        ("female", "F", "equal_or_absent"),
        ("female", "M", "differs"),
        ("unknown", "M", "equal_or_absent"),
        ("", "M", "equal_or_absent"),
        ("male", "", "equal_or_absent"),
    ],
)
@pytest.mark.requirement("R25")
def test_sex_differs_only_where_both_say_something(ehr_sex, dicom_sex, match):
    ehr = Expected(EHR.mrns, EHR.names, EHR.birth_date, ehr_sex, False)
    assert compare(ehr, study(patient_sex=dicom_sex)).sex == match


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=30))
def test_whatever_the_archive_says_there_is_a_verdict(patient_id, birth_date, name):
    found = study(
        patient_id=patient_id, patient_birth_date=birth_date, patient_name=name
    )
    assert decide(compare(EHR, found)).action in {"show", "warn", "block"}


@given(st.text(min_size=1, max_size=30))
@pytest.mark.requirement("R30")
def test_no_reason_repeats_what_the_archive_says(secret):
    found = study(patient_id=f"<{secret}>", patient_name=f"<{secret}>^B")
    assert not any(f"<{secret}>" in r for r in decide(compare(EHR, found)).reasons)
