"""How many instances the EHR says that a study has (ImagingStudy.numberOfInstances)."""

from __future__ import annotations

import pytest

from smart_viewer.fhir.studies import KnownStudy, read_study
from smart_viewer.fhir.summary import announced


def known(uid: str, **more: object) -> KnownStudy:
    identifier = [{"system": "urn:dicom:uid", "value": f"urn:oid:{uid}"}]
    study, _ = read_study({"id": "s", "identifier": identifier, **more}, (), ())
    assert study is not None
    return study


@pytest.mark.parametrize(
    ("stated", "count"),
    [(400, 400), (0, 0), (-3, 0), (True, 0), ("400", 0), (4.5, 0), (None, 0), ([1], 0)],
)
def test_an_unsigned_number_is_a_count_and_nothing_else_is(stated, count):
    assert known("1.2.1", numberOfInstances=stated).instances == count


def test_each_study_that_says_so_is_told_once():
    one, other = known("1.2.1", numberOfInstances=400), known("1.2.2")
    assert announced([one, other, one]) == (("1.2.1", 400),)
