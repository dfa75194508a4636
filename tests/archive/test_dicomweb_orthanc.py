"""A real Orthanc beside the folder archive: same answers, same nouns, same bytes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from orthanc_server import running_orthanc

from smart_viewer.archive.dicomweb import DicomwebArchive
from smart_viewer.archive.folder import FolderArchive
from smart_viewer.archive.indexing import index_folder
from smart_viewer.archive.port import EncodedFrame, InstanceRef, StudyFound, StudyQuery
from smart_viewer.dicom.display_sets import display_sets
from smart_viewer.dicom.study import Instance, Study
from smart_viewer.errors import UpstreamUnavailable
from smart_viewer.net.outbound import Outbound
from smart_viewer.net.policy import HostPolicy, origin_of
from smart_viewer.settings import DicomwebProfile

pytestmark = pytest.mark.debian


@dataclass(frozen=True)
class Pair:
    """Two archives over the same files."""

    orthanc: DicomwebArchive
    folder: FolderArchive

    def found(self) -> list[StudyFound]:
        """What the folder holds."""
        return [header.found for header in self.folder.study_headers()]


@pytest.fixture(scope="module")
def both(
    need: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[Sequence[Path]], Pair]]:
    """`both(files)`: an Orthanc and an indexed folder that hold these files."""
    program, stack = need("orthanc"), []

    def start(files: Sequence[Path]) -> Pair:
        copies, state = tmp_path_factory.mktemp("files"), tmp_path_factory.mktemp("o")
        for number, file in enumerate(files):
            shutil.copyfile(file, copies / f"{number:04d}.dcm")
        index = tmp_path_factory.mktemp("index") / "index.db"
        index_folder(copies, index)
        running = running_orthanc(program, state, sorted(copies.iterdir()))
        url = running.__enter__()
        folder = FolderArchive("images", index)
        stack.append((running, folder))
        return Pair(_archive(url), folder)

    yield start
    for running, folder in stack:
        folder.close()
        running.__exit__(None, None, None)


def _archive(url: str) -> DicomwebArchive:
    profile = DicomwebProfile(
        id="images", kind="dicomweb", base_url=url, flavour="orthanc"
    )
    policy = HostPolicy(frozenset({origin_of(url)}), loopback_allowed=True)
    return DicomwebArchive("images", profile, Outbound(policy))


@pytest.fixture(scope="module")
def sampled(both: Callable[[Sequence[Path]], Pair], samples: Path) -> Pair:
    """Every tenth image of the chest, and the radiographs and the clip whole."""
    chest = sorted(samples.glob("chest/**/*.dcm"))[::10]
    others = sorted(samples.glob("radiograph/**/*.dcm"))
    clip = sorted(samples.glob("ultrasound/**/*.dcm"))
    assert chest and others and clip
    return both([*chest, *others, *clip])


@pytest.fixture(scope="module")
def real(both: Callable[[Sequence[Path]], Pair], need: Callable[[str], Path]) -> Pair:
    """Slices of NLST and PROSTATEx (JPEG-LS), their SRs, and a JPEG cine loop."""
    data = need("data")
    ct = sorted((data / "ct_chest_nlst_101287").glob("*/*"))[::12]
    mr = sorted((data / "mr_prostate_prostatex_0207").glob("*/*"))[::7]
    reports = sorted(data.glob("*/S*_*/*"))[:2]
    us = sorted(p for p in (data / "us_cine_stress_echo").rglob("*") if p.is_file())
    return both([*{*ct, *mr, *reports, *us[:2]}])


BOTH = pytest.mark.parametrize("pair", ["sampled", "real"], indirect=True)


@pytest.fixture
def pair(request: pytest.FixtureRequest) -> Pair:
    found: Pair = request.getfixturevalue(request.param)
    return found


def comparable(instance: Instance) -> Instance:
    """Without what Orthanc 1.10 cannot tell: an object's syntax without frames."""
    syntax = instance.transfer_syntax_uid if instance.pixels else ""
    return replace(instance, transfer_syntax_uid=syntax)


