"""What one archive is asked for a launch, and what of its answers comes in."""

from __future__ import annotations

from typing import Any

import pytest
from fake_archives import (
    ACCESSION,
    EXPECTED,
    MRN,
    SOMEBODY_ELSE,
    FakeArchive,
    Reports,
    context_of,
    study,
)

from smart_viewer.archive.search_answer import SearchNotice
from smart_viewer.fhir.context import Context
from smart_viewer.reading.gather import PRIORS_READ, Answer, gather


def gathered(
    archive: FakeArchive, context: Context | None = None, reports: Any = None
) -> list[Answer]:
    context = context or context_of()
    report = Reports() if reports is None else reports
    return list(gather(archive, context, EXPECTED, report))


def uids(answer: Answer) -> list[str]:
    return [one.study.study_instance_uid for one in answer.admitted]


def words(answers: list[Answer]) -> str:
    return "\n".join(f"{t.outcome}: {t.text}" for a in answers for t in a.trace)


def test_the_order_comes_first_then_what_to_compare_with():
    archive = FakeArchive("a", [study(2, "20230101"), study(1), study(3, "20220101")])
    first, last = gathered(archive)
    assert (uids(first), uids(last)) == (["1.2.1"], ["1.2.2", "1.2.3"])
    assert {one.role for one in first.admitted} == {"current"}
    assert {one.role for one in last.admitted} == {"prior"}
    assert (first.last, last.last) == (False, True)


def test_study_uids_are_asked_before_accession_numbers_and_the_patient():
    archive = FakeArchive("a")
    gathered(archive, context_of(uids=["1.2.1"]))
    keys = [(q.study_instance_uid, q.accession_number) for q in archive.asked]
    assert keys == [("1.2.1", None), (None, ACCESSION), (None, None)]
    assert [q.patient_id for q in archive.asked] == [None, MRN, MRN]


@pytest.mark.parametrize("value", ["A*", "?", "A\\B", " ", ""])
def test_what_could_mean_several_is_never_asked_for(value):
    archive = FakeArchive("a", [study(1)])
    gathered(archive, context_of(accessions=[value], mrns=[value, MRN]))
    asked = {v for q in archive.asked for v in (q.accession_number, q.patient_id)}
    assert asked == {None, MRN}


def test_a_patient_without_a_number_is_not_searched_for():
    archive = FakeArchive("a", [study(1)])
    answers = gathered(archive, context_of(mrns=()))
    assert archive.asked == []
    assert words(answers).count("skipped") == 2


@pytest.mark.requirement("R25")
def test_a_study_of_somebody_else_is_blocked_before_its_metadata_are_read():
    reports = Reports()
    archive = FakeArchive("a", [study(1, patient=SOMEBODY_ELSE)], unread=["1.2.1"])
    first, last = gathered(archive, reports=reports)
    assert (first.admitted, last.admitted, first.unread) == ((), (), 0)
    assert first.blocked[0].reasons == ("the birth date differs",)
    assert "refused: a: a study was blocked" in words([first])
    assert "could not be read" not in words([first])
    assert ("block", "refused", "1.2.1", "identity_gate") in reports


@pytest.mark.requirement("R25")
def test_a_study_is_blocked_where_only_its_metadata_are_of_somebody_else():
    class TwoFaced(FakeArchive):
        def study(self, study_instance_uid: str) -> Any:
            return study(1, patient=SOMEBODY_ELSE)

    first, _last = gathered(TwoFaced("a", [study(1)]))
    assert first.admitted == ()
    assert len(first.blocked) == 1


def test_a_study_that_cannot_be_read_is_counted_and_the_others_come():
    archive = FakeArchive(
        "a", [study(1), study(2), study(3)], unread=["1.2.1", "1.2.3"]
    )
    first, last = gathered(archive)
    assert (first.unread, last.unread, uids(last)) == (1, 1, ["1.2.2"])
    assert "failed: a: a study could not be read: The archive answered" in words(
        [first]
    )


def test_an_archive_that_fails_at_once_gives_one_answer_that_says_why():
    reports = Reports()
    (only,) = gathered(FakeArchive("a", [study(1)], fails_at=1), reports=reports)
    assert (only.failed, only.last, only.admitted) == (True, True, ())
    assert words([only]) == "failed: a: no usable answer: The archive is busy"
    assert reports == [("query", "failed", None, "upstream_unavailable")]


def test_an_archive_that_fails_later_keeps_what_it_told_before():
    first, last = gathered(FakeArchive("a", [study(1), study(2)], fails_at=2))
    assert (uids(first), first.failed) == (["1.2.1"], False)
    assert (last.failed, last.last) == (True, True)


def test_without_an_order_the_newest_is_offered_first_and_the_rest_as_priors():
    archive = FakeArchive("a", [study(2, "20200101"), study(3, "20240301"), study(4)])
    first, last = gathered(archive, context_of(accessions=()))
    assert (uids(first), uids(last)) == (["1.2.3"], ["1.2.4", "1.2.2"])
    assert len(archive.asked) == 1  # the same question is not asked twice


def test_the_most_alike_priors_are_read_and_the_others_counted_in_the_trace():
    others = [study(n, f"2023{n:02d}01", modality="MR") for n in range(2, 9)]
    pet = study(20, "20100101", modality="PT")
    archive = FakeArchive("a", [study(1), *others, pet])
    _first, last = gathered(archive)
    assert len(last.admitted) == PRIORS_READ
    assert uids(last)[:2] == ["1.2.20", "1.2.8"]  # PET goes with CT; then the newest
    assert "skipped: a: 2 earlier studies left out" in words([last])


def test_what_a_search_went_through_is_said_in_the_trace():
    notices = (SearchNotice("filter_ignored", 3), SearchNotice("partial"))
    first, last = gathered(FakeArchive("a", [study(1)], notices=notices))
    assert "studies that were not asked for came back and were dropped (3)" in words(
        [first]
    )
    assert first.partial
    assert last.partial
