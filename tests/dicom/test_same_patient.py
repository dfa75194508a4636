"""Do two instances contradict each other? Oracle: the cases, by hand."""

from __future__ import annotations

import pytest

from smart_viewer.dicom.identity import PatientIdentity
from smart_viewer.dicom.same_patient import one_patient, same_patient


def person(name: str = "", birth_date: str = "", issuer: str = "") -> PatientIdentity:
    return PatientIdentity("P-1", issuer, name, birth_date)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Meier^Anna", "MEIER^ANNA^^Dr", True),
        ("Meier^Anna", "Huber^Anna", True),
        ("Meier^Anna", "", True),
        ("Meier^Anna", "^^^^", True),
        ("Meier^Anna", "Huber^Berta", False),
        ("Meier^A", "Huber^A", False),  # one letter in common says nothing
        ("A^B", "A^B^", True),
        ("A^B", "A^C", False),
        ("Meier^Anna^^Dr", "Huber^Berta^^Dr", False),  # a title is no name
        ("Müller^J", "MULLER", True),
        ("Müller^J", "MUELLER", True),
        ("Yamada^Tarou=山田^太郎", "山田^太郎", True),
        ("王^小明", "王^大文", True),  # one ideograph is a family name
        ("王^小明", "李^大文", False),
    ],
)
def test_names_without_a_word_in_common_are_of_two_patients(one, other, same):
    assert same_patient(person(one), person(other)) is same
    assert same_patient(person(other), person(one)) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("19580412", "", True),
        ("19580412", "1958.04.12", True),
        ("19580412", "1958", True),
        ("19580412", "19991231", False),
        ("19580412", "1999", False),
        ("19580412", "UNKNOWN", False),
    ],
)
def test_birth_dates_agree_as_far_as_both_say(one, other, same):
    assert same_patient(person(birth_date=one), person(birth_date=other)) is same
    assert same_patient(person(birth_date=other), person(birth_date=one)) is same


def test_one_patient_keeps_what_contradicts_nothing_before_it():
    silent, of_1958, of_1999 = person(), person("", "19580412"), person("", "19991231")

    assert one_patient([silent, of_1958, of_1999, silent]) == (silent, of_1958)
    assert one_patient([silent, of_1999, of_1958]) == (silent, of_1999)
    assert one_patient([]) == ()
