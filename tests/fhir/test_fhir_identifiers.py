"""Numbers out of identifiers (R21). Oracle: launch.md 8; PS3.5 VR UI and SH."""

from __future__ import annotations

import pytest

from smart_viewer.fhir.identifiers import accession_numbers, numbers_of, study_uid
from smart_viewer.settings import IdentifierSystem

V2 = "http://terminology.hl7.org/CodeSystem/v2-0203"


def identifier(value, system=None, code=None, scheme=V2, text=None, use=None):
    entry: dict[str, object] = {"value": value}
    if system:
        entry["system"] = system
    if code or text:
        coding = [{"system": scheme, "code": code}] if code else []
        entry["type"] = {"coding": coding, "text": text}
    if use:
        entry["use"] = use
    return entry


def test_a_number_is_found_by_system_by_type_or_by_both():
    entries = [
        identifier("1", "urn:a", "MR"),
        identifier("2", "urn:a", "SS"),
        identifier("3", "urn:b", "MR"),
        identifier("4"),
    ]
    by_system = IdentifierSystem(system="urn:a", issuer="A")
    by_type = IdentifierSystem(type_code="MR", issuer="T")
    by_both = IdentifierSystem(system="urn:a", type_code="MR", issuer="B")
    assert numbers_of(entries, [by_system]) == (("1", "A"), ("2", "A"))
    assert numbers_of(entries, [by_type]) == (("1", "T"), ("3", "T"))
    assert numbers_of(entries, [by_both]) == (("1", "B"),)


def test_old_numbers_and_several_systems_are_all_found():
    # R23: one query per number and issuer
    entries = [identifier("1", "urn:a"), identifier("2", "urn:b", use="old")]
    systems = [
        IdentifierSystem(system="urn:b", issuer="B"),
        IdentifierSystem(system="urn:a", issuer="A"),
    ]
    assert numbers_of(entries, systems) == (("2", "B"), ("1", "A"))


def test_the_type_may_be_text_only_or_in_an_older_code_system():
    system = IdentifierSystem(type_code="EPIC")
    assert numbers_of([identifier("1", text="EPIC")], [system]) == (("1", ""),)
    older = identifier("1", code="MR", scheme="http://hl7.org/fhir/v2/0203")
    foreign = identifier("2", code="MR", scheme="https://other.example/codes")
    by_type = IdentifierSystem(type_code="MR")
    assert numbers_of([older, foreign], [by_type]) == (("1", ""),)


@pytest.mark.parametrize(
    "entries",
    [
        None,
        7,
        "x",
        [],
        [None, 3, "x", {}],
        [{"value": 7}],
        [{"value": " "}],
        {"type": 3},
    ],
)
def test_odd_identifiers_are_no_numbers(entries):
    assert numbers_of(entries, [IdentifierSystem(type_code="MR")]) == ()


def test_a_good_identifier_survives_its_odd_neighbours():
    # R19
    entries = [{"type": 3, "value": []}, identifier(" 1 ", code="MR"), None]
    assert numbers_of(entries, [IdentifierSystem(type_code="MR")]) == (("1", ""),)


@pytest.mark.parametrize(
    "value", ["*", "A*", "A?1", "A\\B", "12345678901234567", "A\n1", "A\x00"]
)
def test_an_accession_number_that_would_match_others_is_ignored_aloud(value):
    entries = [identifier(value, code="ACSN"), identifier("A1", code="ACSN")]
    numbers, warnings = accession_numbers(entries, [IdentifierSystem(type_code="ACSN")])
    assert numbers == ("A1",)
    assert len(warnings) == 1
    assert value not in warnings[0]


def test_the_order_number_is_not_the_accession_number():
    entries = [identifier("P1", code="PLAC"), identifier("F1", code="FILL")]
    found = accession_numbers(entries, [IdentifierSystem(type_code="ACSN")])
    assert found == ((), ())


@pytest.mark.parametrize(
    ("value", "uid"),
    [
        ("urn:oid:1.2.840.1", "1.2.840.1"),
        ("1.2.840.1", "1.2.840.1"),
        (" urn:oid:1.2 ", "1.2"),
        ("1" * 64, "1" * 64),
        ("1" * 65, None),
        ("urn:oid:", None),
        ("1.2/../3", None),
        ("1.2*", None),
        ("urn:uuid:abc", None),
        ("\u0661.2", None),  # a digit, but not of ASCII
        (None, None),
        (7, None),
    ],
)
def test_a_study_uid_loses_its_prefix_and_must_be_one(value, uid):
    entries = [{"system": "urn:other", "value": "9.9"}, {"system": "urn:dicom:uid"}]
    entries += [{"system": "urn:dicom:uid", "value": value}]
    assert study_uid(entries) == uid
