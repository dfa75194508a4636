"""What the banner may say of allergies, from AllergyIntolerance (FHIR R4)."""

from __future__ import annotations

import pytest
from fhir_cases import Facts, bundle

from smart_viewer.fhir.allergies import read_allergy
from smart_viewer.fhir.nouns import Allergy

CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
SNOMED = "http://snomed.info/sct"
ASKED = "AllergyIntolerance?patient=p1"
ALL = Facts(denied=frozenset())


def entry(**changes: object) -> dict[str, object]:
    return {
        "resourceType": "AllergyIntolerance",
        "id": "a1",
        "clinicalStatus": {"coding": [{"system": CLINICAL, "code": "active"}]},
        "code": {"text": "Latex"},
        "patient": {"reference": "Patient/p1"},
        **changes,
    }


def status(code: str, system: str = CLINICAL) -> dict[str, object]:
    return {"coding": [{"system": system, "code": code}]}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"clinicalStatus": None},
        {"clinicalStatus": "active"},
        {"clinicalStatus": status("recurrence")},
        {"verificationStatus": status("unconfirmed", VERIFICATION)},
        {"criticality": "low"},
        {"criticality": "unable-to-assess"},
        {"criticality": ["high"]},
    ],
)
def test_what_is_not_past_or_withdrawn_holds(changes):
    assert read_allergy(entry(**changes)) == (Allergy("Latex"),)


@pytest.mark.parametrize(
    "changes",
    [
        {"clinicalStatus": status("inactive")},
        {"clinicalStatus": status("resolved")},
        {"verificationStatus": status("refuted", VERIFICATION)},
        {"verificationStatus": status("entered-in-error", VERIFICATION)},
        {"code": {"coding": [{"system": SNOMED, "code": "716186003"}]}},
    ],
)
def test_past_withdrawn_and_none_known_are_no_allergies(changes):
    assert read_allergy(entry(**changes)) == ()


def test_one_without_a_name_is_named_by_its_reaction_or_stays_unnamed():
    reaction = {"reaction": [{}, {"substance": {"text": "Amoxicillin"}}]}
    assert read_allergy(entry(code=None, **reaction)) == (Allergy("Amoxicillin"),)
    assert read_allergy(entry(code={})) == (Allergy(""),)


def test_high_criticality_is_kept():
    assert read_allergy(entry(criticality="high")) == (Allergy("Latex", high=True),)


def test_the_patients_own_are_taken_those_of_high_criticality_first(read, scripted):
    foreign = entry(id="a3", patient={"reference": "Patient/p2"})
    grave = entry(id="a2", code={"text": "Contrast"}, criticality="high")
    answer = bundle(entry(), entry(id="a4"), grave, foreign, {"resourceType": 7})
    context = read(ALL, **{ASKED: answer})
    assert ASKED in scripted.asked
    assert context.allergies == (Allergy("Contrast", high=True), Allergy("Latex"))
    assert not any("Allergy" in step.text for step in context.trace)


def test_an_answer_without_entries_says_that_there_are_none(read):
    assert read(ALL, **{ASKED: bundle()}).allergies == ()


@pytest.mark.parametrize("answer", [403, 500, b"<html>"])
def test_no_answer_is_not_none_recorded(read, answer):
    assert read(ALL, **{ASKED: answer}).allergies is None


def test_without_the_scope_nothing_is_asked(read, scripted):
    assert read(Facts()).allergies is None
    assert not any("Allergy" in path for path in scripted.asked)
