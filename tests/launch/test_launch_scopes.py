"""Granted scopes as servers write them (R10). Oracle: SMART 2.2, Scopes; samples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smart_viewer.launch.scopes import parse

READ, SEARCH = "r", "s"


@pytest.mark.parametrize(
    ("scope", "verbs"),
    [
        ("patient/ImagingStudy.rs", "rs"),
        ("patient/ImagingStudy.r", "r"),
        ("patient/ImagingStudy.s", "s"),
        ("patient/ImagingStudy.cruds", "cruds"),
        ("patient/ImagingStudy.read", "rs"),
        ("patient/ImagingStudy.write", "cud"),
        ("patient/ImagingStudy.*", "cruds"),
        ("patient/*.read", "rs"),
        ("patient/*.*", "cruds"),
        ("user/ImagingStudy.Read", "rs"),  # Epic's spelling
        ("user/ImagingStudy.READ", "rs"),
        ("patient/ImagingStudy.RS", "rs"),
        ("ImagingStudy.read", "rs"),  # an old Epic sample
        ("patient/ImagingStudy.rs?modality=CT", "rs"),
        # nothing of these
        ("system/ImagingStudy.rs", ""),
        ("patient/ImagingStudy.sr", ""),
        ("patient/ImagingStudy.rr", ""),
        ("patient/ImagingStudy.", ""),
        ("patient/ImagingStudy", ""),
        ("patient/imagingstudy.rs", ""),
        ("patient/ImagingStudyX.rs", ""),
        ("patient/XImagingStudy.rs", ""),
        ("other/ImagingStudy.rs", ""),
        ("patient/patient/ImagingStudy.rs", ""),
        ("patient/ImagingStudy.rs.rs", ""),
        ("patient/Patient.rs", ""),
        ("launch/imagingstudy", ""),
        ("openid", ""),
        ("", ""),
    ],
)
@pytest.mark.requirement("R10")
def test_a_scope_allows_just_its_verbs(scope, verbs):
    granted = parse(f"openid {scope} launch")
    allowed = {verb for verb in "cruds" if granted.allows("ImagingStudy", verb)}
    assert allowed == set(verbs)


@pytest.mark.requirement("R10")
def test_verbs_must_come_from_one_scope():
    granted = parse("patient/ImagingStudy.r user/ImagingStudy.s")
    assert granted.allows("ImagingStudy", READ)
    assert granted.allows("ImagingStudy", SEARCH)
    assert not granted.allows("ImagingStudy", "rs")


@pytest.mark.requirement("R10")
def test_a_scope_repeated_in_two_spellings_is_no_trouble():
    granted = parse("user/ImagingStudy.Read user/ImagingStudy.read launch launch")
    assert granted.allows("ImagingStudy", "rs")
    assert granted.others == {"launch"}


def test_the_query_part_is_kept():
    (scope,) = parse("patient/Observation.rs?category=a|b").resources
    assert (scope.context, scope.resource, scope.query) == (
        "patient",
        "Observation",
        "category=a|b",
    )


def test_other_scopes_are_found_by_their_word():
    granted = parse("openid fhirUser online_access launch/patient")
    assert "openid" in granted
    assert "offline_access" not in granted


@given(st.text())
def test_any_text_can_be_read(text):
    granted = parse(text)
    assert granted.allows("ImagingStudy", "rs") in {True, False}


words = st.lists(
    st.from_regex(r"(patient|user)/[A-Z][a-z]{1,5}\.[cruds]{1,5}", fullmatch=True)
)


@given(words, st.randoms())
def test_the_order_of_scopes_has_no_meaning(scopes, random):
    shuffled = list(scopes)
    random.shuffle(shuffled)
    first, second = parse(" ".join(scopes)), parse(" ".join(shuffled))
    assert set(first.resources) == set(second.resources)
    assert first.others == second.others


@given(words, words)
@pytest.mark.requirement("R10")
def test_more_scopes_never_allow_less(some, more):
    few, many = parse(" ".join(some)), parse(" ".join(some + more))
    for scope in few.resources:
        assert many.allows(scope.resource, "".join(scope.verbs))
