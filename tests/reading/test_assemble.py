"""Plans of several archives: append-only, each study once, of one patient."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fake_archives import (
    EXPECTED,
    SOMEBODY_ELSE,
    FakeArchive,
    Reports,
    context_of,
    launched,
    study,
)
from hypothesis import given
from hypothesis import strategies as st

from smart_viewer.archive.search_answer import SearchNotice
from smart_viewer.dicom.study import Study
from smart_viewer.fhir.context import Context
from smart_viewer.fhir.nouns import Order, OrderCoding
from smart_viewer.reading import assemble
from smart_viewer.reading.assemble import Assembly
from smart_viewer.reading.gate import BY_ADMINISTRATOR, Verdict
from smart_viewer.reading.gather import Answer, broken_off, gather
from smart_viewer.reading.plan import ReadingPlan

ORDER = context_of(uids=["1.2.1"], accessions=())
NO_ORDER = context_of(accessions=())


def answers_of(archive: FakeArchive, context: Context = ORDER) -> list[Answer]:
    return list(gather(archive, context, EXPECTED, Reports()))


def assembled(*archives: FakeArchive, context: Context = ORDER) -> ReadingPlan:
    """The plan when all have answered, one after another."""
    assembly = Assembly(launched(context, *(a.archive_id for a in archives)))
    for archive in archives:
        for answer in answers_of(archive, context):
            assembly.absorb(answer)
    return assembly.plan()


def roles(plan: ReadingPlan) -> dict[str, str]:
    return {one.study_instance_uid: one.role for one in plan.studies}


def texts(plan: ReadingPlan) -> str:
    return "\n".join(f"{notice.level}: {notice.text}" for notice in plan.notices)


some_studies = st.lists(
    st.builds(
        study,
        st.integers(1, 5),
        st.sampled_from(["20240101", "20200202", ""]),
        st.sampled_from([SOMEBODY_ELSE, study(1).patient]),
        st.sampled_from(["CT", "MR"]),
        st.integers(1, 3),
        st.integers(0, 2),
    ),
    max_size=4,
    unique_by=lambda one: one.study_instance_uid,
)


@given(st.lists(some_studies, min_size=1, max_size=3), st.booleans(), st.data())
def test_whatever_comes_first_plans_only_grow_and_hold_one_patient(
    holdings, with_order, data
):
    context = ORDER if with_order else NO_ORDER
    archives = [FakeArchive(f"a{n}", held) for n, held in enumerate(holdings)]
    queues = [answers_of(archive, context) for archive in archives]
    assembly = Assembly(launched(context, *(a.archive_id for a in archives)))
    plans = [assembly.plan()]
    while any(queues):
        queue = data.draw(st.sampled_from([q for q in queues if q]))
        assembly.absorb(queue.pop(0))
        plans.append(ReadingPlan.from_json(assembly.plan().to_json()))
    for before, after in zip(plans, plans[1:], strict=False):
        assert after.display_sets[: len(before.display_sets)] == before.display_sets
        uids = [one.study_instance_uid for one in after.studies]
        assert uids[: len(before.studies)] == [
            one.study_instance_uid for one in before.studies
        ]
        assert len(set(uids)) == len(uids)
        places = len(before.frames_of_reference)
        assert after.frames_of_reference[:places] == before.frames_of_reference
        shown = {c for s in after.hanging.stages for c in s.display_sets()}
        assert shown - {None} <= set(range(len(after.display_sets)))
    assert all(one.patient != SOMEBODY_ELSE for one in plans[-1].studies)
    assert [plan.complete for plan in plans[:-1]] == [False] * (len(plans) - 1)
    assert plans[-1].complete


@given(st.permutations(range(3)))
def test_the_order_of_archives_changes_neither_roles_nor_notices(order):
    archives = [
        FakeArchive("a", [study(2, "20230101")]),
        FakeArchive("b", [study(1), study(2, "20230101")]),
        FakeArchive("c", [study(3, patient=SOMEBODY_ELSE)]),
    ]
    plan = assembled(*(archives[n] for n in order))
    assert roles(plan) == {"1.2.1": "current", "1.2.2": "prior"}
    assert texts(plan).count("A study was blocked") == 1


def test_an_archive_that_fails_is_shown_as_such_and_the_others_are_there():
    plan = assembled(FakeArchive("a", fails_at=1), FakeArchive("b", [study(1)]))
    assert [(one.name, one.state) for one in plan.archives] == [
        ("a", "failed"),
        ("b", "answered"),
    ]
    assert "warning: The archive “a” gave no answer: images may be missing" in texts(
        plan
    )
    assert plan.complete
    assert roles(plan) == {"1.2.1": "current"}


def test_an_archive_that_fails_after_the_order_is_not_said_to_have_been_silent():
    plan = assembled(FakeArchive("a", [study(1)], fails_at=2))
    assert "stopped answering: earlier studies may be missing" in texts(plan)
    assert "gave no answer" not in texts(plan)


def test_a_study_in_two_archives_appears_once_from_the_first():
    plan = assembled(FakeArchive("a", [study(1)]), FakeArchive("b", [study(1)]))
    assert [(s.study_instance_uid, s.archive_id) for s in plan.studies] == [
        ("1.2.1", "a")
    ]
    assert any("a study that “a” has too" in line.text for line in plan.trace)
    assert plan.notices == ()


def test_objects_that_only_the_second_archive_has_are_not_kept_silent():
    plan = assembled(
        FakeArchive("a", [study(1, images=2)]), FakeArchive("b", [study(1, images=5)])
    )
    assert "“b” has 3 objects more of a study than “a”" in texts(plan)


def test_a_study_that_came_as_a_prior_becomes_current_in_place():
    """Its accession number is known to the second archive only."""
    context = context_of(accessions=["A1"])
    mute = FakeArchive("a", [study(2, "20230101"), study(1)])
    mute.studies = [mute.studies[0], _without_accession(mute.studies[1])]
    assembly = Assembly(launched(context, "a", "b"))
    for answer in answers_of(mute, context):
        assembly.absorb(answer)
    before = assembly.plan()
    for answer in answers_of(FakeArchive("b", [study(1)]), context):
        assembly.absorb(answer)
    after = assembly.plan()
    assert set(roles(before).values()) == {"prior"}
    assert roles(after) == {"1.2.1": "current", "1.2.2": "prior"}
    assert after.display_sets == before.display_sets
    place = [s.study_instance_uid for s in after.studies].index("1.2.1")
    hung = {c for stage in after.hanging.stages for c in stage.display_sets()}
    assert place in {after.display_sets[c].study for c in hung if c is not None}


def _without_accession(one: Study) -> Study:
    return replace(one, accession_number="")


def test_without_an_order_the_newest_over_all_archives_is_the_current_one():
    plan = assembled(
        FakeArchive("a", [study(2, "20230101")]),
        FakeArchive("b", [study(3, "20240301"), study(4, "20200101")]),
        context=NO_ORDER,
    )
    assert roles(plan) == {"1.2.2": "prior", "1.2.3": "current", "1.2.4": "prior"}
    assert "the patient’s most recent study is shown" in texts(plan)


def test_without_an_order_a_study_without_images_is_not_the_current_one():
    empty = study(3, "20240301", sets=0)
    plan = assembled(FakeArchive("a", [empty, study(2)]), context=NO_ORDER)
    assert roles(plan)["1.2.2"] == "current"


def test_earlier_studies_hang_in_no_cell_of_the_order_and_the_page_says_so():
    """Though the protocol of this order has places for a prior."""
    order = Order("o", "CT Chest", (), (), "active", "routine")
    codings = (OrderCoding("http://loinc.org", "24627-2", "CT", "ServiceRequest"),)
    chest = replace(ORDER, order=order, order_codings=codings)
    plan = assembled(FakeArchive("a", [study(2, "20230101")]), context=chest)
    assert [one.study_instance_uid for one in plan.hanging.priors] == ["1.2.2"]
    hung = {c for stage in plan.hanging.stages for c in stage.display_sets()}
    assert hung == {None}
    assert "No archive has images for this order yet" in texts(plan)
    assert "Earlier studies of this patient are in the list" in texts(plan)


def test_while_an_archive_is_asked_nothing_is_said_to_be_missing():
    assembly = Assembly(launched(ORDER, "a", "b"))
    for answer in answers_of(FakeArchive("a", [study(2, "20230101")])):
        assembly.absorb(answer)
    plan = assembly.plan()
    assert (plan.complete, plan.notices) == (False, ())
    assert [one.state for one in plan.archives] == ["answered", "asked"]


@pytest.mark.parametrize(("count", "words"), [(1, "A study"), (2, "2 studies")])
def test_studies_that_could_not_be_read_are_counted_on_the_page(count, words):
    uids = ["1.2.1", "1.2.2"][:count]
    context = context_of(uids=uids, accessions=())
    archive = FakeArchive("a", [study(1), study(2)][:count], unread=uids)
    plan = assembled(archive, context=context)
    assert f"warning: {words} in the archive “a” could not be read" in texts(plan)


def test_an_archive_that_told_a_part_is_said_to_have_done_so():
    archive = FakeArchive("a", [study(1)], notices=(SearchNotice("partial"),))
    plan = assembled(archive)
    assert plan.archives[0].text == "answered in part"
    assert "has more studies than it would tell: images may be missing" in texts(plan)


def test_a_thread_that_broke_off_counts_as_an_archive_that_failed():
    assembly = Assembly(launched(ORDER, "a"))
    assembly.absorb(broken_off("a", "its answer broke off"))
    plan = assembly.plan()
    assert (plan.complete, plan.archives[0].state) == (True, "failed")
    assert plan.trace[-1].text == "a: no usable answer: its answer broke off"


def test_a_study_that_cannot_be_planned_leaves_nothing_half_done(monkeypatch):
    assembly = Assembly(launched(ORDER, "a"))
    answer = answers_of(FakeArchive("a", [study(1)]))[0]
    monkeypatch.setattr(assemble, "planned_sets", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        assembly.absorb(answer)
    assert assembly.plan().studies == ()


def incomplete(plan: ReadingPlan) -> dict[str, tuple[int, int]]:
    """(received, announced) of the studies that lack something."""
    return {
        one.study_instance_uid: (one.instances, one.announced)
        for one in plan.studies
        if one.instances < one.announced
    }


def test_a_study_of_which_the_ehr_announces_more_is_incomplete():
    told = replace(ORDER, announced=(("1.2.1", 400), ("1.2.2", 1)))
    archive = FakeArchive("a", [study(1), study(2, "20230101")])
    here = sum(len(series.instances) for series in study(1).series)
    assert incomplete(assembled(archive, context=told)) == {"1.2.1": (here, 400)}


def test_without_a_word_on_how_many_there_are_none_is_missing():
    assert incomplete(assembled(FakeArchive("a", [study(1)]))) == {}


def test_an_archive_that_describes_fewer_than_it_found_is_incomplete():
    archive = FakeArchive("a", [study(1)])
    here = sum(len(series.instances) for series in study(1).series)
    (current, prior) = answers_of(archive)
    (one,) = current.admitted
    more = replace(current, admitted=(replace(one, announced=here + 3),))
    assembly = Assembly(launched(ORDER, "a"))
    for answer in (more, prior):
        assembly.absorb(answer)
    assert incomplete(assembly.plan()) == {"1.2.1": (here, here + 3)}


@pytest.mark.requirement("R25")
@pytest.mark.parametrize("number", [1, 2], ids=["of the order", "a prior"])
def test_a_study_that_an_administrator_let_pass_is_under_a_warning_that_stays(number):
    def let_pass(uid: str, verdict: Verdict) -> Verdict:
        assert uid == f"1.2.{number}" or verdict.action != "block"
        if verdict.action != "block":
            return verdict
        return Verdict("warn", (BY_ADMINISTRATOR, *verdict.reasons))

    whose = {number: SOMEBODY_ELSE}
    archive = FakeArchive(
        "a", [study(n, patient=whose.get(n, study(n).patient)) for n in (1, 2)]
    )
    assembly = Assembly(launched(ORDER, "a"))
    for answer in gather(archive, ORDER, EXPECTED, Reports(), let_pass):
        assembly.absorb(answer)
    plan = assembly.plan()
    assert roles(plan) == {"1.2.1": "current", "1.2.2": "prior"}
    assert f"warning: Identity: {BY_ADMINISTRATOR}." in texts(plan)
    assert "warning: Identity: the birth date differs." in texts(plan)
    assert "blocked" not in {notice.level for notice in plan.notices}
