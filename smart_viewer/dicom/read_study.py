"""DICOM JSON becomes a Study (PS3.18 Annex F; modules of PS3.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from smart_viewer.dicom import coordinates, frame_columns, read_mosaic
from smart_viewer.dicom.frame_columns import to_stored
from smart_viewer.dicom.identity import PatientIdentity
from smart_viewer.dicom.json_values import (
    JsonDataset,
    integer,
    person_name,
    text,
    values,
)
from smart_viewer.dicom.read_appearance import project_appearance
from smart_viewer.dicom.read_common import (
    COMMON_TAGS,
    GRAY_TAGS,
    OWN_VALUE_TAGS,
    PIXEL_DATA_TAGS,
    UNAPPLIED_TAGS,
    VALUE_TAGS,
    read_common,
    read_gray,
)
from smart_viewer.dicom.read_facts import FACT_TAGS, project_facts, read_facts
from smart_viewer.dicom.read_frames import columns_of
from smart_viewer.dicom.read_instance import (
    INSTANCE_TAGS,
    coordinate_reader,
    cut_mosaic,
    frames_of,
    read_instance,
    read_multi_frame,
)
from smart_viewer.dicom.read_pet import project_pet
from smart_viewer.dicom.same_patient import one_patient
from smart_viewer.dicom.study import Instance, Series, Study
from smart_viewer.errors import NotInStandard

_PATIENT = ("00100010", "00100020", "00100021", "00100030", "00100040")
_STUDY_AND_SERIES = tuple(
    "00080020 00080030 00080050 00080060 00080080 00081030 0008103E 00180015 "
    "0020000D 0020000E 00200011".split()
)
_PLACE = ("00080018", "00080032", "00200013", "00200032")
# What the functional groups and the private elements of a mosaic become; no tags.
_DERIVED = (frame_columns.KEY, read_mosaic.KEY)
_OWN_TAGS = (
    *_PLACE,
    *GRAY_TAGS,
    *OWN_VALUE_TAGS,
    *coordinates.OWN_TAGS,
    frame_columns.KEY,
)
_PROJECTED = tuple(
    dict.fromkeys(
        (
            *_PATIENT,
            *_STUDY_AND_SERIES,
            *_PLACE,
            *VALUE_TAGS,
            *coordinates.TAGS,
            *read_mosaic.MOSAIC_TAGS,
            *INSTANCE_TAGS,
        )
    )
)


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
    columns = columns_of(dataset)
    return (
        kept
        | project_facts(dataset)
        | project_appearance(dataset)
        | project_pet(dataset)
        | read_mosaic.project_mosaic(dataset)
        | ({frame_columns.KEY: to_stored(columns)} if columns else {})
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
    told = [_without_derived(dataset) for dataset in instances]
    return read_parts([Parts(d, d) for d in told], identities, problems)


def _without_derived(dataset: JsonDataset) -> JsonDataset:
    """What only our own index may tell is not taken from an archive."""
    if not any(key in dataset for key in _DERIVED):
        return dataset
    return {tag: found for tag, found in dataset.items() if tag not in _DERIVED}


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
    coordinates_of = coordinate_reader()

    def read(parts: Parts) -> Instance:
        own, at = parts.own, id(parts.shared)
        columns = frames_of(own, common[at])
        if columns is not None:
            return read_multi_frame({**parts.shared, **own}, columns, problems)
        instance = read_instance(
            own,
            common[at],
            gray_of(own),
            problems,
            facts[at],
            coordinates_of(own, parts.shared),
        )
        if not read_mosaic.is_mosaic(instance.image_type):
            return instance
        return cut_mosaic(instance, {**parts.shared, **own})

    return tuple([read(parts) for parts in members])


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
