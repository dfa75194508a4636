"""The gate where one sign in its code decides (found by mutation, docs/mutation.md)."""

from __future__ import annotations

from itertools import permutations

import pytest

from smart_viewer.dicom.identity import PatientIdentity
from smart_viewer.reading.gate import Expected, compare, decide_all

pytestmark = pytest.mark.requirement("R25")

OURS = "2.16.840.1.5"
EXPECTED = Expected(
    (("MRN-5", OURS),), ("Doe^Jane",), "1961-04-12", "female", single_domain=False
)
SAME = PatientIdentity("MRN-5", OURS, "Doe^Jane", "19610412", "F")
WARNED = PatientIdentity("MRN-5", OURS, "Doe^Jane", "", "F")
BLOCKED = PatientIdentity("MRN-5", OURS, "Doe^Jane", "19610413", "F")


@pytest.mark.parametrize("issuer", ["2.16.840.1.4", "2.16.840.1.6", OURS + ".1", ""])
def test_an_id_of_any_other_issuer_is_not_ours(issuer):
    found = PatientIdentity("MRN-5", issuer, "Doe^Jane", "19610412", "F")
    assert compare(EXPECTED, found).id != "equal"


@pytest.mark.parametrize("value", ["MRN-4", "MRN-6", "MRN-50", "mrn-5", "MRN-5 "])
def test_any_other_id_of_our_issuer_is_somebody_elses(value):
    found = PatientIdentity(value, OURS, "Doe^Jane", "19610412", "F")
    assert compare(EXPECTED, found).id == "other"


def test_an_issuer_is_compared_by_what_it_says():
    spelled_again = "".join(list(OURS))  # equal, and another object
    found = PatientIdentity("MRN-5", spelled_again, "Doe^Jane", "19610412", "F")
    assert compare(EXPECTED, found).id == "equal"


@pytest.mark.parametrize(("fhir", "dicom"), [("female", "M"), ("male", "F")])
def test_sexes_differ_whichever_way(fhir, dicom):
    expected = Expected((("MRN-5", OURS),), (), "", fhir, single_domain=False)
    found = PatientIdentity("MRN-5", OURS, "", "", dicom)
    assert compare(expected, found).sex == "differs"


@pytest.mark.parametrize("order", list(permutations((SAME, WARNED, BLOCKED))))
def test_the_worst_of_all_identities_decides_in_any_order(order):
    verdict = decide_all(EXPECTED, order)
    assert verdict.action == "block"
    assert verdict.reasons[0] == "the birth date differs"
    assert set(verdict.reasons) == {"the birth date differs", "birth date not verified"}


@pytest.mark.parametrize("order", list(permutations((SAME, WARNED))))
def test_a_warning_is_worse_than_nothing_to_say(order):
    assert decide_all(EXPECTED, order).action == "warn"


def test_one_identity_is_decided_as_itself():
    assert decide_all(EXPECTED, [SAME]).action == "show"
    assert decide_all(EXPECTED, [WARNED, WARNED]).action == "warn"


def test_a_study_that_names_nobody_is_blocked():
    assert decide_all(EXPECTED, []).action == "block"
