"""Several archives in one reading: a slow, broken or lying one spoils nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from federation import (
    CHEST,
    PRIOR,
    SOMEBODY_ELSE,
    Remote,
    boot_of,
    copied,
    dates,
    federated,
    last_plan,
    notices,
    opened,
    plans,
    running_remote,
    states,
    stored_frames,
    trace,
)
from world import World

from smart_viewer.archive.port import EncodedFrame
from smart_viewer.archive_profile import BearerOfLaunch
from smart_viewer.reading.follow import GIVE_UP_S
from smart_viewer.sandbox.serve import listen


@pytest.fixture(scope="module")
def images(samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the folder archive holds: a part of the chest study."""
    return copied(samples, [CHEST], tmp_path_factory.mktemp("images"))


@pytest.fixture(scope="module")
def service(
    samples: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Remote]:
    """What DICOMweb has: the chest's prior, and a study of another patient."""
    folder = tmp_path_factory.mktemp("remote")
    with running_remote(copied(samples, [PRIOR, SOMEBODY_ELSE], folder)) as remote:
        yield remote


@pytest.fixture(scope="module")
def world(
    images: Path, service: Remote, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    state = tmp_path_factory.mktemp("state")
    with federated(state, images, [service.profile()]) as world:
        yield world


@pytest.fixture
def remote(service: Remote) -> Iterator[Remote]:
    """The service, conforming until a test says otherwise."""
    service.conform()
    yield service
    service.conform()


def roles(plan: dict[str, Any]) -> list[str]:
    """Of the studies, by date, the oldest first."""
    return [role for _, role in sorted(dates(plan).items())]


def test_studies_of_both_archives_are_in_one_reading(world, remote):
    plan = opened(world).complete()
    assert roles(plan) == ["prior", "current"]
    assert states(plan) == {"images": "answered", "remote": "answered"}
    assert notices(plan) == ""


def test_a_slow_archive_delays_nobody_and_its_study_comes_as_a_revision(world, remote):
    remote.held.free.clear()
    reading = opened(world)
    first = reading.answered()
    assert (first["complete"], roles(first)) == (False, ["current"])
    assert states(first) == {"images": "answered", "remote": "asked"}
    stream = reading.stream(after=first["revision"])
    remote.held.free.set()
    later = list(plans(stream))
    assert later[-1]["complete"]
    assert roles(later[-1]) == ["prior", "current"]
    assert states(later[-1]) == {"images": "answered", "remote": "answered"}
    numbers = [plan["revision"] for plan in later]
    assert numbers == sorted(set(numbers))
    assert numbers[0] > first["revision"]
    for plan in later:
        assert plan["displaySets"][: len(first["displaySets"])] == [
            {**one, "study": plan["displaySets"][n]["study"]}
            for n, one in enumerate(first["displaySets"])
        ]


def test_many_launches_at_a_hung_archive_do_not_starve_the_others(world, remote):
    remote.held.free.clear()
    readings = [opened(world) for _ in range(12)]  # more than one archive's threads
    for reading in readings:
        assert roles(reading.answered()) == ["current"]
    remote.held.free.set()
    assert roles(readings[-1].complete()) == ["prior", "current"]


def test_a_page_that_is_loaded_again_has_the_newest_plan(world, remote):
    remote.held.free.clear()
    reading = opened(world)
    remote.held.free.set()
    reading.complete()
    page = reading.walk.get(f"{world.app_url}{reading.boot['base']}").text
    assert boot_of(page)["plan"]["complete"]


UNUSABLE: dict[str, tuple[dict[str, Any], str]] = {
    "401": ({"status": 401}, " does not accept our credentials"),
    "403": ({"status": 403}, " does not allow us this"),
    "500": ({"status": 500}, " answered with status 500"),
    "503 with a long Retry-After": (
        {"status": 503, "retry_after": "3600"},
        " is busy",
    ),
    "garbage": ({"garbage": True}, "'s answer is no DICOM JSON that can be read"),
    "a login page": ({"html": True}, " answered with a web page"),
}


@pytest.mark.parametrize("case", list(UNUSABLE))
def test_an_archive_without_a_usable_answer_is_shown_as_such(world, remote, case):
    faults, words = UNUSABLE[case]
    for name, value in faults.items():
        setattr(remote.faults, name, value)
    plan = opened(world).complete()
    assert roles(plan) == ["current"]
    assert states(plan) == {"images": "answered", "remote": "failed"}
    assert f"failed: remote: no usable answer: The archive{words}" in trace(plan)
    assert "The archive “remote” gave no answer: images may be missing" in notices(plan)


def test_a_busy_archive_is_asked_again_when_it_says_so(world, remote):
    remote.faults.status, remote.faults.retry_after = 503, "0"
    remote.faults.times = 1
    plan = opened(world).complete()
    assert roles(plan) == ["prior", "current"]


LYING: dict[str, tuple[dict[str, Any], str, int]] = {
    "the filter is ignored": (
        {"filter_ignored": True},
        "refused: remote: studies that were not asked for came back and were dropped",
        2,
    ),
    "answers stand twice": (
        {"duplicated": True},
        "refused: remote: studies came back more than once",
        2,
    ),
    "another study's metadata": (
        {"wrong_study": True},
        "failed: remote: a study could not be read: The archive answered with another",
        1,
    ),
    "a part only, with a warning": (
        {"truncate_at": 0},
        "refused: remote: the archive has more studies than it would tell",
        1,
    ),
    "studies without a patient id": (
        {"attributes_dropped": frozenset({"00100020"})},
        "refused: remote: studies came back without what was asked for",
        1,
    ),
    "204 for nothing found": ({"no_content": True}, "remote, this order: 0 found", 2),
}


@pytest.mark.parametrize("case", list(LYING))
def test_what_an_archive_does_wrong_is_a_word_in_the_trace(world, remote, case):
    faults, words, studies = LYING[case]
    for name, value in faults.items():
        setattr(remote.faults, name, value)
    plan = opened(world).complete()
    assert words in trace(plan)
    assert len(dates(plan)) == studies
    ids = {one["study"]["patientId"] for one in plan["displaySets"]}
    assert ids == {plan["banner"]["mrn"]}
    assert states(plan) == {"images": "answered", "remote": "answered"}


def test_what_is_missing_is_a_notice_and_not_in_the_trace_alone(world, remote):
    remote.faults.truncate_at = 0
    assert "more studies than it would tell" in notices(opened(world).complete())
    remote.conform()
    remote.faults.wrong_study = True
    assert "A study in the archive “remote” could not be read" in notices(
        opened(world).complete()
    )


def test_an_archive_that_is_down_is_shown_as_such(images, remote, tmp_path):
    door = listen("localhost")
    down = remote.profile("down").model_copy(update={"base_url": door.url})
    door.socket.close()
    with federated(tmp_path, images, [down, remote.profile()]) as world:
        plan = opened(world).complete()
    assert states(plan) == {
        "images": "answered",
        "down": "failed",
        "remote": "answered",
    }
    assert roles(plan) == ["prior", "current"]
    assert "down: no usable answer" in trace(plan)


def test_a_study_in_two_archives_appears_once(images, tmp_path):
    with (
        running_remote(images) as same,
        federated(tmp_path, images, [same.profile()]) as world,
    ):
        plan = opened(world).complete()
        assert roles(plan) == ["current"]
        assert len(plan["displaySets"]) == 1
        assert "remote: a study that “images” has too" in trace(plan)
        assert same.log.count("frames") == 0


def test_frames_of_a_dicomweb_study_come_through_untouched(world, remote):
    reading = opened(world)
    plan = reading.complete()
    (late,) = [
        n
        for n, one in enumerate(plan["displaySets"])
        if one["study"]["role"] == "prior"
    ]
    count = plan["displaySets"][late]["frameCount"]
    bodies = [reading.frame(late, n).content for n in range(count)]
    assert sorted(bodies) == sorted(stored_frames(remote.folder / PRIOR))
    assert remote.log.count("frames") == count


def test_the_token_of_the_launch_goes_only_where_the_profile_says_so(
    images, remote, tmp_path
):
    tokens: set[str] = set()

    def takes(token: str) -> bool:
        tokens.add(token)
        return True

    with running_remote(remote.folder, bearer=takes) as guarded:
        auth = BearerOfLaunch(kind="bearer_of_launch")
        profiles = [remote.profile(), guarded.profile("guarded", auth=auth)]
        with federated(tmp_path, images, profiles) as world:
            world.house.archives.pop("remote")  # the frames come from the other
            reading = opened(world)
            plan = reading.complete()
            late = [s["study"]["role"] for s in plan["displaySets"]].index("prior")
            assert reading.frame(late, 0).status_code == 200
            assert guarded.log.count("frames") == 1
            assert all(call.has_authorization for call in guarded.log.calls())
            assert len(tokens) == 1
    with federated(tmp_path / "again", images, profiles[:1]) as world:
        opened(world).complete()
    assert remote.log.calls()
    assert not any(call.has_authorization for call in remote.log.calls())


def test_a_frame_that_the_browser_drops_is_dropped_at_the_archive(
    world, remote, monkeypatch
):
    closed, inner = Event(), world.house.archives["images"]

    def endless(ref: Any, numbers: Any) -> Iterator[EncodedFrame]:
        def chunks() -> Iterator[bytes]:
            while True:
                yield bytes(65536)

        try:
            yield EncodedFrame(1 << 40, "1.2.840.10008.1.2.1", chunks())
        finally:
            closed.set()

    reading = opened(world)
    monkeypatch.setattr(inner, "frames", endless)
    path = f"{world.app_url}{reading.boot['base']}/d/0/f/0"
    answer = reading.walk.get(path, headers=reading.headers, stream=True)
    next(answer.iter_content(1024))
    answer.close()
    assert closed.wait(30)


def test_a_plan_whose_process_died_is_said_to_be_all_after_a_while(
    images, remote, tmp_path
):
    """The archive never answers, as if the thread that asked had gone."""
    later = [0.0]
    remote.held.free.clear()

    def clock() -> float:
        return time.time() + later[0]

    with federated(tmp_path, images, [remote.profile()], clock=clock) as world:
        reading = opened(world)
        first = reading.answered()
        stream = reading.stream(after=first["revision"])
        later[0] = GIVE_UP_S
        plan = last_plan(stream)
        assert plan["complete"]
        assert plan["revision"] > first["revision"]
        assert states(plan) == {"images": "answered", "remote": "failed"}
        assert "“remote” has not answered in time" in notices(plan)
        assert plan["displaySets"] == first["displaySets"]
        remote.held.free.set()
