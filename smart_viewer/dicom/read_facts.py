"""DICOM JSON of one image becomes its facts, tolerantly (PS3.18 Annex F)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping

from smart_viewer.dicom.json_values import JsonDataset, as_number, text, texts, values
from smart_viewer.dicom.series_facts import Code, SeriesFacts

_VIEW_CODES, _VIEW_MODIFIERS = "00540220", "00540222"
_ANATOMIC_REGION = "00082218"
_REQUEST_ATTRIBUTES = "00400275"
_REQUESTED_CODES, _REQUESTED_TEXT = "00321064", "00321060"
_MASK_SUBTRACTION = "00286100"
_PROCEDURE_CODES, _PROTOCOL_CODES = "00081032", "00400260"
_REASONS = ("00401012", "0040100A")
_LATERALITIES = ("00200062", "00209072", "00200060")  # image, frame, series
_CODE_VALUES = ("00080100", "00080119", "00080120")  # short, long, URN
_SCHEME, _MEANING = "00080102", "00080104"
# Private b-values: tag of the value, tag and text of the creator of its block.
_PRIVATE_B = (
    ("0019100C", "00190010", "SIEMENS MR HEADER"),
    ("00431039", "00430010", "GEMS_PARM_01"),
    ("20011003", "20010010", "Philips Imaging DD 001"),
)
_GE_OFFSET = 100_000  # GE adds a multiple of it to mark the b-value as valid
_B_OF_SEQUENCE_NAME = re.compile(r"ep_b(\d{1,5})(?:t|#\d+)?$")
_LARGEST_B = 20_000.0  # s/mm2; more is no b-value

_SEQUENCES = (
    _PROCEDURE_CODES,
    _ANATOMIC_REGION,
    _REQUEST_ATTRIBUTES,
    _PROTOCOL_CODES,
    *_REASONS,
    _REQUESTED_CODES,
    _VIEW_CODES,
)
_VALUES = tuple(
    "00080008 00080016 00080060 00080068 00080070 0008103E 00081030 00180010 00180015 "
    "00180020 00180021 00180022 00180024 00180050 00180080 00180081 00180082 00181030 "
    "00181042 00181060 00181063 00181210 00181314 00185101 00189087 00089209 00200020 "
    "00200052 00200060 00200062 00200105 00209072 00209241 00280008 00280051 00321060 "
    "00541000 00541001 00541101".split()
) + tuple(tag for value, creator, _ in _PRIVATE_B for tag in (value, creator))
# Every tag that `read_b_values` reads.
B_VALUE_TAGS = (
    "00189087",
    "00180024",
    *(tag for value, creator, _ in _PRIVATE_B for tag in (value, creator)),
)
# Every tag that `read_facts` reads.
FACT_TAGS = (*_VALUES, *_SEQUENCES, _MASK_SUBTRACTION)


def project_facts(dataset: JsonDataset) -> dict[str, object]:
    """The part of the metadata that `read_facts` reads, compact: without VRs."""
    kept: dict[str, object] = {
        tag: {"Value": found} for tag in _VALUES if (found := values(dataset, tag))
    }
    for value, _, _ in _PRIVATE_B:
        if private := _private_text(dataset, value):
            kept[value] = {"Value": [private]}
    for tag in _SEQUENCES:
        if items := [_compact(item) for item in _items(dataset, tag)]:
            kept[tag] = {"Value": items}
    if values(dataset, _MASK_SUBTRACTION):
        kept[_MASK_SUBTRACTION] = {"Value": [{}]}
    return kept


def _compact(item: JsonDataset) -> dict[str, object]:
    """A code item, or the codes within it, without VRs."""
    texts_of = (*_CODE_VALUES, _SCHEME, _MEANING, _REQUESTED_TEXT)
    kept: dict[str, object] = {
        tag: {"Value": [found]} for tag in texts_of if (found := text(item, tag))
    }
    for tag in (_REQUESTED_CODES, _VIEW_MODIFIERS):
        if codes := [_compact(code) for code in _items(item, tag)]:
            kept[tag] = {"Value": codes}
    return kept


def read_facts(dataset: JsonDataset) -> SeriesFacts:
    """The facts of one image; a bad value is empty or None and hides no other."""
    views = _items(dataset, _VIEW_CODES)
    requests = (dataset, *_items(dataset, _REQUEST_ATTRIBUTES))
    return SeriesFacts(
        modality=text(dataset, "00080060"),
        sop_class_uid=text(dataset, "00080016"),
        manufacturer=text(dataset, "00080070"),
        image_type=_image_type(dataset),
        presentation_intent_type=text(dataset, "00080068"),
        series_description=text(dataset, "0008103E"),
        protocol_name=text(dataset, "00181030"),
        study_description=text(dataset, "00081030"),
        requested_procedure_description=_first(requests, _REQUESTED_TEXT),
        procedure_codes=(
            *_codes_of(requests, _REQUESTED_CODES),
            *_codes(dataset, _PROCEDURE_CODES),
        ),
        protocol_codes=_codes(dataset, _PROTOCOL_CODES),
        reason_codes=tuple(c for tag in _REASONS for c in _codes(dataset, tag)),
        body_part_examined=text(dataset, "00180015"),
        anatomic_regions=_codes(dataset, _ANATOMIC_REGION),
        lateralities=_lateralities(dataset),
        views=tuple(code for item in views for code in _code(item)),
        view_modifiers=_codes_of(views, _VIEW_MODIFIERS),
        view_position=text(dataset, "00185101"),
        patient_orientation=tuple(t for t in texts(dataset, "00200020") if t),
        convolution_kernel=text(dataset, "00181210"),
        slice_thickness_mm=_positive(dataset, "00180050"),
        contrast_bolus_agent=text(dataset, "00180010"),
        contrast_bolus_start_time=text(dataset, "00181042"),
        echo_time_ms=_positive(dataset, "00180081"),
        repetition_time_ms=_positive(dataset, "00180080"),
        inversion_time_ms=_positive(dataset, "00180082"),
        flip_angle_deg=_positive(dataset, "00181314"),
        scanning_sequence=texts(dataset, "00180020"),
        sequence_variant=texts(dataset, "00180021"),
        scan_options=tuple(t for t in texts(dataset, "00180022") if t),
        sequence_name=text(dataset, "00180024"),
        acquisition_contrast=text(dataset, "00089209"),
        b_values=read_b_values(dataset),
        temporal_positions=_whole(_positive(dataset, "00200105")),
        trigger_time_ms=_positive(dataset, "00181060"),
        cardiac_phase_percent=_positive(dataset, "00209241"),
        corrected_image=texts(dataset, "00280051"),
        attenuation_correction_method=text(dataset, "00541101"),
        units=text(dataset, "00541001"),
        series_type=texts(dataset, "00541000"),
        frame_time_ms=_positive(dataset, "00181063"),
        has_mask_subtraction=bool(values(dataset, _MASK_SUBTRACTION)),
        frame_count=_whole(_positive(dataset, "00280008")) or 1,
        frame_of_reference_uid=text(dataset, "00200052"),
    )


def _image_type(dataset: JsonDataset) -> tuple[str, ...]:
    """ImageType; old writers put blanks where backslashes belong."""
    found = texts(dataset, "00080008")
    return tuple(found[0].split()) if len(found) == 1 else found


def _items(dataset: JsonDataset, tag: str) -> list[JsonDataset]:
    return [item for item in values(dataset, tag) if isinstance(item, Mapping)]


def _codes(dataset: JsonDataset, tag: str) -> tuple[Code, ...]:
    return tuple(code for item in _items(dataset, tag) for code in _code(item))


def _codes_of(datasets: Iterable[JsonDataset], tag: str) -> tuple[Code, ...]:
    return tuple(code for dataset in datasets for code in _codes(dataset, tag))


def _code(item: JsonDataset) -> tuple[Code, ...]:
    """The code of an item; none where it has no value."""
    value = _first((item,) * len(_CODE_VALUES), *_CODE_VALUES)
    return (Code(value, text(item, _SCHEME), text(item, _MEANING)),) if value else ()


def _first(datasets: Iterable[JsonDataset], *tags: str) -> str:
    return next((t for d in datasets for tag in tags if (t := text(d, tag))), "")


def _lateralities(dataset: JsonDataset) -> tuple[str, ...]:
    """The laterality nearest to the image: of the image, its frame, its series."""
    found = _first((dataset,), *_LATERALITIES).upper()
    return (found,) if found in {"R", "L", "B", "U"} else ()


def _positive(dataset: JsonDataset, tag: str) -> float | None:
    """The first value as a number above zero."""
    found = values(dataset, tag)
    value = as_number(found[0]) if found else None
    return value if value is not None and value > 0 else None


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def read_b_values(dataset: JsonDataset) -> tuple[float, ...]:
    """The b-value in s/mm2: standard, else private, else of the sequence's name."""
    standard = values(dataset, "00189087")
    found = as_number(standard[0]) if standard else None
    if found is None:
        found = _private_b(dataset)
    if found is None:
        match = _B_OF_SEQUENCE_NAME.search(text(dataset, "00180024"))
        found = float(match[1]) if match else None
    return (found,) if found is not None and 0 <= found <= _LARGEST_B else ()


def _private_b(dataset: JsonDataset) -> float | None:
    """The vendor's element, believed only where its block is that vendor's."""
    for value, creator, name in _PRIVATE_B:
        if text(dataset, creator).upper() != name.upper():
            continue
        number = as_number(_private_text(dataset, value))
        if number is not None and name.startswith("GEMS"):
            return number % _GE_OFFSET
        return number
    return None


def _private_text(dataset: JsonDataset, tag: str) -> str:
    """The first value of an element that may be a number, text, or text in bytes."""
    found = values(dataset, tag)
    if found:
        return str(found[0]).split("\\")[0].strip(" \0")
    attribute = dataset.get(tag)
    inline = attribute.get("InlineBinary") if isinstance(attribute, dict) else None
    if not isinstance(inline, str) or len(inline) > 128:
        return ""
    try:
        raw = base64.b64decode(inline, validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return ""
    return raw.split("\\")[0].strip(" \0")
