"""The sandbox's scope parser. Oracle: SMART App Launch 2.2, Scopes (its own tables)."""

from __future__ import annotations

import pytest

from smart_viewer.sandbox.scopes import parse_clinical, parse_scopes


@pytest.mark.parametrize(
    ("word", "letters"),
    [
        ("patient/Observation.rs", "rs"),
        ("patient/*.cruds", "cruds"),
        ("user/Practitioner.r", "r"),
        ("system/Patient.read", "rs"),
        ("patient/Observation.write", "cud"),
        ("patient/*.*", "cruds"),
    ],
)
def test_verbs_of_both_versions_are_letters(word, letters):
    scope = parse_clinical(word)
    assert scope is not None
    assert scope.letters == letters


@pytest.mark.parametrize(
    "word",
    [
        "patient/Observation.sr",  # out of order
        "patient/Observation.",
        "patient/Observation.rr",
        "patient/observation.rs",
        "patient/Observation.Read",
        "doctor/Observation.rs",
        "Observation.rs",
        "patient/Observation.rs?",
    ],
)
def test_what_is_no_scope_is_none(word):
    assert parse_clinical(word) is None


def test_a_query_is_kept_with_its_scope():
    word = "patient/Observation.rs?category=http://a.example|laboratory&code=x"
    scope = parse_clinical(word)
    assert scope is not None
    assert scope.query == (("category", "http://a.example|laboratory"), ("code", "x"))
    assert scope.text == word


def test_unknown_words_are_left_out_and_doubles_counted_once():
    assert parse_scopes("openid  email openid patient/Patient.r").text == (
        "openid patient/Patient.r"
    )


@pytest.mark.parametrize(
    ("asked", "allowed", "granted"),
    [
        ("patient/*.rs", "patient/*.rs", "patient/*.rs"),
        ("patient/*.read", "patient/*.rs", "patient/*.read"),
        ("patient/*.cruds", "patient/*.rs", "patient/*.rs"),
        ("patient/Patient.cruds", "patient/*.rs", "patient/Patient.rs"),
        ("patient/*.rs", "patient/Patient.r", "patient/Patient.r"),
        ("user/Patient.r", "patient/*.rs", ""),
        ("patient/Patient.c", "patient/*.rs", ""),
        ("openid launch", "openid", "openid"),
        (
            "patient/Observation.rs?code=x",
            "patient/*.r",
            "patient/Observation.r?code=x",
        ),
        (
            "patient/Observation.rs",
            "patient/Observation.rs?code=x",
            "patient/Observation.rs?code=x",
        ),
    ],
)
def test_a_grant_is_what_both_sides_allow(asked, allowed, granted):
    assert parse_scopes(asked).within(parse_scopes(allowed)).text == granted
