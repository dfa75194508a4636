"""`check` asks an archive: one study, every filter, its metadata, one frame.

Nothing is stored there. What is answered is told in counts and in our own words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass

from smart_viewer.archive.dicomweb import DicomwebArchive
from smart_viewer.archive.dicomweb_flavours import dialect_of
from smart_viewer.archive.folder import FolderArchive
from smart_viewer.archive.port import Archive, InstanceRef, StudyFound, StudyQuery
from smart_viewer.archive.search_answer import ask
from smart_viewer.archive_profile import (
    ArchiveProfile,
    BearerOfLaunch,
    DicomwebProfile,
    FolderProfile,
)
from smart_viewer.codec.decode import decode_frame
from smart_viewer.codec.stored import Stored
from smart_viewer.dicom.refusals import refusal
from smart_viewer.dicom.study import Instance, Study
from smart_viewer.dicom.transfer_syntax import Way, name, way
from smart_viewer.errors import NotSupported, UpstreamUnavailable
from smart_viewer.reading.check_advice import (
    advise_archive,
    advise_filter,
    of_archive,
)
from smart_viewer.reading.check_asking import Advise, Checklist
from smart_viewer.reading.check_ear import Ear
from smart_viewer.reading.check_filters import PROBES, Probe, heeded
from smart_viewer.reading.check_steps import Advice, Finding, Step, fail, ok, warn

ASK_FOR_ONE = "give one that it holds: --study UID or --patient ID"
_WITHOUT_A_STUDY = {"PatientID", "StudyInstanceUID"}


@dataclass(frozen=True, slots=True)
class _Shown:
    """One image of a study, and where it is."""

    ref: InstanceRef
    instance: Instance


@dataclass(frozen=True, slots=True)
class ArchiveAsked:
    """holds_wanted: the study or patient that was wanted. known: a study of it."""

    steps: tuple[Step, ...]
    holds_wanted: bool
    known: StudyFound | None


def check_archive(
    profile: ArchiveProfile,
    open_archive: Callable[[], Archive],
    wanted: StudyQuery | None,
    ear: Ear,
) -> ArchiveAsked:
    """Every step of one archive, and what was learnt for the next ones.

    wanted: a study or patient to ask about; None takes any study it tells.
    """
    check = _ArchiveCheck(profile, wanted, ear)
    check.run(open_archive)
    return ArchiveAsked(tuple(check.list.steps), check.holds_wanted, check.known)


class _ArchiveCheck:
    def __init__(
        self, profile: ArchiveProfile, wanted: StudyQuery | None, ear: Ear
    ) -> None:
        self.list = Checklist(profile.id, ear)
        self.holds_wanted = False
        self.known: StudyFound | None = None
        self._profile = profile
        self._wanted = wanted

    def run(self, open_archive: Callable[[], Archive]) -> None:
        archive = self.list.note(
            "archive", *self._opening(open_archive), self._advise("open")
        )
        if archive is None or self._needs_launch():
            return
        before = len(self.list.steps)
        known = self.list.note(
            "study", self._asks(), lambda: self._known(archive), self._advise("search")
        )
        if any(step.verdict == "FAIL" for step in self.list.steps[before:]):
            return  # what does not answer at all need not be asked six times
        self.known = known
        for probe in PROBES:
            self._filter(archive, probe, known)
        if known is not None:
            self._pictures(archive, known.study_instance_uid)

    def _advise(self, act: str) -> Advise:
        return lambda error: advise_archive(self._profile, act, error)

    def _needs_launch(self) -> bool:
        return isinstance(self._profile, DicomwebProfile) and isinstance(
            self._profile.auth, BearerOfLaunch
        )

    def _opening(
        self, open_archive: Callable[[], Archive]
    ) -> tuple[str, Callable[[], tuple[Finding, Archive]]]:
        """What is asked first, and the asking of it."""
        if isinstance(self._profile, FolderProfile):
            return "its index", lambda: _opened_folder(open_archive(), self._profile.id)
        return "its settings", lambda: self._opened_remote(open_archive())

    def _opened_remote(self, archive: Archive) -> tuple[Finding, Archive]:
        if self._needs_launch():
            return warn("read with the token of a launch: not asked here"), archive
        return ok("can be used"), archive

    def _asks(self) -> str:
        if self._wanted is not None:
            return "search for the study or patient that was given"
        return "search for one study, whichever"

    def _known(self, archive: Archive) -> tuple[Finding, StudyFound | None]:
        """A study to ask about, found again by its UID. UpstreamUnavailable."""
        query = self._wanted
        if query is None:
            uid = _any_uid(archive)
            if not uid:
                return warn("no study in it", self._another()), None
            query = StudyQuery(study_instance_uid=uid)
        answer = ask(archive, query)
        if not answer.found:
            if self._wanted is None:
                told = "told of a study that it does not find by its UID"
                return fail(
                    told, advise_filter(self._profile, "StudyInstanceUID")
                ), None
            return warn("it does not hold it"), None
        self.holds_wanted = self._wanted is not None
        told = _count(len(answer.found), "study", "studies")
        return ok(told), answer.found[0]

    def _another(self) -> Advice:
        key = "path" if isinstance(self._profile, FolderProfile) else "base_url"
        text = f"is it the right store? Else {ASK_FOR_ONE}"
        return of_archive(self._profile.id, key, text)

    def _filter(self, archive: Archive, probe: Probe, known: StudyFound | None) -> None:
        asked = f"search by {probe.name}"
        if isinstance(self._profile, DicomwebProfile):
            if probe.name in dialect_of(self._profile).unsupported_filters:
                self._say(probe.name, asked, ok("not sent: answers are filtered here"))
                return
        if known is None and probe.name not in _WITHOUT_A_STUDY:
            self._say(probe.name, asked, warn(f"not asked: {ASK_FOR_ONE}"))
            return
        self.list.note(
            probe.name,
            asked,
            lambda: (self._heeded(archive, probe, known), None),
            self._advise("search"),
        )

    def _say(self, step: str, asked: str, finding: Finding) -> None:
        self.list.note(step, asked, lambda: (finding, None), self._advise("search"))

    def _heeded(
        self, archive: Archive, probe: Probe, known: StudyFound | None
    ) -> Finding:
        unstated = ""
        if isinstance(self._profile, DicomwebProfile):
            unstated = self._profile.issuer_of_patient_id
        found = heeded(archive, probe, known, unstated)
        advice = advise_filter(self._profile, probe.name)
        if not found.narrows:
            return fail("ignored: what cannot exist was answered with studies", advice)
        if found.finds is False:
            return fail("the study does not come back for its own value", advice)
        if known is None:
            return warn("nothing for what cannot exist; in an empty answer all fits")
        if found.finds is None and probe.name == "PatientID":
            told = "the study names none that can be asked for: no launch will find it"
            return warn(told, self._another())
        if found.finds is None:
            return ok("narrows; the study has no value of its own to ask for")
        return ok("narrows, and finds the study")

    def _pictures(self, archive: Archive, study_uid: str) -> None:
        study = self.list.note(
            "metadata",
            "the study's metadata",
            lambda: _described(archive, study_uid),
            self._advise("metadata"),
        )
        if study is None:
            return
        shown = _first_shown(study)
        if shown is None:
            self._say("frame", "frame 1", warn(f"no image in it; {ASK_FOR_ONE}"))
            return
        self.list.note(
            "frame",
            "frame 1 of one image",
            lambda: (_frame(archive, shown), None),
            self._advise("frame"),
        )


def _opened_folder(archive: Archive, archive_id: str) -> tuple[Finding, Archive]:
    """How many studies and files the index has. UpstreamUnavailable."""
    if not isinstance(archive, FolderArchive):
        raise UpstreamUnavailable("This is not the index of a folder.")
    studies, failed = len(archive.study_headers()), len(archive.failed_files())
    told = f"{_count(studies, 'study', 'studies')}, "
    told += f"{_count(failed, 'file', 'files')} not served"
    if failed:
        text = "smart-viewer index names the files and why"
        return warn(told, of_archive(archive_id, "path", text)), archive
    return ok(told), archive


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _any_uid(archive: Archive) -> str:
    match archive:
        case DicomwebArchive():
            return archive.any_study_uid()
        case FolderArchive():
            return next(
                (h.found.study_instance_uid for h in archive.study_headers()), ""
            )
    return ""


def _described(archive: Archive, study_uid: str) -> tuple[Finding, Study]:
    study = archive.study(study_uid)
    images = [shown.instance for shown in _images(study)]
    refused = sum(refusal(instance) is not None for instance in images)
    told = f"{len(study.series)} series, {_count(len(images), 'image', 'images')}"
    if refused:
        return warn(f"{told}, {refused} of them not shown by this version"), study
    return ok(told), study


def _images(study: Study) -> Iterator[_Shown]:
    for series in study.series:
        for instance in series.instances:
            if instance.pixels is not None:
                ref = InstanceRef(
                    study.study_instance_uid,
                    series.series_instance_uid,
                    instance.sop_instance_uid,
                )
                yield _Shown(ref, instance)


def _first_shown(study: Study) -> _Shown | None:
    """An image that the viewer shows; any other where there is none."""
    images = list(_images(study))
    fit = (one for one in images if refusal(one.instance) is None)
    return next(fit, None) or next(iter(images), None)


def _frame(archive: Archive, shown: _Shown) -> Finding:
    """One frame, whole and decoded. UpstreamUnavailable, ImagingError."""
    with closing(archive.frames(shown.ref, [1])) as frames:
        frame = next(frames, None)
        if frame is None:
            raise UpstreamUnavailable("The archive answered without the frame.")
        data = b"".join(frame.chunks)
    syntax = frame.transfer_syntax_uid
    told = f"{len(data)} bytes, {name(syntax)}"
    if len(data) != frame.length:
        raise UpstreamUnavailable("The frame is shorter than the archive said.")
    if way(syntax) is Way.REFUSED:
        raise NotSupported(f"{told}: this version does not decode it.")
    pixels = shown.instance.pixels
    if pixels is None:
        return ok(told)
    decode_frame(data, Stored(**asdict(pixels)), syntax)
    return ok(f"{told}, decoded")
