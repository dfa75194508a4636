"""`smart-viewer check` over archives: each fault names its line (issue 3, 7).

Every run also searches its own output for names, ids, UIDs and secrets.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from check_world import (
    CheckWorld,
    check_world,
    ct_slice,
    nobody_there,
    to_mend,
    verdicts,
    write_images,
)
from orthanc_server import running_orthanc
from pydicom.encaps import encapsulate
from pydicom.uid import MPEG2MPML

from smart_viewer.archive.port import StudyQuery
from smart_viewer.reading.check_filters import PROBES

FILTERS = [probe.name for probe in PROBES]
ARCHIVES = "archives.toml"


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "dicom"
    folder.mkdir()
    write_images(folder)
    return folder


@pytest.fixture
def world(tmp_path: Path, images: Path) -> Iterator[CheckWorld]:
    with check_world(tmp_path, images) as made:
        yield made


@pytest.mark.parametrize(
    ("faults", "step", "key"),
    [
        ({"status": 401}, "study", "auth"),
        ({"status": 403}, "study", "auth"),
        ({"status": 404}, "study", "base_url"),
        ({"status": 503}, "study", "timeout_s"),
        ({"html": True}, "study", "base_url"),
        ({"garbage": True}, "study", "base_url"),
        ({"filter_unknown": frozenset({"PatientID"})}, "PatientID", "base_url"),
        ({"garbage": True, "kinds": frozenset({"metadata"})}, "metadata", "base_url"),
        ({"wrong_study": True}, "metadata", "base_url"),
        ({"status": 404, "kinds": frozenset({"frames"})}, "frame", "base_url"),
        ({"status": 500, "kinds": frozenset({"frames"})}, "frame", "frames_accept"),
        ({"cut_frame": True}, "frame", "base_url"),
    ],
)
def test_a_wrong_answer_of_the_archive_names_step_and_key(world, faults, step, key):
    for name, value in faults.items():
        setattr(world.faults, name, value)
    assert to_mend(world.run()) == ("remote", step, ARCHIVES, f"[remote] {key}")


@pytest.mark.parametrize("name", [n for n in FILTERS if n != "PatientID"])
def test_a_filter_that_is_ignored_is_found_and_named(world, name):
    world.faults.filter_unknown = frozenset({name})
    steps = world.run()
    assert [s.name for s in steps if s.verdict == "FAIL"] == [name]
    key = "base_url" if name == "StudyInstanceUID" else "unsupported_filters"
    assert to_mend(steps) == ("remote", name, ARCHIVES, f"[remote] {key}")


def test_the_line_that_is_advised_for_a_filter_makes_the_check_green(world):
    world.faults.filter_unknown = frozenset({"ModalitiesInStudy"})
    advice = next(s for s in world.run() if s.verdict == "FAIL").finding.advice
    assert advice is not None and '["ModalitiesInStudy"]' in advice.text
    world.change_remote(unsupported_filters=("ModalitiesInStudy",))
    assert {step.verdict for step in world.run()} == {"ok"}


def test_an_archive_whose_answers_name_no_patient_is_told(world):
    world.faults.attributes_dropped = frozenset({"00100020"})
    steps = world.run()
    assert to_mend(steps) == ("remote", "PatientID", ARCHIVES, "[remote] base_url")


def test_an_archive_that_ignores_everything_fails_in_each_filter(world):
    world.faults.filter_ignored = True
    found = verdicts(world.run(), "remote")
    assert {found[name] for name in FILTERS} == {"FAIL"}


def test_an_archive_that_is_down_is_told_by_its_base_url_and_asked_once(world):
    world.change_remote(base_url=f"{nobody_there()}/dicom-web")
    steps = world.run()
    assert to_mend(steps) == ("remote", "study", ARCHIVES, "[remote] base_url")
    assert list(verdicts(steps, "remote")) == ["archive", "study"]


def test_a_wrong_password_is_told_by_auth_and_the_secrets_name(world):
    world.change_remote(secret="not-it")
    steps = world.run()
    assert to_mend(steps) == ("remote", "study", ARCHIVES, "[remote] auth")
    advice = next(s for s in steps if s.verdict == "FAIL").finding.advice
    assert advice is not None and "SMART_VIEWER_ARCHIVE_SECRET_REMOTE" in advice.text


def test_an_archive_read_with_the_launchs_token_is_not_asked(world):
    world.change_remote(auth={"kind": "bearer_of_launch"}, secret=None)
    assert verdicts(world.run(), "remote") == {"archive": "warn"}


def test_the_study_that_is_given_is_the_one_that_is_asked_for(world):
    wanted = StudyQuery(study_instance_uid="2.999.31415926.2.1")
    steps = world.run(wanted=wanted)
    assert {step.verdict for step in steps} == {"ok"}
    by_patient = world.run(wanted=StudyQuery(patient_id="MRN-290817"))
    assert {step.verdict for step in by_patient} == {"ok"}


def test_a_study_that_no_archive_holds_is_a_failure(world):
    steps = world.run(wanted=StudyQuery(study_instance_uid="2.999.5.5.5.5.5.5"))
    assert [s.name for s in steps if s.verdict == "FAIL"] == ["study"]
    assert "2.999.5.5.5.5.5.5" not in repr(steps)


def test_an_empty_archive_proves_nothing_and_says_so(tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    with check_world(tmp_path, empty) as world:
        steps = world.run()
    assert set(verdicts(steps, "remote").values()) == {"ok", "warn"}
    assert to_mend(steps) == ("images", "study", ARCHIVES, "[images] path")


def test_a_real_orthanc_passes_every_step(world, images, need, tmp_path):
    program, state = need("orthanc"), tmp_path / "orthanc"
    state.mkdir()
    with running_orthanc(program, state, sorted(images.glob("*.dcm"))) as url:
        world.change_remote(
            base_url=url, flavour="orthanc", auth={"kind": "none"}, secret=None
        )
        steps = world.run()
    assert {step.verdict for step in steps} == {"ok"}, steps


def rewrite(folder: Path, **changes: object) -> None:
    for path in folder.glob("*.dcm"):
        person, index = (int(digit) for digit in path.stem)
        changed = ct_slice(person, index, **changes)
        changed.save_as(path, enforce_file_format=True)


def test_a_colour_image_is_fetched_and_decoded(tmp_path, images):
    rewrite(
        images,
        SamplesPerPixel=3,
        PhotometricInterpretation="RGB",
        PlanarConfiguration=0,
        BitsAllocated=8,
        BitsStored=8,
        HighBit=7,
        PixelData=bytes(4 * 6 * 3),
    )
    with check_world(tmp_path, images) as world:
        found = verdicts(world.run(), "remote")
    assert (found["metadata"], found["frame"]) == ("ok", "ok")


def write_foreign_syntax(folder: Path) -> None:
    """Every image stored as a film, which this version does not decode."""
    for path in folder.glob("*.dcm"):
        person, index = (int(digit) for digit in path.stem)
        encoded: Any = ct_slice(person, index)
        encoded.file_meta.TransferSyntaxUID = MPEG2MPML
        encoded.PixelData = encapsulate([b"\x00\x00\x01\xb3 no film at all"])
        encoded["PixelData"].is_undefined_length = True
        encoded.save_as(path, enforce_file_format=True)


def test_a_syntax_that_is_not_decoded_is_named_with_what_to_accept(tmp_path, images):
    write_foreign_syntax(images)
    with check_world(tmp_path, images) as world:
        steps = world.run()
    frames = [step for step in steps if step.name == "frame"]
    assert [step.verdict for step in frames] == ["FAIL", "FAIL"]
    assert all("MPEG2" in step.finding.answered for step in frames)
    advice = frames[1].finding.advice
    assert advice is not None and advice.key == "[remote] frames_accept"


def test_a_frame_of_the_wrong_size_is_not_taken_for_a_picture(tmp_path, images):
    rewrite(images, PixelData=bytes(20))
    with check_world(tmp_path, images) as world:
        found = verdicts(world.run(), "remote")
    assert found["frame"] == "FAIL"


def test_a_folder_without_its_index_says_which_line_and_command(world):
    (world.settings.archives[0].index).unlink()
    steps = world.run()
    assert to_mend(steps) == ("images", "archive", ARCHIVES, "[images] index")


def test_an_index_that_is_none_is_told_as_such(world):
    world.settings.archives[0].index.write_bytes(b"this is no index" * 99)
    steps = world.run()
    assert to_mend(steps) == ("images", "archive", ARCHIVES, "[images] index")


def test_files_that_a_folder_does_not_serve_are_counted_not_named(tmp_path, images):
    (images / "Quirrell_Aurelia.dcm").write_bytes(b"no DICOM in here")
    with check_world(tmp_path, images) as world:
        first = next(step for step in world.run() if step.subject == "images")
    assert first.verdict == "warn"
    assert "1 file" in first.finding.answered