def nouns(study: Study) -> Study:
    """The study with series and instances in an order of their own."""
    series = [
        replace(
            one,
            instances=tuple(
                sorted(map(comparable, one.instances), key=lambda i: i.sop_instance_uid)
            ),
        )
        for one in study.series
    ]
    return replace(
        study, series=tuple(sorted(series, key=lambda s: s.series_instance_uid))
    )


@BOTH
def test_a_search_by_study_or_by_patient_answers_the_same(pair):
    for found in pair.found():
        by_uid = StudyQuery(study_instance_uid=found.study_instance_uid)
        by_patient = StudyQuery(patient_id=found.patient.patient_id)
        assert pair.orthanc.search(by_uid) == (found,)
        assert pair.orthanc.search(by_patient) == pair.folder.search(by_patient)


@BOTH
def test_every_filter_that_we_rely_on_is_heeded(pair):
    for found in pair.found():
        patient = found.patient.patient_id
        yes = [
            StudyQuery(patient, modality=found.modalities[0]),
            StudyQuery(
                patient,
                study_date_from=found.study_date,
                study_date_to=found.study_date,
            ),
        ]
        no = [
            StudyQuery(patient, accession_number="no such number"),
            StudyQuery(patient, modality="XA"),
            StudyQuery(patient, study_date_to="19000101"),
            StudyQuery(patient, issuer_of_patient_id="nobody"),
            StudyQuery(patient.lower() + "x"),
        ]
        if found.accession_number:
            yes.append(StudyQuery(patient, accession_number=found.accession_number))
        for query in yes:
            assert found in pair.orthanc.search(query), query
        for query in no:
            answer = pair.orthanc.search_noted(query)
            assert (answer.found, answer.notices) == ((), ()), query


@BOTH
def test_studies_and_their_display_sets_are_the_same(pair):
    for found in pair.found():
        remote = nouns(pair.orthanc.study(found.study_instance_uid))
        local = nouns(pair.folder.study(found.study_instance_uid))
        assert remote == local
        assert display_sets(remote) == display_sets(local)


def whole(frame: EncodedFrame) -> tuple[int, str, bytes]:
    return frame.length, frame.transfer_syntax_uid, b"".join(frame.chunks)


@BOTH
def test_every_frame_is_the_same_to_the_byte(pair):
    compared = 0
    for found in pair.found():
        study = pair.folder.study(found.study_instance_uid)
        for series in study.series:
            for instance in series.instances:
                if not instance.pixels:
                    continue
                ref = InstanceRef(
                    study.study_instance_uid,
                    series.series_instance_uid,
                    instance.sop_instance_uid,
                )
                numbers = sorted({1, instance.number_of_frames})
                remote = [whole(f) for f in pair.orthanc.frames(ref, numbers)]
                assert remote == [whole(f) for f in pair.folder.frames(ref, numbers)]
                compared += len(numbers)
    assert compared > 20


def test_a_frame_that_is_not_wanted_any_more_is_given_up(sampled):
    found = sampled.found()[0]
    study = sampled.folder.study(found.study_instance_uid)
    series = study.series[0]
    ref = InstanceRef(
        study.study_instance_uid,
        series.series_instance_uid,
        series.instances[0].sop_instance_uid,
    )
    frames = sampled.orthanc.frames(ref, [1])
    next(next(frames).chunks)
    frames.close()
    assert len(list(map(whole, sampled.orthanc.frames(ref, [1])))) == 1


def test_what_is_not_there_is_told(sampled):
    with pytest.raises(UpstreamUnavailable) as told:
        sampled.orthanc.study("2.999.1.2.3")
    assert told.value.status == 404
    assert sampled.orthanc.search(StudyQuery(study_instance_uid="2.999.1.2.3")) == ()


def test_what_is_stored_is_there_and_nonsense_is_an_error(both, samples):
    first, second, *_ = sorted(samples.glob("chest/**/*.dcm"))
    pair = both([first])
    (found,) = pair.found()
    uid = found.study_instance_uid
    receipt = pair.orthanc.store(uid, [second.read_bytes()])
    assert len(receipt.stored) == 1
    (after,) = pair.orthanc.search(StudyQuery(study_instance_uid=uid))
    assert after.number_of_instances == 2
    with pytest.raises(UpstreamUnavailable):
        pair.orthanc.store("2.999.1.2.3", [second.read_bytes()])
