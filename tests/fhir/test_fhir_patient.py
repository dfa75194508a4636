"""The EHR's patient in DICOM's words. Oracle: R4 HumanName, PS3.5 6.2.1 (PN)."""

from __future__ import annotations

import pytest

from smart_viewer.fhir.patient import person_name, read_patient
from smart_viewer.settings import IdentifierSystem

MR = IdentifierSystem(type_code="MR")


def patient(**members: object):
    return read_patient({"resourceType": "Patient", "id": "p1", **members}, [MR])


@pytest.mark.parametrize(
    ("name", "pn"),
    [
        ({"family": "Phantom", "given": ["Amber", "Test"]}, "Phantom^Amber^Test"),
        ({"family": "Phantom", "given": ["A", "B", "C"]}, "Phantom^A^B C"),
        ({"family": "Phantom"}, "Phantom"),
        ({"given": ["Amber"]}, "^Amber"),
        ({"family": " van  der Berg "}, "van der Berg"),
        ({"family": "A^B", "given": ["C=D"]}, "A B^C D"),
        ({"text": "Phantom, Amber Test"}, "Phantom^Amber^Test"),
        ({"text": "Amber Phantom"}, "Amber Phantom"),
        ({"family": "Phantom", "given": "Amber"}, "Phantom^Amber"),
        ({"family": 7, "given": [None, 3]}, ""),
        ({}, ""),
    ],
)
def test_a_human_name_becomes_a_person_name(name, pn):
    assert person_name(name) == pn


def test_the_official_name_comes_first_and_former_names_stand_apart():
    found = patient(
        name=[
            {"use": "maiden", "family": "Before"},
            {"use": "nickname", "given": ["Ambi"]},
            {"family": "Plain"},
            {"use": "usual", "family": "Usual"},
            {"use": "official", "family": "Former", "period": {"end": "2019"}},
            {"use": "official", "family": "Phantom", "prefix": ["Dr."]},
            {"use": "official", "family": "Phantom"},
        ]
    )
    assert found.names == ("Phantom", "Usual", "Plain")
    assert found.variant_names == ("Former", "Before", "^Ambi")
    assert found.display_name == "Dr. Phantom"


@pytest.mark.parametrize(
    ("birth_date", "read"),
    [
        ("1961-04-12", "1961-04-12"),
        ("1961-04", "1961-04"),
        ("1961", "1961"),
        ("19610412", ""),
        ("1961-04-12T00:00:00", ""),
        (None, ""),
        (1961, ""),
    ],
)
def test_a_birth_date_may_be_partial_but_must_be_a_date(birth_date, read):
    assert patient(birthDate=birth_date).birth_date == read


def test_a_patient_with_nothing_readable_is_still_one():
    found = patient(name="x", identifier=3, gender=[], birthDate={})
    assert (found.fhir_id, found.names, found.mrns, found.sex) == ("p1", (), (), "")


def test_other_numbers_are_kept_apart_from_mrns():
    mr = {"coding": [{"code": "MR"}]}
    found = patient(
        identifier=[
            {"type": mr, "system": "urn:a", "value": "1"},
            {"system": "urn:ssn", "value": "2"},
        ]
    )
    assert found.mrns == (("1", ""),)
    assert found.other_identifiers == (("2", "urn:ssn"),)


def test_nothing_of_the_patient_is_in_its_repr():
    found = patient(name=[{"family": "Phantom"}], birthDate="1961-04-12")
    assert "Phantom" not in repr(found)
    assert "1961" not in repr(found)
