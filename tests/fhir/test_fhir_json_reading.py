"""Reading JSON values with tolerance (R19)."""

from __future__ import annotations

import json

import pytest

from smart_viewer.fhir.json_reading import text_of


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (r'"Che\ud83dst"', "Che?st"),
        (r'"\udc00"', "?"),
        (r'"\ud83d\ude00"', "\U0001f600"),
        ('" "', None),
        ("3", None),
    ],
)
def test_half_a_surrogate_pair_costs_one_letter(text, read):
    found = text_of(json.loads(text))
    assert found == read
    assert found is None or found.encode("utf-8")
