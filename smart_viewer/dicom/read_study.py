"""DICOM JSON becomes a Study (PS3.18 Annex F; modules of PS3.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from smart_viewer.dicom.identity import PatientIdentity
from smart_viewer.dicom.json_values import (
    JsonDataset,
    integer,
    person_name,
    text,
    values,
)
from smart_viewer.dicom.read_common import (
    COMMON_TAGS,
    GRAY_TAGS,
    PIXEL_DATA_TAGS,
    UNAPPLIED_TAGS,
    VALUE_TAGS,
    Common,
    Gray,
    read_common,
    read_gray,
)
from smart_viewer.dicom.read_facts import FACT_TAGS, project_facts, read_facts
from smart_viewer.dicom.read_pixels import read_plane
from smart_viewer.dicom.same_patient import one_patient
from smart_viewer.dicom.series_facts import SeriesFacts
from smart_viewer.dicom.study import Instance, Series, Study
from smart_viewer.errors import NotInStandard

_PATIENT = ("00100010", "00100020", "00100021", "00100030", "00100040")
_STUDY_AND_SERIES = tuple(
    "00080020 00080030 00080050 00080060 00080080 00081030 0008103E 00180015 "
    "0020000D 0020000E 00200011".split()
)
_PLACE = ("00080018", "00080032", "00200013", "00200032")
_OWN_TAGS = (*_PLACE, *GRAY_TAGS)
_PROJECTED = (*_PATIENT, *_STUDY_AND_SERIES, *_PLACE, *VALUE_TAGS)


class Parts(NamedTuple):
    """One instance's metadata, so that what a series shares can be stored once.

    own: what differs from slice to slice, or may (PET: rescale; MR: windows).
    shared: all else; the same object for the instances that agree in it. An
    archive that does not tell them apart gives the whole data set as both.
    """

    own: JsonDataset
    shared: JsonDataset


def project(dataset: JsonDataset) -> dict[str, object]:
    """What `read_study` needs of one instance's metadata.

    Compact: `vr` is left out, empty attributes too, and sequences are emptied
    but for the codes that the hanging rules read.
    """
    kept = {
        tag: {"Value": found} for tag in _PROJECTED if (found := values(dataset, tag))
    }
    marks = [tag for tag in UNAPPLIED_TAGS if values(dataset, tag)]
    pixels = [tag for tag in PIXEL_DATA_TAGS if tag in dataset]
    return (
        kept
        | project_facts(dataset)
        | {tag: {"Value": [{}]} for tag in marks}
        | {tag: dataset[tag] for tag in pixels}
    )


def split(projected: JsonDataset) -> Parts:
    """The two parts of what `project` gave."""
    own = {tag: projected[tag] for tag in _OWN_TAGS if tag in projected}
    shared = {tag: found for tag, found in projected.items() if tag not in own}
    return Parts(own, shared)


def read_study(
    instances: Sequence[JsonDataset],
    identities: Sequence[PatientIdentity] = (),
    problems: Mapping[str, str] | None = None,
) -> Study:
    """The study that these instances make up; series in order of appearance.

    identities: those to give in place of the instances' own, where the archive
    has assigned one or knows of more.
    problems: by SOP Instance UID, why the archive cannot serve its frames.
    A bad value makes its attribute None or empty. Instances without UIDs are
    left out. NotInStandard: no instance, or several studies or patients in one
    answer: whose images they are would be a guess.
    """
    return read_parts([Parts(d, d) for d in instances], identities, problems)


def read_parts(
    instances: Sequence[Parts],
    identities: Sequence[PatientIdentity] = (),
    problems: Mapping[str, str] | None = None,
) -> Study:
    """`read_study`, reading each shared part once. NotInStandard as there."""
    named = [p for p in instances if text(p.shared, "0020000D") and _sop_uid(p)]
    if not named:
        raise NotInStandard("The study holds no instance that can be identified.")
    shared = _distinct(named)
    _refuse_several_studies(shared)
    own_identities = _identities(shared)
    return Study(
        study_instance_uid=text(shared[0], "0020000D"),
        identities=tuple(identities) or own_identities,
        study_date=_first(shared, "00080020"),
        study_time=_first(shared, "00080030"),
        study_description=_first(shared, "00081030"),
        accession_number=_first(shared, "00080050"),
        institution_name=_first(shared, "00080080"),
        series=_read_series(named, problems or {}),
    )


def read_patient(dataset: JsonDataset) -> PatientIdentity:
    """The identifying part of the Patient Module, as this instance has it."""
    return PatientIdentity(
        patient_id=text(dataset, "00100020"),
        issuer_of_patient_id=text(dataset, "00100021"),
        patient_name=person_name(dataset, "00100010"),
        patient_birth_date=text(dataset, "00100030"),
        patient_sex=text(dataset, "00100040"),
    )


def _sop_uid(instance: Parts) -> str:
    return text(instance.own, "00080018")


def _distinct(instances: Sequence[Parts]) -> list[JsonDataset]:
    """The shared parts, each object once, in order of appearance."""
    return list({id(p.shared): p.shared for p in instances}.values())


def _refuse_several_studies(instances: Sequence[JsonDataset]) -> None:
    if any(text(d, "0020000D") != text(instances[0], "0020000D") for d in instances):
        raise NotInStandard("The archive answered with instances of several studies.")


def _identities(instances: Sequence[JsonDataset]) -> tuple[PatientIdentity, ...]:
    """The distinct identities, in order of appearance, which are of one patient."""
    patient_of = _remember(_PATIENT, read_patient)
    found = tuple(dict.fromkeys([patient_of(d) for d in instances]))
    if one_patient(found) != found:
        raise NotInStandard("The study holds instances of several patients.")
    return found


def _first(instances: Sequence[JsonDataset], tag: str) -> str:
    return next((found for d in instances if (found := text(d, tag))), "")


def _read_series(
    instances: Sequence[Parts], problems: Mapping[str, str]
) -> tuple[Series, ...]:
    by_uid: dict[str, list[Parts]] = {}
    for instance in instances:
        by_uid.setdefault(text(instance.shared, "0020000E"), []).append(instance)
    return tuple(
        _read_one_series(uid, members, problems) for uid, members in by_uid.items()
    )


def _read_one_series(
    uid: str, members: Sequence[Parts], problems: Mapping[str, str]
) -> Series:
    shared = _distinct(members)
    return Series(
        series_instance_uid=uid,
        modality=_first(shared, "00080060"),
        series_number=integer(shared[0], "00200011"),
        series_description=_first(shared, "0008103E"),
        body_part_examined=_first(shared, "00180015"),
        instances=_read_instances(members, shared, problems),
    )


def _read_instances(
    members: Sequence[Parts],
    shared: Sequence[JsonDataset],
    problems: Mapping[str, str],
) -> tuple[Instance, ...]:
    """The instances; what they share, the facts too, is read once."""
    read_shared = _remember(COMMON_TAGS, read_common)
    common = {id(part): read_shared(part) for part in shared}
    gray_of = _remember(GRAY_TAGS, read_gray)
    facts_of = _remember(FACT_TAGS, read_facts)
    facts = {id(part): facts_of(part) for part in shared}
    return tuple(
        [
            read_instance(
                p.own,
                common[id(p.shared)],
                gray_of(p.own),
                problems,
                facts[id(p.shared)],
            )
            for p in members
        ]
    )


_T = TypeVar("_T")


def _remember(
    tags: Sequence[str], read: Callable[[JsonDataset], _T]
) -> Callable[[JsonDataset], _T]:
    """`read`, answering as last time where these attributes are as last time."""
    last: list[tuple[list[object], _T]] = []

    def remembered(dataset: JsonDataset) -> _T:
        raw = [dataset.get(tag) for tag in tags]
        if not last or last[0][0] != raw:
            last[:] = [(raw, read(dataset))]
        return last[0][1]

    return remembered


def read_instance(
    own: JsonDataset,
    common: Common,
    gray: Gray,
    problems: Mapping[str, str],
    facts: SeriesFacts,
) -> Instance:
    """One instance. `problems`: as `read_study` has them."""
    uid = text(own, "00080018")
    return Instance(
        sop_instance_uid=uid,
        sop_class_uid=common.sop_class_uid,
        transfer_syntax_uid=common.transfer_syntax_uid,
        instance_number=integer(own, "00200013"),
        number_of_frames=common.number_of_frames,
        image_type=common.image_type,
        pixels=common.pixels,
        plane=read_plane(own, common.axes) if common.axes else None,
        frame_of_reference_uid=common.frame_of_reference_uid,
        slice_thickness_mm=common.slice_thickness_mm,
        imager_pixel_spacing=common.imager_pixel_spacing,
        rescale_slope=gray.rescale_slope,
        rescale_intercept=gray.rescale_intercept,
        rescale_type=gray.rescale_type,
        windows=gray.windows,
        lossy=common.lossy,
        lossy_ratio=common.lossy_ratio,
        acquisition_time=text(own, "00080032"),
        problem=common.problem or gray.problem or problems.get(uid, ""),
        unapplied=common.unapplied,
        facts=facts,
    )
